"""Passes over kernels, one in each file; `pipeline` lists them in order."""

"""Checks: what is asked of a kernel, and the verdicts that come back."""

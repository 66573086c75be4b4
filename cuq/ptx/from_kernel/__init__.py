"""Litmus tests of kernels: the threads of one launch, with all that the launch fixes computed."""

from cuq.ptx.from_kernel.launch import Part, litmus_text

__all__ = ["Part", "litmus_text"]

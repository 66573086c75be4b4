"""Lowering of text MIR to the IR.

`lower_kernel` makes a verified kernel from a MIR file; `kernel_names` lists the candidates.
"""

from cuq.ir.lower.facts import EntryFacts
from cuq.ir.lower.kernel import kernel_names, lower_kernel

__all__ = ["EntryFacts", "kernel_names", "lower_kernel"]

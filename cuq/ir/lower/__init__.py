"""Lowering of text MIR to the IR.

`lower_kernel` makes a verified kernel from a MIR file; `kernel_names` lists the candidates; `EntryFacts` holds
what text MIR does not say.
"""

from cuq.ir.lower.declared import declared_enums, declared_fields, declared_payloads, declared_structs
from cuq.ir.lower.facts import EntryFacts
from cuq.ir.lower.kernel import Needs, kernel_names, lower_kernel

__all__ = [
    "EntryFacts",
    "Needs",
    "declared_enums",
    "declared_fields",
    "declared_payloads",
    "declared_structs",
    "kernel_names",
    "lower_kernel",
]

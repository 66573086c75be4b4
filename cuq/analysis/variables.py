"""What symbols are called in reports: as the user's variables."""

from __future__ import annotations

from collections import Counter

from cuq.ir.module import Kernel
from cuq.ir.operands import result
from cuq.ir.ops import AtomicCas, AtomicRmw, Load, Reg


def variable_names(kernel: Kernel) -> dict[int, str]:
    """For registers, by their numbers, the variables whose values they are; `k.29` where several symbols of the
    summary would be `k`."""
    loaded = (result(op) for op in kernel.ops() if isinstance(op, Load | AtomicRmw | AtomicCas))
    symbols: set[Reg | None] = {*loaded, *(reg for block in kernel.blocks for reg in block.params)}
    uses = Counter(name for reg, name in kernel.debug_names if reg in symbols)
    return {reg.id: name if uses[name] <= 1 else f"{name}.{reg.id}" for reg, name in kernel.debug_names}

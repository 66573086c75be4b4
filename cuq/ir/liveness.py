"""Which registers a block needs from before."""

from __future__ import annotations

from cuq.ir.module import Kernel, successors
from cuq.ir.operands import operands, result, terminator_operands
from cuq.ir.ops import Reg


def live_registers(kernel: Kernel) -> dict[str, frozenset[Reg]]:
    """For each block the registers, besides its parameters, that it or a later one reads."""
    live: dict[str, frozenset[Reg]] = {block.label: frozenset() for block in kernel.blocks}
    changed = True
    while changed:
        changed = False
        for block in reversed(kernel.blocks):
            needed = {v for v in terminator_operands(block.terminator) if isinstance(v, Reg)}
            for edge in successors(block.terminator):
                needed |= live[edge.target]
                needed |= {v for v in edge.args if isinstance(v, Reg)}
            for op in reversed(block.ops):
                if (defined := result(op)) is not None:
                    needed.discard(defined)
                needed |= {v for v in operands(op) if isinstance(v, Reg)}
            found = frozenset(needed) - set(block.params)
            if found != live[block.label]:
                live[block.label] = found
                changed = True
    return live

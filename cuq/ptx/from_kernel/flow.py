"""Which blocks can follow a block."""

from __future__ import annotations

from cuq.ir.graph import reachable
from cuq.ir.module import Kernel, successors


def following(kernel: Kernel) -> dict[str, frozenset[str]]:
    """For each block those that can follow it, itself only where it is in a loop."""
    edges = {block.label: [edge.target for edge in successors(block.terminator)] for block in kernel.blocks}
    return {
        label: frozenset[str]().union(*(reachable(target, edges) for target in targets))
        for label, targets in edges.items()
    }

"""Which launch dimensions a kernel is asked about."""

from __future__ import annotations

from cuq.contract import Contract
from cuq.contract.terms import Dim, leaves
from cuq.ir.module import Kernel
from cuq.ir.ops import ReadSpecial

FAMILIES = ("block", "grid")


def free_dims(kernel: Kernel, contract: Contract) -> frozenset[tuple[str, str]]:
    """The dimensions, as (`block` or `grid`, axis), that may be larger than 1 where the contract does not fix them.

    Those of the axes whose indices or sizes the kernel reads, and those that a condition of the contract speaks of.
    Threads of a kernel that reads none do all the same: of it all launches along x are asked.
    """
    read = {op.register.axis.value for op in kernel.ops() if isinstance(op, ReadSpecial)}
    if contract.any_launch:
        read = {"x", "y", "z"}
    said = {
        (leaf.of, leaf.axis)
        for r in contract.requires
        for leaf in leaves(r.condition)
        if isinstance(leaf, Dim)
    }
    return frozenset((family, axis) for family in FAMILIES for axis in read or {"x"}) | said

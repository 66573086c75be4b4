"""Barriers of warps in the race check: the same kernel, seen by two lanes of one warp.

For two lanes of a warp, a `bar.warp.sync` of all lanes orders as a block barrier does, once it is known that
all lanes of a warp reach the same ones. So pairs of threads in one block are asked for twice: in different warps,
where it orders nothing, and in one warp, where it counts as a barrier.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cuq.analysis.evaluate import ALL_LANES
from cuq.analysis.expr import Cond, all_of, negate
from cuq.base.records import dataclass
from cuq.checks.session import Session
from cuq.ir.module import Kernel
from cuq.ir.ops import Barrier, Const, Op, WarpBarrier
from cuq.ir.types import I32
from cuq.smt.launch import FIRST_BLOCK, SECOND_BLOCK
from cuq.smt.pairs import Group, groups

_FIRST_SITE = 1 << 20
"""Sites of warp barriers: above those of all block barriers."""


@dataclass(frozen=True, slots=True)
class Part:
    """Groups of pairs, the session that they are questions of, and what else holds of their threads."""

    session: Session
    groups: tuple[Group, ...]
    facts: tuple[Cond, ...] = ()


def parts(session: Session, aligned: bool, every: bool) -> Iterator[Part]:
    """All pairs that may race. `aligned`: threads that wait for each other are known to meet.

    `every`: as for `cuq.smt.pairs.groups`.
    """
    found = tuple(groups(session.expansion, session.aliased, every))
    if not aligned or not any(_is_whole(op) for op in session.kernel.ops()):
        yield Part(session, found)
        return
    together = all_of(*session.facts.same_warp(FIRST_BLOCK, SECOND_BLOCK))
    yield Part(session, tuple(group for group in found if not group.same_block))
    yield Part(session, tuple(group for group in found if group.same_block), (negate(together),))
    lanes = session.seen_by(_by_lanes(session.kernel))
    inside = tuple(group for group in groups(lanes.expansion, lanes.aliased) if group.same_block)
    yield Part(lanes, inside, (together,))


def _is_whole(op: Op) -> bool:
    return isinstance(op, WarpBarrier) and op.mask == Const(ALL_LANES, I32)


def _by_lanes(kernel: Kernel) -> Kernel:
    """The kernel with barriers in place of the warp barriers of all lanes."""
    site = _FIRST_SITE
    blocks = []
    for block in kernel.blocks:
        ops: list[Op] = []
        for op in block.ops:
            if _is_whole(op):
                ops.append(Barrier(site, op.loc))
                site += 1
            else:
                ops.append(op)
        blocks.append(replace(block, ops=tuple(ops)))
    return replace(kernel, blocks=tuple(blocks))

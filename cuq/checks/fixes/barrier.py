"""A block barrier that is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from cuq.base.errors import CuqError
from cuq.checks.divergence import is_free_of_divergence
from cuq.checks.fixes.places import Spot, spots
from cuq.checks.race import is_race_free
from cuq.checks.result import Finding
from cuq.checks.session import Session
from cuq.ir.module import Block, Kernel
from cuq.ir.ops import Barrier, Op

_MOST_TRIES = 8


def barrier(session: Session, findings: Sequence[Finding]) -> str | None:
    """Where one barrier orders all accesses that race: the nearest such place, in words."""
    lines = _lines(session, findings)
    if lines is None:
        return None
    for spot in list(_nearest(spots(session.kernel), *lines))[:_MOST_TRIES]:
        if session.left_ms() and _orders(session, with_barrier(session.kernel, spot)):
            return f"put a block barrier {spot.text} (verified: no race and no divergence then)"
    return None


def _lines(session: Session, findings: Sequence[Finding]) -> tuple[int, int] | None:
    """The first and the last line with an access that races; None if a barrier cannot help."""
    file = session.kernel.span.file if session.kernel.span else None
    found: list[int] = []
    for finding in findings:
        if not finding.confirmed or len({event.thread.block for event in finding.events}) > 1:
            return None
        for event in finding.events:
            if event.span is None or event.span.file != file:
                return None
            found.append(event.span.line)
    return min(found), max(found)


def _nearest(found: Sequence[Spot], first: int, last: int) -> Iterator[Spot]:
    """Between the accesses, then at ends of loops, innermost first, then close by."""
    between = [s for s in found if not s.ends_loop and first < s.line <= last]
    ends = [s for s in found if s.ends_loop and s.line <= first]
    near = [s for s in found if not s.ends_loop and s not in between]
    yield from sorted(between, key=lambda s: -s.line)
    yield from sorted(ends, key=lambda s: -s.line)
    yield from sorted(near, key=lambda s: min(abs(s.line - first), abs(s.line - last - 1)))


def with_barrier(kernel: Kernel, spot: Spot) -> Kernel:
    """The kernel with one more barrier; barriers are numbered in the order of the text."""
    numbers = count()

    def numbered(op: Op) -> Op:
        return replace(op, site=next(numbers)) if isinstance(op, Barrier) else op

    def changed(block: Block) -> Block:
        ops = list(block.ops)
        if block.label == spot.block:
            loc = (*block.ops, block.terminator)[spot.position].loc
            ops.insert(spot.position, Barrier(0, loc))
        return replace(block, ops=tuple(map(numbered, ops)))

    return replace(kernel, blocks=tuple(map(changed, kernel.blocks)))


def _orders(session: Session, kernel: Kernel) -> bool:
    try:
        other = session.quick(kernel=kernel)
        return is_free_of_divergence(other) and is_race_free(other)
    except CuqError:  # a kernel that cannot be read is no better
        return False

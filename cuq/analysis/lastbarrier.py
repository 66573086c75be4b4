"""Reaching barriers: the barrier that a thread passed last, as it flows through the region tree.

Two accesses of threads of one block are in the same barrier interval exactly if both threads passed the
same barrier last, in the same iteration of the loops around it, given that no barrier diverges. Zero-trip
loops and iterations that begin after the barrier of the one before need no special treatment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cuq.analysis.expr import TRUE, Cond, any_of
from cuq.analysis.summary import Last, LastBarrier, Loop, Move, Through, When


def merge_last(parts: list[tuple[Cond, Last]]) -> Last:
    """The answers where paths meet; one that not every path gives is conditional."""
    conds: dict[LastBarrier, list[Cond]] = {}
    for cond, last in parts:
        for barrier in last:
            conds.setdefault(barrier, []).append(cond)
    merged: Last = ()
    for barrier, given in conds.items():
        always = len(given) == len(parts)
        merged += when((barrier,), TRUE if always else any_of(*given))
    return merged


def when(last: Last, cond: Cond) -> Last:
    """The answers on a path that is taken where `cond` holds."""
    if cond == TRUE:
        return last
    return tuple(replace(b, steps=(*b.steps, When(cond))) for b in last)


def leave_last(last: Last, loop: int) -> Last:
    """The answers after the loop is left."""
    return tuple(replace(b, steps=(*b.steps, Through(Move.LEAVE, loop))) for b in last)


def resolve(last: Last, loops: Mapping[int, Loop]) -> Iterator[LastBarrier]:
    """The answers with `header` replaced by what is last when an iteration starts.

    If every iteration that another one follows passes a barrier, that is a barrier of the iteration just
    before, or what came before the loop for the first iteration. Otherwise any earlier one.
    """
    for barrier in last:
        if barrier.header is None:
            yield barrier
            continue
        loop = loops[barrier.header]
        definite = all(b.header != loop.id for b in loop.back_last)
        for outer in resolve(loop.entry_last, loops):
            step = Through(Move.ENTER if definite else Move.LATER, loop.id)
            yield LastBarrier(outer.site, (*outer.steps, step, *barrier.steps))
        for inner in resolve(tuple(b for b in loop.back_last if b.header != loop.id), loops):
            step = Through(Move.AGAIN if definite else Move.LATER, loop.id)
            yield LastBarrier(inner.site, (*inner.steps, step, *barrier.steps))

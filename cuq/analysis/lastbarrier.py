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
    return iter(_resolved(last, loops, frozenset())[0])


def _resolved(
    last: Last, loops: Mapping[int, Loop], inside: frozenset[int]
) -> tuple[list[LastBarrier], frozenset[int]]:
    """The answers, and those of the loops `inside` whose iteration can get here without a barrier.

    Such a path may lead through inner loops that run zero times, where it is not known that they do not.
    """
    found: list[LastBarrier] = []
    passed: frozenset[int] = frozenset()
    for barrier in last:
        if barrier.header is None:
            found.append(barrier)
        elif barrier.header in inside:
            passed |= {barrier.header}
        else:
            loop = loops[barrier.header]
            before, through = _resolved(loop.entry_last, loops, inside)
            if loop.meets and _leaves(barrier):
                before, through = [], frozenset()
            earlier, open_ways = _resolved(loop.back_last, loops, inside | {loop.id})
            passed |= through | (open_ways - {loop.id})
            definite = loop.id not in open_ways
            for origins, move in ((before, Move.ENTER), (earlier, Move.AGAIN)):
                step = Through(move if definite else Move.LATER, loop.id)
                found += [LastBarrier(o.site, (*o.steps, step, *barrier.steps)) for o in origins]
    return found, passed


def _leaves(barrier: LastBarrier) -> bool:
    """Whether the iteration is the one in which the loop is left."""
    moves = (step for step in barrier.steps if isinstance(step, Through))
    return next((step.move is Move.LEAVE and step.loop == barrier.header for step in moves), False)

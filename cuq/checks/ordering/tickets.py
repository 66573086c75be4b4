"""Ticket locks: a counter hands out numbers, and the holder of the number that is served goes on.

The counter is only ever incremented by one, so tickets differ as long as it does not come round. What is served
first is what the counter first held; a thread that reads its own ticket there, and only that one, writes the next
number. So a thread that is served its ticket reads the write of the one before it, whose release pattern synchronizes
with its acquire pattern; critical sections are in causality order, in the order of tickets.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cuq.analysis.expr import Cond, all_of, at_most, eq, lift
from cuq.analysis.summary import Access, Item, Kind
from cuq.analysis.terms import wrap
from cuq.base.records import dataclass
from cuq.checks.ordering.context import BYTE, Context, Flag, Orderings, Side
from cuq.checks.ordering.program import WIDE, Site, acquires, leaving, releases
from cuq.ir.ops import RmwOp


@dataclass(frozen=True, slots=True)
class Turn:
    """A critical section in the text: the draw of a ticket, the wait for it, and where its release begins."""

    draw: Site[Access]
    wait: Site[Access]
    end: Site[Item]


def ordered_by_ticket(context: Context) -> tuple[str, ...] | None:
    """The assumptions that this rests on, if both accesses are made while one ticket is served."""
    for counter in context.all.flags:
        for served in context.all.flags:
            if counter.name == served.name or counter.initial != served.initial:
                continue
            names = f"{counter.name} {served.name}"
            turn = context.all.once("ticket", names, partial(turn_of, context.all, counter, served))
            if turn is not None and all(_inside(context, side, turn) for side in context.sides):
                return (counter.assumption, served.assumption)
    return None


def _inside(context: Context, side: Side, turn: Turn) -> bool:
    if not turn.wait.position < side.site.position < turn.end.position or turn.end.around:
        return False
    return any(
        context.entails(side.instance.cond(held))
        for held in _served(context.all, turn.draw, turn.wait, side.site)
    )


def _served(
    orderings: Orderings, draw: Site[Access], wait: Site[Access], target: Site[Item]
) -> Iterator[Cond]:
    """When a thread has drawn a ticket and seen it served, with its acquire pattern ended before `target`."""
    drawn, seen = leaving(draw, target), leaving(wait, target)
    if drawn.result is None or seen.result is None:
        return
    for executed, scope in acquires(orderings.program, wait, target):
        if scope in WIDE:
            yield all_of(drawn.executed, seen.executed, executed, eq(drawn.result - seen.result))


def turn_of(orderings: Orderings, counter: Flag, served: Flag) -> Turn | None:
    """How the two are used, if it is as a ticket lock and nothing else."""
    if len(counter.writes) != 1 or len(served.writes) != 1 or not (counter.is_scalar and served.is_scalar):
        return None
    (draw,), (free,) = counter.writes, served.writes
    update = draw.item.update
    is_draw = update is not None and update.op is RmwOp.ADD and update.operand == lift(1)
    if not is_draw or free.item.kind is not Kind.WRITE or free.around or counter.width != served.width:
        return None
    if any(site.item.sem.scope not in WIDE for site in (draw, free)):
        return None
    most = orderings.executions(draw)
    if most is None or not orderings.always(at_most(most, lift(1 << BYTE * counter.width))):
        return None
    third, executed = orderings.third(free)
    value, drawn = free.item.value, leaving(draw, free).result
    if value is None or drawn is None:
        return None
    next_ = eq(third.poly(value) - third.poly(wrap(drawn + 1, BYTE * counter.width)))
    for wait in served.sites:
        if (
            wait.item.kind is not Kind.READ
            or wait.item.sem.scope not in WIDE
            or wait.position > free.position
        ):
            continue
        for start, held, scope in releases(orderings.program, free):
            if scope not in WIDE or start.around or start.position < wait.position:
                continue
            for held_turn in _served(orderings, draw, wait, start):
                if orderings.always(all_of(third.cond(all_of(held, held_turn)), next_), *executed):
                    return Turn(draw, wait, start)
    return None

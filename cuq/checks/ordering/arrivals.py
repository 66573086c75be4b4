"""Arrivals: who sees that all blocks have counted themselves has what they did before.

A counter is only ever incremented by one, by at most one thread of each block. So if it comes to as many as there are
blocks, each block did so, and the increments form one chain of atomic operations that begins with the initial value.
Observation order follows the chain, so the release pattern of each increment synchronizes with the acquire pattern of
a read that sees the full count, or of the last increment itself.
"""

from __future__ import annotations

from functools import partial
from math import prod

from cuq.analysis.expr import AXES, Cond, Poly, all_of, any_of, at_most, lift
from cuq.analysis.summary import Access
from cuq.checks.ordering.context import BYTE, Arrival, Context, Flag, Orderings, Side
from cuq.checks.ordering.program import WIDE, Site
from cuq.ir.ops import RmwOp


def ordered_by_count(context: Context) -> tuple[str, ...] | None:
    """The assumptions that this rests on, if a count of all blocks lies between the accesses."""
    if context.same_block:
        return None
    first, second = context.sides
    for flag in context.all.flags:
        count = context.all.once("count", flag.name, partial(_arrival, context.all, flag))
        if count is None:
            continue
        if all(_is_last(context, flag, count, side) for side in context.sides):
            return (flag.assumption,)
        for earlier, later in ((first, second), (second, first)):
            if _hands_on(context, earlier, count) and any(
                _is_full(context, flag, count, arrival) for arrival in context.arrivals(later, flag)
            ):
                return (flag.assumption,)
    return None


def _arrival(orderings: Orderings, flag: Flag) -> Site[Access] | None:
    """The increment, if that is all that is ever written, once by each block at most, and without coming round."""
    if len(flag.writes) != 1 or not flag.is_scalar:
        return None
    (site,) = flag.writes
    update = site.item.update
    if update is None or update.op is not RmwOp.ADD or update.operand != lift(1):
        return None
    if site.item.sem.scope not in WIDE or not orderings.once_in_block(site):
        return None
    most = _blocks(orderings) + flag.initial
    return site if orderings.always(at_most(most, lift((1 << BYTE * flag.width) - 1))) else None


def _blocks(orderings: Orderings) -> Poly:
    return prod((orderings.session.geometry.nctaid(axis) for axis in AXES), start=lift(1))


def _is_full(context: Context, flag: Flag, count: Site[Access], arrival: Arrival) -> bool:
    """The read sees all increments, its own included."""
    full = _blocks(context.all) + flag.initial
    needed = full - 1 if arrival.read == count else full
    return context.entails(all_of(arrival.executed, at_most(needed, arrival.value)), arrival.known)


def _is_last(context: Context, flag: Flag, count: Site[Access], side: Side) -> bool:
    """The side's block made the last increment. No two blocks did."""
    own = (arrival for arrival in context.arrivals(side, flag) if arrival.read == count)
    return any(_is_full(context, flag, count, arrival) for arrival in own)


def _hands_on(context: Context, earlier: Side, count: Site[Access]) -> bool:
    """The increment of the earlier side's block releases what that side did."""
    third, executed = context.all.third(count)
    ways: list[Cond] = [
        all_of(third.cond(held), context.precedes(earlier, start, third))
        for start, held in context.departures(count)
    ]
    return context.entails(any_of(*ways), *executed, context.shares_block(earlier))

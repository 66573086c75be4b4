"""Arrivals: who sees that all blocks have counted themselves has what they did before.

A counter is only ever incremented by one, by at most one thread of each block. So if it comes to as many as there are
blocks, each block did so, and the increments form one chain of atomic operations that begins with the initial value.
Observation order follows the chain, so the release pattern of each increment synchronizes with the acquire pattern of
a read that sees the full count, or of the last increment itself.

There may be several rounds, each with an increment of its own. A thread that counts itself in for the round r + 1 has seen
r times as many as there are blocks before. So the first increments, up to that number, are of the rounds up to r; each
block has at most r of them, and all together they are r times as many as there are blocks: each block has all r.
"""

from __future__ import annotations

from functools import partial
from math import prod

from cuq.analysis.expr import AXES, Cond, Poly, all_of, any_of, at_most, lift
from cuq.analysis.summary import Access
from cuq.checks.ordering.context import BYTE, Arrival, Context, Flag, Orderings, Side
from cuq.checks.ordering.program import WIDE, Site, leaving
from cuq.ir.ops import RmwOp


def ordered_by_count(context: Context) -> tuple[str, ...] | None:
    """The assumptions that this rests on, if a count of all blocks lies between the accesses."""
    if context.same_block:
        return None
    first, second = context.sides
    for flag in context.all.flags:
        rounds = context.all.once("rounds", flag.name, partial(rounds_of, context.all, flag))
        if len(rounds) == 1 and all(_is_last(context, flag, rounds[0], side) for side in context.sides):
            return (flag.assumption,)
        for earlier, later in ((first, second), (second, first)):
            for number, count in enumerate(rounds, 1):
                if _hands_on(context, earlier, count) and any(
                    _is_full(context, flag, count, number, arrival)
                    for arrival in context.arrivals(later, flag)
                ):
                    return (flag.assumption,)
    return None


def rounds_of(orderings: Orderings, flag: Flag) -> tuple[Site[Access], ...]:
    """The increment of each round, if they are all that is ever written, each once by each block at most, and without
    coming round; else nothing."""
    sites = tuple(sorted(flag.writes, key=lambda site: site.position))
    if not flag.is_scalar or not all(_counts(orderings, site) for site in sites):
        return ()
    if not all(_has_waited(orderings, flag, site, number) for number, site in enumerate(sites) if number):
        return ()
    most = _blocks(orderings) * len(sites) + flag.initial
    return sites if orderings.always(at_most(most, lift((1 << BYTE * flag.width) - 1))) else ()


def _counts(orderings: Orderings, site: Site[Access]) -> bool:
    """It adds one, atomically with respect to all others, once in each block at most."""
    update = site.item.update
    if update is None or update.op is not RmwOp.ADD or update.operand != lift(1):
        return False
    return site.item.sem.scope in WIDE and orderings.once_in_block(site)


def _has_waited(orderings: Orderings, flag: Flag, site: Site[Access], rounds: int) -> bool:
    """A thread that counts itself in here has seen that all blocks did so in as many rounds."""
    third, executed = orderings.third(site)
    full = _blocks(orderings) * rounds + flag.initial
    for read in orderings.reads(flag):
        sem = read.item.sem
        if read.position >= site.position or not sem.order.atomic or sem.scope not in WIDE:
            continue
        seen = leaving(read, site)
        if seen.result is not None:
            goal = all_of(third.cond(seen.executed), at_most(full, third.poly(seen.result)))
            if orderings.always(goal, *executed):
                return True
    return False


def _blocks(orderings: Orderings) -> Poly:
    return prod((orderings.session.geometry.nctaid(axis) for axis in AXES), start=lift(1))


def _is_full(context: Context, flag: Flag, count: Site[Access], number: int, arrival: Arrival) -> bool:
    """The read sees all increments of as many rounds, its own included."""
    full = _blocks(context.all) * number + flag.initial
    needed = full - 1 if arrival.read == count else full
    return context.entails(all_of(arrival.executed, at_most(needed, arrival.value)), arrival.known)


def _is_last(context: Context, flag: Flag, count: Site[Access], side: Side) -> bool:
    """The side's block made the last increment. No two blocks did."""
    own = (arrival for arrival in context.arrivals(side, flag) if arrival.read == count)
    return any(_is_full(context, flag, count, 1, arrival) for arrival in own)


def _hands_on(context: Context, earlier: Side, count: Site[Access]) -> bool:
    """The increment of the earlier side's block releases what that side did."""
    third, executed = context.all.third(count)
    ways: list[Cond] = [
        all_of(third.cond(held), context.precedes(earlier, start, third))
        for start, held in context.departures(count)
    ]
    return context.entails(any_of(*ways), *executed, context.shares_block(earlier))

"""Message passing: a thread that reads a flag has what its writer did before.

The access of the one thread precedes a release of the flag; the other thread acquires a value of the flag that
is not its initial one, and every write in the launch that could have written it is such a release, by that thread,
after its access. Whichever of them is read, its release pattern synchronizes with the acquire pattern, so the
accesses are in causality order (PTX ISA, "Release and Acquire Patterns", "Synchronization Order").
"""

from __future__ import annotations

from cuq.analysis.expr import FALSE, Cond, all_of, any_of, eq, negate
from cuq.analysis.summary import Access
from cuq.checks.ordering.context import Arrival, Context, Flag, Side, overlap, written
from cuq.checks.ordering.program import Site


def ordered_by_flag(context: Context) -> tuple[str, ...] | None:
    """The assumptions that this rests on, if a flag orders the pair."""
    first, second = context.sides
    for flag in context.all.flags:
        for earlier, later in ((first, second), (second, first)):
            if any(_passes(context, flag, earlier, arrival) for arrival in context.arrivals(later, flag)):
                return (flag.assumption,)
    return None


def _passes(context: Context, flag: Flag, earlier: Side, arrival: Arrival) -> bool:
    is_other = negate(eq(arrival.value - flag.initial))
    return context.entails(all_of(arrival.executed, is_other), arrival.known) and all(
        _comes_after(context, earlier, arrival, write, flag.width) for write in flag.writes
    )


def _comes_after(context: Context, earlier: Side, arrival: Arrival, write: Site[Access], width: int) -> bool:
    """If the write was read, it was a release by the earlier side's thread after its access."""
    third, executed = context.all.third(write)
    read_it = [arrival.known, *executed, overlap(arrival.offset, third.poly(write.item.offset), width)]
    value = written(write.item, third)
    if value is not None:
        read_it.append(eq(arrival.value - value))
    ways: list[Cond] = [FALSE]
    for start, held in context.departures(write):
        ways.append(all_of(third.cond(held), context.precedes(earlier, start, third)))
    return context.entails(any_of(*ways), *read_it)

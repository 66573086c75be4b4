"""What a kernel uses its atomic objects as, whatever the pair: what certificates take as hypotheses about histories.

A use is named only where it can be told from what a thread did last, in the state in which it makes an access
(`coq/theories/Gpu/Claims.v`): every operation that orders does so by itself, as a fence would not have done its part in
between.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from cuq.analysis.expr import AXES, all_of, eq
from cuq.analysis.summary import Access, Kind
from cuq.base.records import dataclass
from cuq.checks.ordering.arrivals import rounds_of
from cuq.checks.ordering.context import THIRD, Flag, Orderings
from cuq.checks.ordering.draws import counters_of
from cuq.checks.ordering.locks import sections_of
from cuq.checks.ordering.program import ACQUIRING, RELEASING, WIDE, Site
from cuq.checks.ordering.tickets import turn_of


@dataclass(frozen=True, slots=True)
class Tickets:
    """Numbers that two threads drew differ by `step` at least."""

    obj: str
    step: int
    sites: tuple[Site[Access], ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """Two threads never hold a lock at once; one that is free holds `free`."""

    obj: str
    free: int
    sites: tuple[Site[Access], ...]


@dataclass(frozen=True, slots=True)
class Turns:
    """Numbers are drawn from one object, and served by another one: it is never the turn of two threads."""

    obj: str
    served: str
    sites: tuple[Site[Access], ...]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The first thread of each block counts itself in, beginning with `start`; the last one has what all did."""

    obj: str
    start: int
    sites: tuple[Site[Access], ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """A flag: who sees another value than `start` has what a thread did before it wrote there."""

    obj: str
    start: int
    sites: tuple[Site[Access], ...]


Use = Tickets | Lock | Turns | Arrivals | Handover


def uses(orderings: Orderings) -> Iterator[Use]:
    """All that are recognised; of a ticket lock, its turns only."""
    turns = [pair for pair in permutations(orderings.flags, 2) if _take_turns(orderings, *pair)]
    for counted, served in turns:
        yield Turns(counted.name, served.name, (*counted.writes, *served.sites))
    in_turn = {flag.name for pair in turns for flag in pair}
    for counter in counters_of(orderings):
        sites = tuple(site for site, _ in counter.draws)
        if sites[0].item.obj.name in in_turn:
            continue
        yield Tickets(sites[0].item.obj.name, min(step for _, step in counter.draws), sites)
    for flag in orderings.flags:
        if flag.name in in_turn:
            continue
        sections = sections_of(orderings, flag)
        takes = tuple(section.acquire for section in sections)
        frees = tuple(free for section in sections for free in section.releases)
        if sections and all(map(_acquires, takes)) and all(map(_releases, frees)):
            yield Lock(flag.name, flag.initial, (*takes, *frees))
        counts = rounds_of(orderings, flag)
        if (
            len(counts) == 1
            and _acquires(counts[0])
            and _releases(counts[0])
            and _is_first(orderings, counts[0])
        ):
            yield Arrivals(flag.name, flag.initial, counts)
        if _hands_over(flag):
            yield Handover(flag.name, flag.initial, flag.sites)


def _hands_over(flag: Flag) -> bool:
    """It is only stored to and read."""
    reads = [site for site in flag.sites if site.item.kind is Kind.READ]
    return (
        bool(reads)
        and all(map(_acquires, reads))
        and all(site.item.kind is Kind.WRITE and _releases(site) for site in flag.writes)
    )


def _take_turns(orderings: Orderings, counted: Flag, served: Flag) -> bool:
    waits = [site for site in served.sites if site.item.kind is Kind.READ]
    return (
        counted.initial == served.initial
        and turn_of(orderings, counted, served) is not None
        and all(_acquires(wait) for wait in waits)
        and all(_releases(write) for write in served.writes)
    )


def _acquires(site: Site[Access]) -> bool:
    return site.item.sem.order in ACQUIRING and site.item.sem.scope in WIDE


def _releases(site: Site[Access]) -> bool:
    return site.item.sem.order in RELEASING and site.item.sem.scope in WIDE


def _is_first(orderings: Orderings, site: Site[Access]) -> bool:
    """Only the first thread of a block executes it."""
    _, executed = orderings.third(site)
    facts = orderings.session.facts
    return orderings.always(all_of(*(eq(facts.tid(axis, THIRD)) for axis in AXES)), *executed)

"""Mutual exclusion: accesses between the acquire and the release of a lock.

A lock is an object whose elements begin as *free* and are written in two ways only: by an atomic exchange or
compare-and-swap that makes a free element taken (the acquire), and by a release of the free value, by a thread that
acquired it in the same iteration and has not released it yet. By Atomicity two acquires never read the same write, so
each release hands on to at most one acquire; its release pattern synchronizes with that acquire pattern. Causality
order has no circles, so the critical sections of an element form one chain in causality order that begins with the
initial value: an access in one of them is ordered with an access in any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

from cuq.analysis.expr import FALSE, Cond, Poly, all_of, eq, lift, negate
from cuq.analysis.summary import Access, Item, Kind
from cuq.base.records import dataclass
from cuq.checks.ordering.context import Context, First, Flag, Orderings, Side
from cuq.checks.ordering.program import WIDE, Site, acquires, common, leaving, releases
from cuq.ir.ops import RmwOp


@dataclass(frozen=True, slots=True)
class Section:
    """A critical section in the text: an acquire and the releases that end it, each on its own way.

    `ends`: where the release patterns begin.
    """

    acquire: Site[Access]
    releases: tuple[Site[Access], ...]
    ends: tuple[Site[Item], ...]


def ordered_by_lock(context: Context) -> tuple[str, ...] | None:
    """The assumptions that this rests on, if both accesses of the pair are in critical sections of one lock."""
    for flag in context.all.flags:
        sections = context.all.once("lock", flag.name, partial(sections_of, context.all, flag))
        one, two = (_lock_of(context, flag, side, sections) for side in context.sides)
        if one is not None and two is not None and context.entails(eq(one - two)):
            return (flag.assumption,)
    return None


def sections_of(orderings: Orderings, flag: Flag) -> tuple[Section, ...]:
    return tuple(_sections(orderings, flag))


def _lock_of(context: Context, flag: Flag, side: Side, sections: tuple[Section, ...]) -> Poly | None:
    """The offset of the lock that the side's thread, or the first one of its block, holds at its access."""
    for section in sections:
        within = all(
            side.site.position < end.position and common(end, side.site) == end.around for end in section.ends
        )
        if within and section.acquire.position < side.site.position:
            for held, offset in _held(context.all, flag, section.acquire, side.site):
                if context.entails(side.instance.cond(held)):
                    return side.instance.poly(offset)
        if context.aligned and not context.same_block:
            for_block = _lock_of_block(context, flag, side, section)
            if for_block is not None:
                return for_block
    return None


def _lock_of_block(context: Context, flag: Flag, side: Side, section: Section) -> Poly | None:
    """The lock that the first thread of the block takes before a barrier, and frees after another one."""
    acquire, position = section.acquire, side.site.position
    barriers = [barrier for barrier in context.program.barriers if not barrier.around]
    for free, end in zip(section.releases, section.ends, strict=True):
        third, executed = context.all.third(free)
        after = (b for b in barriers if position < b.position < end.position)
        if free.around or not any(context.all.always(third.cond(b.item.guard), *executed) for b in after):
            return None
    first = First(context.session.expansion, side.instance)
    for barrier in barriers:
        if acquire.position < barrier.position < position:
            passed, known = side.instance.cond(barrier.item.guard), first.cond(barrier.item.guard)
            for held, offset in _held(context.all, flag, acquire, barrier):
                if context.entails(all_of(passed, first.cond(held)), known):
                    return first.poly(offset)
    return None


def _held(
    orderings: Orderings, flag: Flag, acquire: Site[Access], target: Site[Item]
) -> Iterator[tuple[Cond, Poly]]:
    """When an acquire succeeded, with its acquire pattern ended before `target`, and the offset of the lock."""
    found = leaving(acquire, target)
    for executed, scope in acquires(orderings.program, acquire, target):
        if scope in WIDE and found.result is not None:
            yield all_of(found.executed, executed, eq(found.result - flag.initial)), found.offset


def _sections(orderings: Orderings, flag: Flag) -> Iterator[Section]:
    """The critical sections; none if the object is not used as a lock and nothing else."""
    sections: list[tuple[Site[Access], list[Site[Access]]]] = []
    for site in flag.writes:
        if site.item.sem.scope not in WIDE:
            return
        if _takes(site.item, flag.initial):
            sections.append((site, []))
        elif _frees(site.item, flag.initial) and sections:
            sections[-1][1].append(site)
        else:
            return
    found: list[Section] = []
    for acquire, frees in sections:
        ends = [_end(orderings, flag, acquire, free) for free in frees]
        known = [end for end in ends if end is not None]
        exclusive = all(_exclude(orderings, a, b) for a, b in combinations(frees, 2))
        if len(known) < len(ends) or not exclusive or not _succeeds_once(orderings, flag, acquire, frees):
            return
        found.append(Section(acquire, tuple(frees), tuple(known)))
    yield from found


def _takes(access: Access, free: int) -> bool:
    """An atomic operation that leaves no element free, and changes it only if it was."""
    update = access.update
    if update is None or update.operand is None or update.operand.constant in (None, free):
        return False
    if update.op is None:
        return update.expected is not None and update.expected.constant == free
    return update.op is RmwOp.EXCH


def _frees(access: Access, free: int) -> bool:
    """A write of the free value."""
    if access.kind is Kind.WRITE:
        return access.sem.order.atomic and access.value is not None and access.value.constant == free
    update = access.update
    if update is None or update.op is not RmwOp.EXCH or update.operand is None:
        return False
    return update.operand.constant == free


def _end(orderings: Orderings, flag: Flag, acquire: Site[Access], free: Site[Access]) -> Site[Item] | None:
    """Where a release pattern of `free` begins, if only a thread that holds the lock since then frees it."""
    if common(acquire, free) != free.around:
        return None
    third, executed = orderings.third(free)
    for start, held, scope in releases(orderings.program, free):
        if scope not in WIDE or start.around != free.around or start.position < acquire.position:
            continue
        for taken, offset in _held(orderings, flag, acquire, start):
            same = eq(third.poly(offset) - third.poly(free.item.offset))
            if orderings.always(all_of(third.cond(all_of(held, taken)), same), *executed):
                return start
    return None


def _exclude(orderings: Orderings, a: Site[Access], b: Site[Access]) -> bool:
    """No thread executes both in one iteration."""
    return orderings.always(FALSE, *orderings.third(a, b)[1])


def _succeeds_once(
    orderings: Orderings, flag: Flag, acquire: Site[Access], frees: list[Site[Access]]
) -> bool:
    """Where an acquire is repeated until it succeeds, it is not repeated afterwards."""
    if not frees:
        return True
    repeated = acquire.around[len(frees[0].around) :]
    if any(free.around != frees[0].around for free in frees) or len(repeated) > 1:
        return False
    third, executed = orderings.third(acquire)
    result = acquire.item.result
    if result is None:
        return False
    again = [third.cond(loop.again) for loop in repeated]
    failed = negate(eq(third.poly(lift(result)) - flag.initial))
    return not repeated or orderings.always(failed, *executed, *again)

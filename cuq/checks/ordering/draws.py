"""Counters that hand out numbers: the old values that `fetch_add` returns to different threads differ.

Where all writes to an object in a launch (in shared memory: in a barrier interval) add constants to one word of it,
atomically with respect to each other, each update reads the sum of those before it (PTX ISA, "Atomicity"). As long as all together add no more than the word has
values, two old values are at least as far apart as the smaller one's update adds, also when the word has come
round in between.

In a loop that goes on only where the number drawn is below a limit, all but the last draw of each thread are below it, and
all different as long as the word has not come round: there are no more than the limit and the threads together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cuq.analysis.expr import Cond, Le, Level, Poly, any_of, at_most, conjuncts, lift, syms_of
from cuq.analysis.lastbarrier import resolve
from cuq.analysis.summary import Access
from cuq.base.records import dataclass
from cuq.checks.ordering.context import BYTE, Orderings
from cuq.checks.ordering.program import WIDE, Site
from cuq.ir.ops import RmwOp
from cuq.ir.types import Space
from cuq.smt.pairs import Group, Pair
from cuq.smt.reached import limit_of


@dataclass(frozen=True, slots=True)
class Counter:
    """The updates of a counter, each with what it adds. `in_block`: every block has its own."""

    draws: tuple[tuple[Site[Access], int], ...]
    in_block: bool


def with_draws(orderings: Orderings, group: Group) -> Group:
    """The group, whose pairs know that numbers which two threads drew differ."""
    found = orderings.once("counters", "", lambda: tuple(counters_of(orderings)))
    counters = [c for c in found if group.same_block or not c.in_block]
    if not counters:
        return group
    pairs = tuple(replace(p, conds=(*p.conds, *_apart(counters, p))) for p in group.pairs)
    return replace(group, pairs=pairs)


def counters_of(orderings: Orderings) -> Iterator[Counter]:
    writes: dict[str, list[Site[Access]]] = {}
    for site in orderings.program.accesses:
        if site.item.kind.writes:
            writes.setdefault(site.item.obj.name, []).append(site)
    aliased = {name for names in orderings.session.aliased for name in names}
    for name, sites in writes.items():
        draws = tuple((site, step) for site in sites if (step := _step(site.item)) is not None)
        if not draws or name in aliased:
            continue
        first = draws[0][0].item
        is_one_word = first.offset.constant is not None and all(
            (site.item.offset, site.item.width) == (first.offset, first.width) for site, _ in draws
        )
        in_block = first.obj.space is Space.SHARED
        if in_block:
            others = [site for site in sites if _step(site.item) is None]
            is_counter = not others or _are_apart(orderings, [site for site, _ in draws], others)
        else:
            is_counter = len(draws) == len(sites) and all(site.item.sem.scope in WIDE for site in sites)
        total = _total(orderings, draws, in_block) if is_one_word and is_counter else None
        bits = BYTE * (first.width.constant or 0)
        if total is not None and orderings.always(at_most(total, lift(1 << bits))):
            yield Counter(draws, in_block)


def _are_apart(orderings: Orderings, draws: list[Site[Access]], others: list[Site[Access]]) -> bool:
    """All draws are in one barrier interval of a block, and other writes, such as the first one, in none of it."""
    if not orderings.aligned or any(site.around for site in (*draws, *others)):
        return False
    drawn, written = (_intervals(orderings, sites) for sites in (draws, others))
    return len(drawn) == 1 and not drawn & written


def _intervals(orderings: Orderings, sites: list[Site[Access]]) -> set[int | None]:
    """The barriers that may have come last."""
    loops = orderings.session.expansion.loops
    return {last.site for site in sites for last in resolve(site.item.last, loops)}


def _step(access: Access) -> int | None:
    """What an update adds; None if it is not a positive constant."""
    update = access.update
    if update is None or update.op is not RmwOp.ADD or update.operand is None or not access.sem.order.atomic:
        return None
    step = update.operand.constant
    return step if step is not None and step > 0 else None


def _total(orderings: Orderings, draws: tuple[tuple[Site[Access], int], ...], in_block: bool) -> Poly | None:
    """A bound on what all updates add; None if one may be executed any number of times."""
    total = lift(0)
    for site, step in draws:
        count = orderings.executions(replace(site, around=()), in_block=in_block)
        more = lift(0) if not site.around else _below_limit(orderings, site)
        if count is None or more is None:
            return None
        total += (count + more) * step
    return total


def _below_limit(orderings: Orderings, site: Site[Access]) -> Poly | None:
    """A bound on how many different numbers are drawn in iterations that another one follows."""
    if len(site.around) != 1 or site.item.result is None:
        return None
    (loop,) = site.around
    drawn = site.item.result
    third, went_on = orderings.third(site)
    went_on = (*went_on, *third.conditions_of(site.around, loop.again))
    for part in conjuncts(loop.again):
        limit = None if not isinstance(part, Le) else limit_of(part.poly, drawn)
        if limit is None or any(s.level > Level.LAUNCH or s.loop is not None for s in syms_of(limit)):
            continue
        below = at_most(third.poly(lift(drawn)), limit)
        if orderings.always(below, *went_on) and orderings.always(at_most(lift(-1), limit)):
            return limit + 1
    return None


def _apart(counters: list[Counter], pair: Pair) -> Iterator[Cond]:
    one, two = pair.instances
    for counter in counters:
        for a, a_step in counter.draws:
            for b, b_step in counter.draws:
                x = None if a.item.result is None else one.named.get(a.item.result)
                y = None if b.item.result is None else two.named.get(b.item.result)
                if x is not None and y is not None:
                    yield any_of(at_most(x + a_step, y), at_most(y + b_step, x))

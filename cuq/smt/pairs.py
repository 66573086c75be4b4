"""Pairs of accesses that could race, grouped by barrier interval and object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from math import gcd

from cuq.analysis.expr import FALSE, Cond, Level, Poly, Sym, all_of, conjuncts, eq, less, lift, negate
from cuq.analysis.lastbarrier import resolve
from cuq.analysis.summary import Access, BarrierItem, LastBarrier, Loop, walk
from cuq.analysis.terms import given
from cuq.base.records import dataclass
from cuq.ir.module import MemObject
from cuq.ir.types import Scope, Space
from cuq.smt.expand import Expansion
from cuq.smt.instance import Instance, Thread
from cuq.smt.launch import FIRST_BLOCK, FIRST_GRID, SECOND_BLOCK, SECOND_GRID
from cuq.smt.problem import Model


@dataclass(frozen=True, slots=True)
class Placed:
    """An access with the loops around it and one answer to what barrier came last (None: any)."""

    access: Access
    around: tuple[Loop, ...]
    last: LastBarrier | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two accesses by different threads as conditions over named symbols.

    They overlap exactly if low ≤ difference ≤ high. `conds` hold when both happen.
    """

    first: Access
    second: Access
    conds: tuple[Cond, ...]
    difference: Poly
    low: int
    high: int
    instances: tuple[Instance, Instance]


@dataclass(frozen=True, slots=True)
class Group:
    """All pairs on one object that one query decides.

    `same_block`: threads of one block, within the interval that begins at barrier `site` (None: at the
    start of the kernel); otherwise threads of different blocks, at any time.
    """

    same_block: bool
    site: int | None
    objects: tuple[str, ...]
    pairs: tuple[Pair, ...]


def groups(expansion: Expansion, aliased: frozenset[frozenset[str]], every: bool = False) -> Iterator[Group]:
    """Every pair of accesses that may conflict is in at least one group.

    `every`: also those that conflict just as another pair does, for when it matters what comes before and after.
    """
    placed = [(i, around) for i, around in walk(expansion.summary.body) if isinstance(i, Access)]
    for objects in _object_groups(placed, aliased):
        members = [(a, around) for a, around in placed if a.obj.name in objects]
        if not any(a.kind.writes for a, _ in members):
            continue
        yield from _block_groups(expansion, objects, members, every)
        if any(a.obj.space is not Space.SHARED for a, _ in members):
            everywhere = [Placed(a, around, None) for a, around in members]
            pairs = _pairs(expansion, everywhere, FIRST_GRID, SECOND_GRID, (), every)
            if pairs:
                yield Group(False, None, objects, pairs)


def _object_groups(
    placed: list[tuple[Access, tuple[Loop, ...]]], aliased: frozenset[frozenset[str]]
) -> list[tuple[str, ...]]:
    names = list(dict.fromkeys(a.obj.name for a, _ in placed))
    merged = [set(g) & set(names) for g in aliased]
    rest = [{n} for n in names if not any(n in g for g in merged)]
    return [tuple(sorted(g)) for g in (*merged, *rest) if g]


def _block_groups(
    expansion: Expansion,
    objects: tuple[str, ...],
    members: list[tuple[Access, tuple[Loop, ...]]],
    every: bool,
) -> Iterator[Group]:
    intervals: dict[int | None, list[Placed]] = {}
    for access, around in members:
        for last in resolve(access.last, expansion.loops):
            intervals.setdefault(last.site, []).append(Placed(access, around, last))
    for site, placed in intervals.items():
        around = _around_barrier(expansion, site)
        pairs = _pairs(expansion, placed, FIRST_BLOCK, SECOND_BLOCK, around, every)
        if pairs:
            yield Group(True, site, objects, pairs)


def _around_barrier(expansion: Expansion, site: int | None) -> tuple[Loop, ...]:
    for item, around in walk(expansion.summary.body):
        if isinstance(item, BarrierItem) and item.site == site:
            return around
    return ()


def _pairs(
    expansion: Expansion,
    placed: list[Placed],
    one: Thread,
    two: Thread,
    around_barrier: tuple[Loop, ...],
    every: bool,
) -> tuple[Pair, ...]:
    made: list[tuple[Placed, tuple[_Side, _Side]]] = []
    for item in placed:
        sides = (_side(expansion, item, one, around_barrier), _side(expansion, item, two, around_barrier))
        made.append((item, sides))
    pairs: dict[tuple[object, ...], Pair] = {}
    for i, (a, (first, _)) in enumerate(made):
        for b, (_, second) in made[i:]:
            pair = _pair(a.access, b.access, first, second, one.shares is Level.BLOCK)
            if pair is not None:
                places = (a.access.index, b.access.index) if every else ()
                key = (pair.difference, frozenset(pair.conds), pair.low, pair.high, places)
                pairs.setdefault(key, pair)
    return tuple(pairs.values())


@dataclass(frozen=True, slots=True)
class _Side:
    conds: tuple[Cond, ...]
    offset: Poly
    width: Poly
    instance: Instance


def _side(expansion: Expansion, item: Placed, thread: Thread, around_barrier: tuple[Loop, ...]) -> _Side:
    instance = Instance(expansion, thread, around_barrier, item.last)
    conds = instance.conditions_of(item.around, item.access.guard)
    known = all_of(*conds, expansion.launch)
    offset = given(instance.poly(item.access.offset), known)
    return _Side(conds, offset, instance.poly(item.access.width), instance)


def _pair(a: Access, b: Access, first: _Side, second: _Side, same_block: bool) -> Pair | None:
    """The conflict of two accesses; None where none is possible by the definition or the arithmetic."""
    if not (a.kind.writes or b.kind.writes):
        return None
    conds = all_of(*first.conds, *second.conds)
    if conds == FALSE:
        return None
    difference = first.offset - second.offset + distance(a.obj, b.obj)
    first_width, second_width = first.width.constant, second.width.constant
    if first_width is None or second_width is None:
        overlap = all_of(less(difference, second.width), less(lift(0) - first.width, difference))
        return Pair(a, b, (conds, overlap), lift(0), 0, 0, (first.instance, second.instance))
    low, high = 1 - first_width, second_width - 1
    if _morally_strong(a, b, same_block) and first_width == second_width:
        # Atomics race only where they overlap in part.
        conds = all_of(conds, negate(eq(difference)))
    scaled = _scale(difference, low, high)
    if scaled is None:
        return None
    poly, low, high = scaled
    if poly.constant is not None and not low <= poly.constant <= high:
        return None
    if low == high == 0 and negate(eq(difference)) in conjuncts(conds):
        return None
    parts = tuple(sorted(conjuncts(conds), key=lambda c: c.key))
    return Pair(a, b, parts, poly, low, high, (first.instance, second.instance))


def distance(first: MemObject, second: MemObject) -> Poly:
    """How many bytes `first` begins after `second`: objects that may alias lie anywhere, aligned."""
    if first.name == second.name:
        return lift(0)
    if first.name > second.name:
        return lift(0) - distance(second, first)
    aligned = min(_alignment(first), _alignment(second))
    name = f"distance.{first.name}.{second.name}"
    text = f"({first.name} - {second.name}) / {aligned}"
    return lift(Sym(name, -(1 << 60), 1 << 60, Level.LAUNCH, text=text)) * aligned


def _alignment(obj: MemObject) -> int:
    """A power of two that divides the alignment of elements of this size."""
    return min(16, max(1, obj.element & -obj.element))


def aliases(model: Model, objects: Iterable[MemObject]) -> tuple[tuple[str, str, int], ...]:
    """(object, other, bytes that it begins after the other) as a model has placed them."""
    known = {s.name for s in model.symbols()}
    return tuple(
        (a.name, b.name, model.value(distance(a, b)))
        for a, b in combinations(sorted(objects, key=lambda o: o.name), 2)
        if f"distance.{a.name}.{b.name}" in known
    )


def _scale(difference: Poly, low: int, high: int) -> tuple[Poly, int, int] | None:
    """Divides low ≤ difference ≤ high by the common factor of what varies; None if nothing fits."""
    varying = difference - difference.offset
    if not varying.terms:
        return (difference, low, high) if low <= difference.offset <= high else None
    factor = gcd(*(c for _, c in varying.terms))
    low, high = -((difference.offset - low) // factor), (high - difference.offset) // factor
    if low > high:
        return None
    reduced = Poly(tuple((m, c // factor) for m, c in varying.terms))
    return reduced, low, high


def _morally_strong(a: Access, b: Access, same_block: bool) -> bool:
    """Both atomic, each with a scope that includes the other thread (PTX ISA, "Morally strong")."""
    for access in (a, b):
        if not access.sem.order.atomic:
            return False
        # Without cluster dimensions in the launch, a cluster is one block.
        if not same_block and access.sem.scope not in (Scope.GPU, Scope.SYS):
            return False
    return True

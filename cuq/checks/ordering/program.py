"""Program order: where the items of a summary stand, and which of two comes first in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from cuq.analysis.expr import Cond, Poly, all_of, any_of, eq, less, lift
from cuq.analysis.substitute import Substitution
from cuq.analysis.summary import Access, BarrierItem, FenceItem, Item, Loop, Summary, walk
from cuq.base.records import dataclass
from cuq.ir.types import Order, Scope
from cuq.smt.instance import Instance

ACQUIRING = frozenset({Order.ACQUIRE, Order.ACQ_REL, Order.SC})
RELEASING = frozenset({Order.RELEASE, Order.ACQ_REL, Order.SC})
WIDE = frozenset({Scope.GPU, Scope.SYS})
"""Scopes that include threads of other blocks. Without cluster dimensions in the launch, a cluster is one block."""


_I = TypeVar("_I", bound=Item, covariant=True)


@dataclass(frozen=True, slots=True)
class Site(Generic[_I]):
    """An item with the loops around it, outermost first. Items of one iteration are executed by `position`."""

    item: _I
    around: tuple[Loop, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Exit:
    """An access as it was when the loops around it were left for the last time: terms of the code behind them."""

    executed: Cond
    offset: Poly
    result: Poly | None


class Program:
    """The accesses, fences, barriers and loops of a summary."""

    def __init__(self, summary: Summary) -> None:
        self.accesses: list[Site[Access]] = []
        self.fences: list[Site[FenceItem]] = []
        self.barriers: list[Site[BarrierItem]] = []
        self.loops: list[Site[Loop]] = []
        self._by_index: dict[int, Site[Access]] = {}
        for position, (item, around) in enumerate(walk(summary.body)):
            match item:
                case Access():
                    site = Site(item, around, position)
                    self.accesses.append(site)
                    self._by_index[item.index] = site
                case FenceItem():
                    self.fences.append(Site(item, around, position))
                case BarrierItem():
                    self.barriers.append(Site(item, around, position))
                case Loop():
                    self.loops.append(Site(item, around, position))
                case _:
                    pass

    def site(self, access: Access) -> Site[Access]:
        return self._by_index[access.index]

    def on(self, name: str) -> list[Site[Access]]:
        """The accesses of an object, in program order."""
        return [site for site in self.accesses if site.item.obj.name == name]


def before(first: Site[Item], one: Instance, second: Site[Item], two: Instance) -> Cond:
    """When `first` in one instance comes before `second` in the other, both of the same thread."""
    ways: list[Cond] = []
    same: list[Cond] = []
    for loop in common(first, second):
        i, j = one.poly(lift(loop.iteration)), two.poly(lift(loop.iteration))
        ways.append(all_of(*same, less(i, j)))
        same.append(eq(i - j))
    if first.position < second.position:
        ways.append(all_of(*same))
    return any_of(*ways)


def common(a: Site[Item], b: Site[Item]) -> tuple[Loop, ...]:
    """The loops that are around both."""
    return tuple(loop for loop, other in zip(a.around, b.around, strict=False) if loop.id == other.id)


def leaving(site: Site[Access], target: Site[Item]) -> Exit:
    """An access that stands before `target`, as `target` finds it."""
    access = site.item
    executed, offset = access.guard, access.offset
    result = None if access.result is None else lift(access.result)
    for loop in reversed(site.around[len(common(site, target)) :]):
        left = Substitution({inside: lift(after) for inside, after in loop.left})
        executed, offset = all_of(loop.guard, left.cond(executed)), left.poly(offset)
        result = None if result is None else left.poly(result)
    return Exit(executed, offset, result)


def acquires(program: Program, read: Site[Access], target: Site[Item]) -> Iterator[tuple[Cond, Scope]]:
    """The acquire patterns of a strong read that end before `target`: when they are executed, and their scope."""
    access = read.item
    assert access.sem.scope is not None
    if access.sem.order in ACQUIRING:
        yield all_of(), access.sem.scope
    for fence in program.fences:
        if (
            fence.item.order in ACQUIRING
            and read.position < fence.position < target.position
            and fence.around == common(fence, target)
        ):
            yield fence.item.guard, fence.item.scope


def releases(program: Program, write: Site[Access]) -> Iterator[tuple[Site[Item], Cond, Scope]]:
    """The release patterns of a strong write: where they begin, when they are executed, and their scope."""
    access = write.item
    assert access.sem.scope is not None
    if access.sem.order in RELEASING:
        yield write, all_of(), access.sem.scope
    for fence in program.fences:
        if (
            fence.item.order in RELEASING
            and fence.position < write.position
            and fence.around == common(fence, write)
        ):
            yield fence, fence.item.guard, fence.item.scope

"""What the rules of ordering share: the question of one pair, other threads, and how a thread hands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from math import prod
from typing import TypeVar, cast

from cuq.analysis.expr import (
    AXES,
    FALSE,
    TID,
    TRUE,
    Cond,
    Level,
    Poly,
    Sym,
    all_of,
    any_of,
    eq,
    less,
    lift,
    negate,
)
from cuq.analysis.summary import Access, BarrierItem, Item, Kind, Loop
from cuq.analysis.terms import wrap
from cuq.base.records import dataclass
from cuq.checks.ordering.program import WIDE, Exit, Program, Site, acquires, before, leaving, releases
from cuq.checks.session import Session
from cuq.ir.ops import RmwOp
from cuq.ir.types import Space
from cuq.smt.expand import Expansion
from cuq.smt.instance import Instance, Thread
from cuq.smt.launch import FIRST_BLOCK, SECOND_BLOCK
from cuq.smt.pairs import Pair
from cuq.smt.problem import Alternative, Answer, Problem

T = TypeVar("T")

THIRD = Thread("3", Level.LAUNCH)
"""Any thread of the launch."""
BYTE = 8
_INDICES = frozenset(sym.name for sym in TID.values())


@dataclass(frozen=True, slots=True)
class Side:
    """One access of a pair, in the thread that executes it."""

    site: Site[Access]
    instance: Instance


@dataclass(frozen=True, slots=True)
class Arrival:
    """A read that precedes an access in happens-before: in the same thread, or in one that it met at a barrier.

    `executed`: what has to hold for that, where `known` does: a thread that passed a barrier, so did the others.
    """

    read: Site[Access]
    executed: Cond
    offset: Poly
    value: Poly
    known: Cond = TRUE


@dataclass(frozen=True, slots=True)
class Flag:
    """An object that threads may synchronize over: elements of `width` bytes that first hold `initial`."""

    name: str
    initial: int
    width: int
    sites: tuple[Site[Access], ...]

    @property
    def writes(self) -> tuple[Site[Access], ...]:
        return tuple(site for site in self.sites if site.item.kind.writes)

    @property
    def is_scalar(self) -> bool:
        """All accesses are of one element, whoever makes them."""
        offset = self.sites[0].item.offset
        return offset.constant is not None and all(site.item.offset == offset for site in self.sites)

    @property
    def assumption(self) -> str:
        return f"initial.{self.name}={self.initial}"


class First(Instance):
    """The thread with index 0 in the block of another one: it stands for its block."""

    def __init__(self, expansion: Expansion, of: Instance) -> None:
        super().__init__(expansion, Thread(f"{of.thread.tag}.0", Level.LAUNCH))
        self._of = of

    def symbol(self, sym: Sym) -> Poly:
        if sym.name in _INDICES:
            return lift(0)
        if sym.level <= Level.BLOCK and sym.loop is None:
            return self._of.symbol(sym)
        return super().symbol(sym)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A cell of shared memory that the first thread of a block writes, once, before a barrier, and nobody else."""

    write: Site[Access]
    value: Poly
    barrier: Site[BarrierItem]
    read: Site[Access]


class Orderings:
    """What the rules know of a kernel, whatever the pair. `aligned`: barriers are known not to diverge."""

    def __init__(self, session: Session, aligned: bool) -> None:
        self.session, self.aligned = session, aligned
        self.program = Program(session.summary)
        self.flags: tuple[Flag, ...] = tuple(self._flags())
        self._memo: dict[tuple[str, str], object] = {}
        self.broadcasts: tuple[Broadcast, ...] = tuple(self._broadcasts()) if self.flags else ()

    def reads(self, flag: Flag) -> tuple[Site[Access], ...]:
        """The reads of a flag; also variables that hold what was read last, as reads where their loop stands."""

        def found() -> tuple[Site[Access], ...]:
            own = [site for site in flag.sites if site.item.kind is not Kind.WRITE]
            return (*own, *(held for loop in self.program.loops for held in self._held(loop, own)))

        return self.once("reads", flag.name, found)

    def once(self, what: str, of: str, make: Callable[[], T]) -> T:
        """What `make` gives, which is the same for all pairs; it is called for the first one."""
        key = (what, of)
        if key not in self._memo:
            self._memo[key] = make()
        return cast("T", self._memo[key])

    def _held(self, loop: Site[Loop], reads: list[Site[Access]]) -> Iterator[Site[Access]]:
        """Variables of a loop that are read before it, and again in each iteration that another one follows."""
        for variable, start, again in product(loop.item.carried, reads, reads):
            first, last = start.item, again.item
            if (
                variable.init == lift(first.result or 0)
                and variable.next == lift(last.result or 0)
                and (first.offset, first.sem) == (last.offset, last.sem)
                and again.around == (*loop.around, loop.item)
                and start.position < loop.position
                and start.around == loop.around
            ):
                third = Instance(self.session.expansion, THIRD)
                went_on = third.conditions_of(again.around, loop.item.again)
                if self.always(third.cond(last.guard), *went_on):
                    yield Site(replace(first, result=variable.sym), again.around, loop.position)

    @property
    def possible(self) -> bool:
        """Whether anything in the kernel could order accesses, beside barriers."""
        return any(site.item.kind is not Kind.WRITE for flag in self.flags for site in flag.sites)

    def _flags(self) -> Iterator[Flag]:
        for item in self.session.contract.initial:
            sites = self.program.on(item.name)
            shared = any(item.name in group for group in self.session.aliased)
            if not sites or shared or not any(s.item.kind.writes for s in sites):
                continue
            if sites[0].item.obj.space is not Space.GLOBAL:
                continue  # every block has its own
            width = sites[0].item.obj.element
            if all(s.item.width.constant == width for s in sites):
                yield Flag(item.name, item.value & ((1 << BYTE * width) - 1), width, tuple(sites))

    def _broadcasts(self) -> Iterator[Broadcast]:
        names = {s.item.obj.name for s in self.program.accesses if s.item.obj.space is Space.SHARED}
        for name in sorted(names - {n for group in self.session.aliased for n in group}):
            sites = self.program.on(name)
            writes = [site for site in sites if site.item.kind.writes]
            cell = {(site.item.offset, site.item.width) for site in sites}
            if len(writes) != 1 or len(cell) != 1 or sites[0].item.offset.constant is None:
                continue
            (write,) = writes
            value = write.item.value
            _, executed = self.third(write)
            is_first = all_of(*(eq(self.session.facts.tid(axis, THIRD)) for axis in AXES))
            if value is None or write.around or not self.always(is_first, *executed):
                continue
            for barrier, read in product(self.program.barriers, sites):
                if not barrier.around and write.position < barrier.position < read.position:
                    yield Broadcast(write, value, barrier, read)

    def third(self, *sites: Site[Access]) -> tuple[Instance, tuple[Cond, ...]]:
        """Any thread of the launch that executes some accesses, in the same iteration of the loops around them."""
        instance = Instance(self.session.expansion, THIRD)
        return instance, tuple(c for s in sites for c in instance.conditions_of(s.around, s.item.guard))

    def always(self, goal: Cond, *more: Cond, threads: tuple[Thread, ...] = (THIRD,)) -> bool:
        """Whether `goal` holds in every launch in which `more` holds of some threads."""
        facts = self.session.thread_facts(threads)
        problem = Problem(facts, (Alternative((*more, negate(goal))),))
        return self.session.ask(problem).answer is Answer.UNSAT

    def executions(self, site: Site[Access], *, in_block: bool = False) -> Poly | None:
        """A bound on how often an access is executed in a launch (in a block): once by a thread of each block, or by
        all."""
        if site.around:
            return None
        geometry = self.session.geometry
        blocks = lift(1) if in_block else prod((geometry.nctaid(axis) for axis in AXES), start=lift(1))
        return blocks if self.once_in_block(site) else blocks * self._threads()

    def _threads(self) -> Poly:
        return prod((self.session.geometry.ntid(axis) for axis in AXES), start=lift(1))

    def once_in_block(self, site: Site[Access]) -> bool:
        """No two threads of a block execute an access that is outside of loops."""
        threads = (FIRST_BLOCK, SECOND_BLOCK)
        conds = [
            c
            for thread in threads
            for c in Instance(self.session.expansion, thread).conditions_of((), site.item.guard)
        ]
        conds += self.session.facts.different(*threads)
        return not site.around and self.always(FALSE, *conds, threads=threads)


class Context:
    """One pair of accesses that may conflict."""

    def __init__(self, orderings: Orderings, pair: Pair, same_block: bool) -> None:
        self.all = orderings
        self.session, self.program, self.aligned = orderings.session, orderings.program, orderings.aligned
        self.pair, self.same_block = pair, same_block
        one, two = pair.instances
        first, second = self.program.site(pair.first), self.program.site(pair.second)
        self.sides = Side(first, one), Side(second, two)
        self._told = tuple(fact for side in self.sides for fact in self._broadcasts(side))

    def entails(self, goal: Cond, *more: Cond) -> bool:
        """Whether `goal` holds whenever the pair conflicts and `more` holds, of the third thread as well."""
        pair = self.pair
        threads = (self.sides[0].instance.thread, self.sides[1].instance.thread)
        facts = [*self.session.thread_facts((*threads, THIRD)), *self.session.facts.different(*threads)]
        for thread in threads:
            facts += self.session.facts.comparable(thread, THIRD)
        conds = (*pair.conds, *self._told, *more, negate(goal))
        problem = Problem(tuple(facts), (Alternative(conds, pair.difference, pair.low, pair.high),))
        return self.session.ask(problem).answer is Answer.UNSAT

    def _broadcasts(self, side: Side) -> Iterator[Cond]:
        """What the first thread of a block has told the others through shared memory before the side's access."""
        if not self.aligned:
            return
        first = First(self.session.expansion, side.instance)
        for told in self.all.broadcasts:
            if told.read.position < side.site.position:
                found = leaving(told.read, side.site)
                if found.result is not None:
                    happened = all_of(
                        side.instance.cond(all_of(found.executed, told.barrier.item.guard)),
                        first.cond(told.barrier.item.guard),
                        first.cond(told.write.item.guard),
                    )
                    equal = eq(side.instance.poly(found.result) - first.poly(told.value))
                    yield any_of(negate(happened), equal)

    # --- threads -------------------------------------------------------------------------------------

    def is_third(self, side: Side) -> Cond:
        """The thread is the third one."""
        facts, thread = self.session.facts, side.instance.thread
        return all_of(
            self.shares_block(side), *(eq(facts.tid(a, thread) - facts.tid(a, THIRD)) for a in AXES)
        )

    def shares_block(self, side: Side) -> Cond:
        """The thread is in the block of the third one."""
        facts, thread = self.session.facts, side.instance.thread
        return all_of(*(eq(facts.ctaid(a, thread) - facts.ctaid(a, THIRD)) for a in AXES))

    # --- happens-before within a thread or a block -----------------------------------------------------

    def precedes(self, side: Side, site: Site[Item], third: Instance) -> Cond:
        """The side's access happens before `site` of the third thread: in program order, or over a barrier."""
        ways = [all_of(self.is_third(side), before(side.site, side.instance, site, third))]
        if self.aligned:
            ways += [
                all_of(self.shares_block(side), third.cond(barrier.item.guard))
                for barrier in self.program.barriers
                if not barrier.around and side.site.position < barrier.position < site.position
            ]
        return any_of(*ways)

    def arrivals(self, side: Side, flag: Flag) -> Iterator[Arrival]:
        """The reads of a flag that acquire and precede the side's access."""
        for read in self.all.reads(flag):
            if not self.is_strong(read):
                continue
            if read.position < side.site.position:
                yield from self._arrivals(read, side.site, side.instance)
            if self.aligned:
                for barrier in self.program.barriers:
                    if not barrier.around and read.position < barrier.position < side.site.position:
                        # If this thread passed the barrier, so did the first one of its block.
                        first = First(self.session.expansion, side.instance)
                        passed = side.instance.cond(barrier.item.guard)
                        for found in self._arrivals(read, barrier, first):
                            known = first.cond(barrier.item.guard)
                            yield replace(found, executed=all_of(passed, found.executed), known=known)

    def _arrivals(self, read: Site[Access], target: Site[Item], instance: Instance) -> Iterator[Arrival]:
        found: Exit = leaving(read, target)
        if found.result is None:
            return
        for executed, scope in acquires(self.program, read, target):
            if self.same_block or scope in WIDE:
                yield Arrival(
                    read,
                    instance.cond(all_of(found.executed, executed)),
                    instance.poly(found.offset),
                    instance.poly(found.result),
                )

    def departures(self, write: Site[Access]) -> Iterator[tuple[Site[Item], Cond]]:
        """Where release patterns of a write begin, and when they are executed."""
        if self.is_strong(write):
            for site, executed, scope in releases(self.program, write):
                if self.same_block or scope in WIDE:
                    yield site, executed

    def is_strong(self, site: Site[Access]) -> bool:
        """Atomic, with a scope that includes both threads."""
        sem = site.item.sem
        return sem.order.atomic and (self.same_block or sem.scope in WIDE)


def written(access: Access, instance: Instance) -> Poly | None:
    """The value that an access writes, if it is known; of a compare-and-swap that may fail it is not."""
    update = access.update
    if update is None:
        return None if access.value is None else instance.poly(access.value)
    bits = access.width.constant
    if update.operand is None or access.result is None or bits is None:
        return None
    old, operand = instance.poly(lift(access.result)), instance.poly(update.operand)
    match update.op:
        case RmwOp.EXCH:
            return operand
        case RmwOp.ADD:
            return wrap(old + operand, BYTE * bits)
        case _:
            return None


def overlap(a: Poly, b: Poly, width: int) -> Cond:
    """Two accesses of `width` bytes at these offsets share a byte."""
    return all_of(less(a - b, lift(width)), less(b - a, lift(width)))

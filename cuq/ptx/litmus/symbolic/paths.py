"""The paths of a thread: what it does, under which conditions on the values it reads, and how it ends.

A loop iteration that has no effect on memory and leaves all live registers as they were is *spinning*: taking it
again changes nothing, so a path that spins is not followed further. It matters only for termination. Where it
depends on values that are read, there is a path for each case. Other loops are followed for a bounded number of
iterations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from cuq.base.records import dataclass
from cuq.ptx.litmus.result import End, Kind
from cuq.ptx.litmus.symbolic.terms import RELATIONS, Constant, Loaded, Term, computed, loads_of
from cuq.ptx.litmus.syntax import (
    Barrier,
    Branch,
    Compute,
    Fence,
    Goto,
    Label,
    Load,
    Number,
    Operand,
    Order,
    Proxy,
    ProxyFence,
    Register,
    Rmw,
    Scope,
    Store,
    Thread,
)

ZERO = Constant(0)
"""What registers hold at the start, if nothing is said."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a path. `value`: what a write stores, or the id of a barrier.

    `data`, `control`: the reads that it depends on. `rmw`: it is the write of the read just before it.
    """

    kind: Kind
    location: str | None = None
    proxy: Proxy | None = None
    order: Order | None = None
    scope: Scope | None = None
    value: Term | None = None
    data: frozenset[Loaded] = frozenset()
    control: frozenset[Loaded] = frozenset()
    rmw: bool = False
    barrier: Barrier | None = None
    quorum: Term | None = None


@dataclass(frozen=True, slots=True)
class Constraint:
    relation: str
    a: Term
    b: Term
    holds: bool


@dataclass(frozen=True, slots=True)
class Path:
    """`spinning`: positions of the reads of the last iteration.

    `ahead`: barriers that may come, as instance and id; no id where the program does not say it.
    """

    events: tuple[Event, ...]
    constraints: tuple[Constraint, ...]
    registers: tuple[tuple[str, Term], ...]
    end: End
    spinning: tuple[int, ...] = ()
    ahead: frozenset[tuple[str, int | None]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Visit:
    """How a label was met last: after how many events, with which registers, for the how-many-th time."""

    events: int
    registers: dict[str, Term]
    count: int


@dataclass(frozen=True, slots=True)
class _State:
    at: int
    registers: dict[str, Term]
    events: tuple[Event, ...]
    constraints: tuple[Constraint, ...]
    control: frozenset[Loaded]
    visits: dict[int, _Visit]


def paths(thread: Thread, index: int, bound: int, observed: frozenset[str]) -> tuple[Path, ...]:
    """All paths of the thread with number `index`, with at most `bound` times the same loop body.

    `observed`: the registers that matter at the end.
    """
    return tuple(_Unfolding(thread, index, bound, observed).run())


class _Unfolding:
    def __init__(self, thread: Thread, index: int, bound: int, observed: frozenset[str]) -> None:
        self._code, self._index, self._bound = thread.instructions, index, bound
        self._labels = {i.name: at for at, i in enumerate(self._code) if isinstance(i, Label)}
        self._registers: dict[str, Term] = {name: Constant(v) for name, v in thread.registers}
        self._live = self._liveness(observed)

    def run(self) -> Iterator[Path]:
        pending = [_State(0, self._registers, (), (), frozenset(), {})]
        while pending:
            step = self._advance(pending.pop())
            for made in step:
                if isinstance(made, Path):
                    yield made
                else:
                    pending.append(made)

    def _advance(self, state: _State) -> Iterator[Path | _State]:
        while state.at < len(self._code):
            instruction = self._code[state.at]
            following = replace(state, at=state.at + 1)
            match instruction:
                case Label():
                    yield from self._enter(state)
                    return
                case Goto(label=label):
                    state = replace(state, at=self._labels[label])
                case Branch(relation=relation, a=left, b=right, label=label):
                    a, b = self._term(state, left), self._term(state, right)
                    taken = replace(state, at=self._labels[label])
                    if isinstance(a, Constant) and isinstance(b, Constant):
                        state = taken if RELATIONS[relation](a.value, b.value) else following
                        continue
                    control = state.control | loads_of(a) | loads_of(b)
                    for target, holds in ((following, False), (taken, True)):
                        constraint = Constraint(relation, a, b, holds)
                        constraints = (*state.constraints, constraint)
                        yield replace(target, constraints=constraints, control=control)
                    return
                case Barrier(waits=True):
                    event = self._barrier(state, instruction)
                    with_it = replace(state, events=(*state.events, event))
                    yield self._path(with_it, End.BLOCKED)
                    state = replace(with_it, at=state.at + 1)
                case _:
                    state = self._execute(following, instruction)
        yield self._path(state, End.DONE)

    def _enter(self, state: _State) -> Iterator[Path | _State]:
        """At a label: is this another iteration, does it spin, and may it be taken?"""
        before = state.visits.get(state.at)
        if before is None:
            yield self._further(state, 0)
            return
        made = state.events[before.events :]
        changed = [
            (old, new)
            for name in sorted(self._live[state.at])
            if (old := before.registers.get(name, ZERO)) != (new := state.registers.get(name, ZERO))
        ]
        effects = any(e.kind in (Kind.WRITE, Kind.BARRIER) for e in made)
        if effects or any(isinstance(a, Constant) and isinstance(b, Constant) for a, b in changed):
            yield self._further(state, before.count + 1)
            return
        same = tuple(Constraint("eq", a, b, True) for a, b in changed)
        spins = replace(state, constraints=(*state.constraints, *same))
        reads = tuple(p for p, e in enumerate(made, before.events) if e.kind is Kind.READ)
        yield self._path(spins, End.SPINS, reads)
        for index, one in enumerate(same):
            differs = (*state.constraints, *same[:index], replace(one, holds=False))
            yield self._further(replace(state, constraints=differs), before.count + 1)

    def _further(self, state: _State, count: int) -> _State | Path:
        if count >= self._bound:
            return self._path(state, End.CUT)
        visit = _Visit(len(state.events), state.registers, count)
        return replace(state, at=state.at + 1, visits={**state.visits, state.at: visit})

    def _execute(
        self, state: _State, i: Load | Store | Rmw | Compute | Fence | ProxyFence | Barrier
    ) -> _State:
        control = state.control
        events = list(state.events)
        registers = dict(state.registers)
        match i:
            case Load(dest=dest, location=location, order=order, scope=scope, proxy=proxy):
                registers[dest] = Loaded(self._index, len(events))
                events.append(Event(Kind.READ, location, proxy, order, scope, control=control))
            case Store(location=location, value=operand, order=order, scope=scope, proxy=proxy):
                stored = self._term(state, operand)
                data = loads_of(stored)
                events.append(Event(Kind.WRITE, location, proxy, order, scope, stored, data, control))
            case Rmw():
                events += self._rmw(state, i)
                if i.dest is not None:
                    registers[i.dest] = Loaded(self._index, len(state.events))
            case Compute(dest=dest, op=op, args=args):
                terms = [self._term(state, a) for a in args]
                registers[dest] = terms[0] if op is None else computed(op, *terms)
            case Fence(order=order, scope=scope):
                events.append(Event(Kind.FENCE, order=order, scope=scope, control=control))
            case ProxyFence(proxy=proxy):
                events.append(Event(Kind.PROXY_FENCE, proxy=proxy, control=control))
            case Barrier():
                events.append(self._barrier(state, i))
            case _:
                assert_never(i)
        return replace(state, registers=registers, events=tuple(events))

    def _rmw(self, state: _State, i: Rmw) -> tuple[Event, Event]:
        """A read and a write: acquire is of the one, release of the other."""
        old = Loaded(self._index, len(state.events))
        args = [self._term(state, a) for a in i.args]
        stored = args[0] if i.op == "exch" else computed(i.op, old, *args)
        reads = Order.ACQUIRE if i.order in (Order.ACQUIRE, Order.ACQ_REL) else Order.RELAXED
        writes = Order.RELEASE if i.order in (Order.RELEASE, Order.ACQ_REL) else Order.RELAXED
        common = (i.location, i.proxy)
        return (
            Event(Kind.READ, *common, reads, i.scope, control=state.control),
            Event(
                Kind.WRITE,
                *common,
                writes,
                i.scope,
                stored,
                loads_of(stored),
                state.control,
                rmw=True,
            ),
        )

    def _barrier(self, state: _State, i: Barrier) -> Event:
        quorum = self._term(state, i.quorum) if i.quorum is not None else None
        id = self._term(state, i.id)
        return Event(
            Kind.BARRIER,
            value=id,
            data=loads_of(id) | (loads_of(quorum) if quorum else frozenset()),
            control=state.control,
            barrier=i,
            quorum=quorum,
        )

    def _term(self, state: _State, operand: Operand) -> Term:
        match operand:
            case Number(value=number):
                return Constant(number)
            case Register(name=name):
                return state.registers.get(name, ZERO)
            case _:
                assert_never(operand)

    def _path(self, state: _State, end: End, spinning: tuple[int, ...] = ()) -> Path:
        ahead = frozenset[tuple[str, int | None]]()
        if end is not End.DONE:
            after = self._reachable(state.at + (end is End.BLOCKED))
            barriers = [i for at in after if isinstance(i := self._code[at], Barrier)]
            ahead = frozenset(
                (i.instance, i.id.value if isinstance(i.id, Number) else None) for i in barriers
            )
        registers = tuple(sorted(state.registers.items(), key=lambda item: item[0]))
        return Path(state.events, state.constraints, registers, end, spinning, ahead)

    # --- what the code says --------------------------------------------------------------------------

    def _successors(self, at: int) -> tuple[int, ...]:
        match self._code[at]:
            case Goto(label=label):
                return (self._labels[label],)
            case Branch(label=label):
                return (at + 1, self._labels[label])
            case _:
                return (at + 1,)

    def _reachable(self, start: int) -> set[int]:
        seen: set[int] = set()
        pending = [start]
        while pending:
            at = pending.pop()
            if at < len(self._code) and at not in seen:
                seen.add(at)
                pending += self._successors(at)
        return seen

    def _liveness(self, observed: frozenset[str]) -> list[frozenset[str]]:
        """For each instruction, the registers that may be read from there on before they are written."""
        live: list[frozenset[str]] = [*(frozenset[str]() for _ in self._code), observed]
        changed = True
        while changed:
            changed = False
            for at in reversed(range(len(self._code))):
                after = frozenset[str]().union(*(live[s] for s in self._successors(at)))
                reads, writes = _uses(self._code[at])
                new = (after - writes) | reads
                if new != live[at]:
                    live[at], changed = new, True
        return live


def _uses(i: object) -> tuple[frozenset[str], frozenset[str]]:
    """Registers that an instruction reads and writes."""
    operands: tuple[Operand | None, ...] = ()
    dest: str | None = None
    match i:
        case Load(dest=dest):
            pass
        case Store(value=stored):
            operands = (stored,)
        case Rmw(dest=dest, args=args) | Compute(dest=dest, args=args):
            operands = args
        case Barrier(id=id, quorum=quorum):
            operands = (id, quorum)
        case Branch(a=a, b=b):
            operands = (a, b)
        case _:
            pass
    reads = frozenset(o.name for o in operands if isinstance(o, Register))
    return reads, frozenset((dest,)) if dest is not None else frozenset()

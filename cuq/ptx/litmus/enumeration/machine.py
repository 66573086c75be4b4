"""A machine that runs one thread on given values: whatever it reads next is the next value.

Registers hold numbers. Beside each number is the set of reads that it was computed from, as bits by position: that
makes dependencies. At a label that the thread comes to again it *spins* if it neither wrote nor came to a barrier
since, and all registers that matter from there on have the values that they had; it is *cut* if it went that way
`bound` times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from cuq.base.records import dataclass
from cuq.ptx.litmus.enumeration.thread import Ahead, Code
from cuq.ptx.litmus.result import End, Kind
from cuq.ptx.litmus.syntax import (
    Barrier,
    Branch,
    Compute,
    Fence,
    Goto,
    Instruction,
    Label,
    Load,
    Number,
    Operand,
    Order,
    Proxy,
    ProxyFence,
    Rmw,
    Scope,
    Store,
)

BRANCHES = ""
"""Asked for instead of a location: whether a branch is taken."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a thread does, whatever the value. `location`, `physical`, `virtual`: None if it is no access.

    `data`, `control`: the reads that it depends on, as bits by position. `rmw`: it is the write of the read before.
    """

    kind: Kind
    location: str | None = None
    physical: str | None = None
    virtual: str | None = None
    proxy: Proxy | None = None
    order: Order | None = None
    scope: Scope | None = None
    data: int = 0
    control: int = 0
    rmw: bool = False
    barrier: Barrier | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """A run of a thread as far as it goes. `values`: what each action reads or writes, or the id of a barrier.

    `quorums`: of barriers, by position. `spinning`: positions of the reads of the last iteration, which would be
    done for ever. `ahead`: barriers that may come after a stop that is not the end of the program.
    """

    actions: tuple[Action, ...]
    values: tuple[int, ...]
    quorums: tuple[tuple[int, int], ...]
    registers: tuple[tuple[str, int], ...]
    end: End
    spinning: tuple[int, ...]
    ahead: Ahead


@dataclass(frozen=True, slots=True)
class Run:
    """What comes of some given values: the stops that they lead to, and the location that is read next, if any.

    A thread may stop at each barrier at which it waits.
    """

    stops: tuple[Trace, ...]
    asks: str | None


@dataclass(frozen=True, slots=True)
class _Visit:
    """The last time at a label. `length`: of the actions. `effects`: writes and barriers before."""

    length: int
    effects: int
    registers: tuple[int, ...]
    count: int


def run(code: Code, given: tuple[int, ...], bound: int, free: bool = False) -> Run:
    """`free`: branches that depend on what was read ask which way to go, instead of looking at the values."""
    return _Machine(code, given, bound, free).run()


class _Machine:
    def __init__(self, code: Code, given: tuple[int, ...], bound: int, free: bool) -> None:
        self._code, self._given, self._bound, self._free = code, given, bound, free
        self._at = 0
        self._used = 0
        self._registers = dict(code.thread.registers)
        self._sources: dict[str, int] = {}
        self._control = 0
        self._effects = 0
        self._actions: list[Action] = []
        self._values: list[int] = []
        self._quorums: list[tuple[int, int]] = []
        self._visits: dict[int, _Visit] = {}
        self._stops: list[Trace] = []

    def run(self) -> Run:
        instructions = self._code.instructions
        while self._at < len(instructions):
            instruction = instructions[self._at]
            if self._used == len(self._given):
                asks = self._asks(instruction)
                if asks is not None:
                    return Run(tuple(self._stops), asks)
            self._at += 1
            if not self._step(instruction):
                return Run(tuple(self._stops), None)
        self._stop(End.DONE)
        return Run(tuple(self._stops), None)

    def _asks(self, instruction: Instruction) -> str | None:
        match instruction:
            case Load(location=location) | Rmw(location=location):
                return self._code.locations[location].physical
            case Branch(a=a, b=b) if self._free and self._source(a) | self._source(b):
                return BRANCHES
            case _:
                return None

    def _step(self, i: Instruction) -> bool:
        """Whether the thread goes on."""
        match i:
            case Load(dest=dest):
                self._set(dest, *self._read(i, i.order))
            case Store(value=operand):
                self._write(i, i.order, self._value(operand), self._source(operand))
            case Rmw():
                self._rmw(i)
            case Compute(dest=dest, op=op, args=args):
                values = [self._value(a) for a in args]
                number = values[0] if op is None else ARITHMETIC[op](values[0], values[1])
                self._set(dest, number, self._sources_of(args))
            case Fence(order=order, scope=scope):
                self._do(Action(Kind.FENCE, order=order, scope=scope, control=self._control))
            case ProxyFence(proxy=proxy):
                self._do(Action(Kind.PROXY_FENCE, proxy=proxy, control=self._control))
            case Barrier():
                self._barrier(i)
            case Label():
                return self._label(self._at - 1)
            case Goto(label=label):
                self._at = self._code.labels[label]
            case Branch(label=label):
                if self._taken(i):
                    self._at = self._code.labels[label]
            case _:
                assert_never(i)
        return True

    # --- memory --------------------------------------------------------------------------------------

    def _read(self, i: Load | Rmw, order: Order) -> tuple[int, int]:
        """The value, and the read itself as a source."""
        number = self._next()
        self._do(self._access(Kind.READ, i, order, data=0), number)
        return number, 1 << (len(self._actions) - 1)

    def _write(self, i: Store | Rmw, order: Order, number: int, data: int) -> None:
        self._do(self._access(Kind.WRITE, i, order, data), number)
        self._effects += 1

    def _access(self, kind: Kind, i: Load | Store | Rmw, order: Order, data: int) -> Action:
        place = self._code.locations[i.location]
        return Action(
            kind=kind,
            location=place.name,
            physical=place.physical,
            virtual=place.virtual,
            proxy=i.proxy,
            order=order,
            scope=i.scope,
            data=data,
            control=self._control,
            rmw=kind is Kind.WRITE and isinstance(i, Rmw),
        )

    def _rmw(self, i: Rmw) -> None:
        """A read and a write: acquire is of the one, release of the other."""
        values = [self._value(a) for a in i.args]
        sources = self._sources_of(i.args)
        acquires = i.order in (Order.ACQUIRE, Order.ACQ_REL)
        releases = i.order in (Order.RELEASE, Order.ACQ_REL)
        old, itself = self._read(i, Order.ACQUIRE if acquires else Order.RELAXED)
        match i.op:
            case "exch":
                number, data = values[0], sources
            case "cas":
                number, data = values[1] if old == values[0] else old, sources | itself
            case _:
                number, data = ARITHMETIC[i.op](old, values[0]), sources | itself
        self._write(i, Order.RELEASE if releases else Order.RELAXED, number, data)
        if i.dest is not None:
            self._set(i.dest, old, itself)

    def _barrier(self, i: Barrier) -> None:
        operands = (i.id,) if i.quorum is None else (i.id, i.quorum)
        if i.quorum is not None:
            self._quorums.append((len(self._actions), self._value(i.quorum)))
        data = self._sources_of(operands)
        self._do(Action(Kind.BARRIER, data=data, control=self._control, barrier=i), self._value(i.id))
        self._effects += 1
        if i.waits and self._used == len(self._given):
            self._stop(End.BLOCKED)

    def _do(self, action: Action, number: int = 0) -> None:
        self._actions.append(action)
        self._values.append(number)

    # --- control -------------------------------------------------------------------------------------

    def _taken(self, i: Branch) -> bool:
        sources = self._source(i.a) | self._source(i.b)
        self._control |= sources
        if self._free and sources:
            return bool(self._next())
        return COMPARISONS[i.relation](self._value(i.a), self._value(i.b))

    def _label(self, at: int) -> bool:
        registers = tuple(self._registers.get(name, 0) for name in self._code.live(at))
        before = self._visits.get(at)
        count = 1
        if before is not None:
            if before.effects == self._effects and before.registers == registers:
                self._stop(End.SPINS, before.length)
                return False
            if before.count == self._bound:
                self._stop(End.CUT)
                return False
            count += before.count
        self._visits[at] = _Visit(len(self._actions), self._effects, registers, count)
        return True

    def _stop(self, end: End, spinning_from: int | None = None) -> None:
        spinning: tuple[int, ...] = ()
        if spinning_from is not None:
            positions = range(spinning_from, len(self._actions))
            spinning = tuple(p for p in positions if self._actions[p].kind is Kind.READ)
        registers = tuple((name, self._registers.get(name, 0)) for name in sorted(self._code.observed))
        ahead = frozenset[tuple[str, int | None]]() if end is End.DONE else self._code.ahead(self._at)
        self._stops.append(
            Trace(
                actions=tuple(self._actions),
                values=tuple(self._values),
                quorums=tuple(self._quorums),
                registers=registers,
                end=end,
                spinning=spinning,
                ahead=ahead,
            )
        )

    # --- registers -----------------------------------------------------------------------------------

    def _next(self) -> int:
        self._used += 1
        return self._given[self._used - 1]

    def _set(self, name: str, number: int, sources: int) -> None:
        self._registers[name] = number
        self._sources[name] = sources

    def _value(self, operand: Operand) -> int:
        return operand.value if isinstance(operand, Number) else self._registers.get(operand.name, 0)

    def _source(self, operand: Operand) -> int:
        return 0 if isinstance(operand, Number) else self._sources.get(operand.name, 0)

    def _sources_of(self, operands: tuple[Operand, ...]) -> int:
        found = 0
        for operand in operands:
            found |= self._source(operand)
        return found


def _divided(a: int, b: int) -> int:
    """Towards zero, as in PTX, which leaves division by zero open; a test that does it means nothing."""
    if b == 0:
        return 0
    return abs(a) // abs(b) * (1 if (a < 0) is (b < 0) else -1)


ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "add": int.__add__,
    "sub": int.__sub__,
    "mul": int.__mul__,
    "div": _divided,
    "and": int.__and__,
    "or": int.__or__,
    "xor": int.__xor__,
    "min": min,
    "max": max,
}
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "eq": int.__eq__,
    "ne": int.__ne__,
    "lt": int.__lt__,
    "le": int.__le__,
    "gt": int.__gt__,
    "ge": int.__ge__,
}

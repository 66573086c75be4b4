"""A thread's program, and what can be said of it without running it."""

from __future__ import annotations

from functools import cache
from typing import assert_never

from cuq.ptx.litmus.syntax import (
    Barrier,
    Branch,
    Compute,
    Fence,
    Goto,
    Instruction,
    Label,
    Load,
    Location,
    Number,
    Operand,
    ProxyFence,
    Register,
    Rmw,
    Store,
    Thread,
)

Ahead = frozenset[tuple[str, int | None]]
"""Barriers that may come: the instance, and the id if the program says it."""


class Code:
    """The program of one thread. `observed`: the registers that matter at the end."""

    def __init__(self, thread: Thread, locations: tuple[Location, ...], observed: frozenset[str]) -> None:
        self.thread = thread
        self.instructions = thread.instructions
        self.locations = {x.name: x for x in locations}
        self.labels = {i.name: at for at, i in enumerate(self.instructions) if isinstance(i, Label)}
        self.observed = observed
        names = {name for i in self.instructions for name in (*_reads(i), _written(i)) if name is not None}
        self._registers = sorted(names | observed)
        self.live = cache(self._live)
        self.ahead = cache(self._ahead)

    def _live(self, start: int) -> tuple[str, ...]:
        """The registers whose values the program may still read, or that matter at its end, from here on."""
        return tuple(name for name in self._registers if self._is_live(name, start))

    def _is_live(self, name: str, start: int) -> bool:
        seen: set[int] = set()
        pending = [start]
        while pending:
            at = pending.pop()
            if at in seen:
                continue
            seen.add(at)
            if at == len(self.instructions):
                if name in self.observed:
                    return True
                continue
            instruction = self.instructions[at]
            if name in _reads(instruction):
                return True
            if name != _written(instruction):
                pending += self._next(at)
        return False

    def _ahead(self, start: int) -> Ahead:
        seen: set[int] = set()
        pending = [start]
        found: set[tuple[str, int | None]] = set()
        while pending:
            at = pending.pop()
            if at in seen or at == len(self.instructions):
                continue
            seen.add(at)
            instruction = self.instructions[at]
            if isinstance(instruction, Barrier):
                id = instruction.id
                found.add((instruction.instance, id.value if isinstance(id, Number) else None))
            pending += self._next(at)
        return frozenset(found)

    def _next(self, at: int) -> tuple[int, ...]:
        match self.instructions[at]:
            case Goto(label=label):
                return (self.labels[label],)
            case Branch(label=label):
                return (self.labels[label], at + 1)
            case _:
                return (at + 1,)


def operands(instruction: Instruction) -> tuple[Operand, ...]:
    """The registers and numbers that it uses."""
    match instruction:
        case Store(value=value):
            return (value,)
        case Rmw(args=args) | Compute(args=args):
            return args
        case Barrier(id=id, quorum=quorum):
            return (id,) if quorum is None else (id, quorum)
        case Branch(a=a, b=b):
            return (a, b)
        case Load() | Fence() | ProxyFence() | Goto() | Label():
            return ()
        case _:
            assert_never(instruction)


def _reads(instruction: Instruction) -> tuple[str, ...]:
    return tuple(o.name for o in operands(instruction) if isinstance(o, Register))


def _written(instruction: Instruction) -> str | None:
    match instruction:
        case Load(dest=dest) | Rmw(dest=dest) | Compute(dest=dest):
            return dest
        case _:
            return None

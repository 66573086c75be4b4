"""A thread's way through a summary, item by item, for concrete values.

What the thread reads from memory that the kernel writes is taken from a trace of the interpreter; everything
else (where it goes, which bytes it touches, how variables develop) follows from the summary alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cuq.analysis.expr import AXES, Cond, Level
from cuq.analysis.summary import (
    Access,
    BarrierItem,
    FenceItem,
    Loop,
    Obligation,
    ObligationKind,
    Region,
    Summary,
    WarpItem,
)
from cuq.ir.interp import LaunchConfig, ThreadCoord, TraceEvent
from cuq.ir.ops import Pred
from tests.analysis.concrete import Table, Unset, holds, value
from tests.soundness import syntax as s
from tests.soundness.shrink import rebuilt

MOST_ITERATIONS = 60


@dataclass(frozen=True, slots=True)
class Touch:
    """One access as the summary has it. `barriers`: how many the thread had passed; `last`: which then."""

    obj: str
    offset: int
    width: int
    access: Access
    barriers: int
    last: int | None


@dataclass(slots=True)
class Walk:
    """`agreed` collects the values of symbols that the threads of a block share, by where they occur.

    `cut`: a loop ran longer than the walk follows it.
    """

    summary: Summary
    env: dict[str, int]
    events: list[TraceEvent]
    table: Table
    touches: list[Touch] = field(default_factory=list)
    owed: list[ObligationKind] = field(default_factory=list)
    barriers: list[int] = field(default_factory=list)
    agreed: dict[tuple[object, ...], int] = field(default_factory=dict)
    position: tuple[int, ...] = ()
    cut: bool = False

    def run(self) -> None:
        self._region(self.summary.body)

    def _holds(self, cond: Cond) -> bool:
        try:
            return holds(cond, self.env, self.table)
        except Unset:
            return False

    def _region(self, region: Region) -> None:
        for item in region.items:
            if self.cut:
                return
            match item:
                case Access():
                    if self._holds(item.guard):
                        self._access(item)
                case BarrierItem():
                    if self._holds(item.guard):
                        self.barriers.append(item.site)
                case WarpItem() | FenceItem():
                    pass
                case Obligation():
                    if self._holds(item.guard) and self._holds(item.violation):
                        self.owed.append(item.kind)
                case Loop():
                    if self._holds(item.guard):
                        self._loop(item)

    def _access(self, access: Access) -> None:
        offset, width = (value(p, self.env, self.table) for p in (access.offset, access.width))
        if not width:
            return
        position = len(self.touches)
        last = self.barriers[-1] if self.barriers else None
        self.touches.append(Touch(access.obj.name, offset, width, access, len(self.barriers), last))
        if access.result is not None and position < len(self.events):
            self.env[access.result.name] = self.events[position].value or 0

    def _loop(self, loop: Loop) -> None:
        carried = {c.sym.name: value(c.init, self.env, self.table) for c in loop.carried}
        outer = self.position
        for k in range(MOST_ITERATIONS):
            self.env[loop.iteration.name] = k
            self.env.update(carried)
            self.position = (*outer, loop.id, k)
            self._check_carried(loop, k)
            self._region(loop.body)
            if len(self.touches) > len(self.events) or not self._holds(loop.again):
                break
            carried = {c.sym.name: value(c.next, self.env, self.table) for c in loop.carried}
        else:
            self.cut = True
        self.position = outer
        for sym, left in loop.left:
            if sym.name in self.env:
                self.env[left.name] = self.env[sym.name]

    def _check_carried(self, loop: Loop, k: int) -> None:
        """Closed forms, proved facts and ranges are true in this iteration."""
        for variable in loop.carried:
            now = self.env[variable.sym.name]
            assert holds(variable.facts, self.env, self.table), f"{variable.facts} in iteration {k}"
            if variable.closed is not None:
                assert value(variable.closed, self.env, self.table) == now, f"{variable} in iteration {k}"
            assert variable.sym.low <= now <= variable.sym.high
            if variable.sym.level < Level.THREAD:
                self.agreed[variable.sym.name, self.position] = now


def launch_env(config: LaunchConfig, thread: ThreadCoord) -> dict[str, int]:
    """Values of the symbols of launch geometry and parameters."""
    env = {f"param.{name}": number for name, number in config.params.items()}
    for axis, t, b, size, count in zip(
        AXES, thread.thread, thread.block, config.block, config.grid, strict=True
    ):
        env |= {f"tid.{axis}": t, f"ntid.{axis}": size}
        env |= {f"base.{axis}": b * size, f"total.{axis}": count * size}
        for any_ in ("", "any."):
            env |= {f"{any_}ctaid.{axis}": b, f"{any_}nctaid.{axis}": count}
    return env


def without_atomics(program: s.Program) -> s.Program:
    """The program with plain writes for atomics: the values that these return are in no trace."""
    always = s.Test(Pred.EQ, s.Num(0), s.Num(0))

    def change(node: object) -> object:
        match node:
            case s.Update(name=name, cell=cell, value=word) | s.Swap(name=name, cell=cell, value=word):
                return s.If(always, (s.Write(cell, word), s.Set(name, s.Num(0))))
            case _:
                return node

    return replace(program, body=rebuilt(program.body, change), requires=(), lengths=(), aliases=())

"""What an execution showed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from cuq.base.records import dataclass
from cuq.ir.interp.launch import Coord, ThreadCoord
from cuq.ir.interp.memory import Memory
from cuq.ir.interp.sites import AccessClass, Site
from cuq.ir.interp.thread import TraceEvent
from cuq.ir.interp.values import FaultKind, Undefined
from cuq.ir.types import Order, Scope


@dataclass(frozen=True, slots=True)
class Access:
    """One thread's part in a race. `value`: the word last moved, None for copies and undefined values.

    `interval` counts the barriers that the thread's block had passed.
    """

    thread: ThreadCoord
    site: Site
    kind: AccessClass
    offset: int
    width: int
    value: int | None
    interval: int

    @property
    def writes(self) -> bool:
        return self.kind.writes

    @property
    def order(self) -> Order:
        return self.kind.order

    @property
    def scope(self) -> Scope | None:
        return self.kind.scope


@dataclass(frozen=True, slots=True)
class Race:
    """Two sites that raced on an object, with one example: `first` has the smaller (site, thread).

    `overlap` is the first byte that both touch. `same_value`: in every observed instance of this race both
    accesses wrote the same value.
    """

    obj: str
    first: Access
    second: Access
    overlap: int
    same_value: bool

    @property
    def crosses_blocks(self) -> bool:
        return self.first.thread.block != self.second.thread.block


@dataclass(frozen=True, slots=True)
class Fault:
    """A thread that panicked or whose behaviour became undefined, and stopped there.

    `obj`, `offset`, `width` describe the access, where one is to blame.
    """

    kind: FaultKind
    thread: ThreadCoord
    site: Site
    message: str
    obj: str | None = None
    offset: int | None = None
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a thread stands: waiting at a barrier, or ended at a return."""

    thread: ThreadCoord
    site: Site


@dataclass(frozen=True, slots=True)
class Divergence:
    """A barrier round that not all threads of a block reach: who waits where, and who is gone."""

    block: Coord
    interval: int
    waiting: tuple[Position, ...]
    exited: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Timeout:
    """A thread that was still running when a limit was reached."""

    thread: ThreadCoord
    site: Site | None
    reason: str


RaceQuery = Callable[[Site, ThreadCoord, Site, ThreadCoord], list[Race]]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one execution showed; all lists are in a fixed order.

    `races` has one entry for each pair of sites, object, and whether blocks differ. `finished` is False
    when a limit was reached, so that not everything ran. `trace` has the memory operations in the order
    of execution, if asked for.
    """

    races: tuple[Race, ...]
    divergences: tuple[Divergence, ...]
    faults: tuple[Fault, ...]
    timeouts: tuple[Timeout, ...]
    finished: bool
    trace: tuple[TraceEvent, ...]
    sites: tuple[Site, ...] = field(repr=False)
    memory: Memory = field(repr=False)
    races_between: RaceQuery = field(repr=False)
    """Races of one site and thread with another site and thread, one for each object."""

    @property
    def clean(self) -> bool:
        return not (self.races or self.divergences or self.faults or self.timeouts) and self.finished

    @property
    def bounds(self) -> tuple[Fault, ...]:
        return self._faults(FaultKind.BOUNDS)

    @property
    def panics(self) -> tuple[Fault, ...]:
        return self._faults(FaultKind.PANIC)

    @property
    def ubs(self) -> tuple[Fault, ...]:
        return self._faults(FaultKind.UB)

    def _faults(self, kind: FaultKind) -> tuple[Fault, ...]:
        return tuple(f for f in self.faults if f.kind is kind)

    def site(self, label: str, position: int) -> Site:
        """The site of the operation (or terminator) at a position of a block."""
        return next(s for s in self.sites if s.label == label and s.position == position)

    def word(self, obj: str, offset: int, width: int, owner: ThreadCoord | None = None) -> int | None:
        """Final contents of memory; None when undefined. Shared and local objects need an `owner`."""
        who = owner or ThreadCoord((0, 0, 0), (0, 0, 0))
        word = self.memory.instance(obj, who).read(offset, width)
        return None if isinstance(word, Undefined) else word

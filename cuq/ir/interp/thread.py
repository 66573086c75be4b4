"""The state of a thread while it runs, and of its block."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import field

from cuq.base.records import dataclass
from cuq.ir.interp.clocks import Clocks, ThreadClock
from cuq.ir.interp.launch import Coord, ThreadCoord
from cuq.ir.interp.log import Epoch
from cuq.ir.interp.memory import Memory, Pointer
from cuq.ir.interp.sites import Site
from cuq.ir.interp.values import Undefined

Value = int | Undefined | Pointer

Turn = Generator[Site | None, None, Site]
"""A running thread. It yields the site of a barrier at which it waits, or None where another thread may go
on; it returns the site where it ends."""


@dataclass(frozen=True, slots=True)
class TraceEvent:
    """One memory operation as it was executed. `action` is `read`, `write`, `update` or `copy`.

    `value`: the word that memory holds there afterwards; `returned`: what the thread got from it. None where that
    is undefined, or where there is none.
    """

    thread: ThreadCoord
    site: Site
    action: str
    obj: str
    offset: int
    width: int
    value: int | None
    returned: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a lane brings to a meeting of lanes."""

    mask: int
    args: tuple[Value, ...]


class References(dict[str, Pointer]):
    """The address of each object, as one thread sees it; looked up when first needed."""

    __slots__ = ("memory", "thread")

    def __init__(self, memory: Memory, thread: ThreadCoord) -> None:
        super().__init__()
        self.memory = memory
        self.thread = thread

    def __missing__(self, name: str) -> Pointer:
        pointer = self[name] = (self.memory.instance(name, self.thread), 0)
        return pointer


@dataclass(slots=True, eq=False)
class Thread:
    """What compiled code and the access functions see of the thread that executes them.

    `offer` and `received`: what it brings to a meeting of lanes, and gets from it.
    `special` holds the special registers in the order of `Special`. `clocks` is None in kernels that
    order nothing but by barriers. `left`: the steps that were left when the thread last gave up control, if
    it counted. `wrote` and `stalled` tell the scheduler that memory changed, and that
    the thread read the same value from the same place again.
    """

    coord: ThreadCoord
    args: tuple[Value, ...]
    special: tuple[int, ...]
    memory: Memory
    refs: References
    sync: ThreadClock
    clocks: Clocks | None
    trace: list[TraceEvent] | None
    turn: Turn | None = None
    steps: int = 0
    left: int | None = None
    wrote: bool = False
    stalled: bool = False
    offer: Offer | None = None
    received: Value | None = None
    last_read: dict[Site, tuple[Pointer, Value]] = field(default_factory=dict)

    @property
    def linear(self) -> int:
        """The place of the thread in its block."""
        x, y, z, nx, ny = self.special[:5]
        return x + nx * (y + ny * z)

    @property
    def warp(self) -> int:
        return self.linear // 32

    @property
    def lane(self) -> int:
        return self.linear % 32

    @property
    def warp_size(self) -> int:
        """How many lanes the thread's warp has: the last one of a block may be short."""
        nx, ny, nz = self.special[3:6]
        return min(32, nx * ny * nz - 32 * self.warp)

    @property
    def epoch(self) -> Epoch:
        return self.sync.epoch


@dataclass(slots=True, eq=False)
class BlockState:
    """Where the threads of a block are. `size` is how many of them run, `complete` whether that is all."""

    coord: Coord
    number: int
    size: int
    complete: bool
    waiting: list[tuple[Thread, Site]] = field(default_factory=list)
    exited: list[tuple[Thread, Site]] = field(default_factory=list)
    stopped: int = 0
    meeting: list[tuple[Thread, Site]] = field(default_factory=list)
    """Lanes that wait for others of their warp."""
    interval: int = 0

    @property
    def settled(self) -> bool:
        """No thread of the block can go on by itself."""
        return len(self.waiting) + len(self.meeting) + len(self.exited) + self.stopped == self.size

"""What the race detector remembers: every access to memory that threads can share."""

from __future__ import annotations

from dataclasses import field

from cuq.base.records import dataclass
from cuq.ir.interp.launch import ThreadCoord
from cuq.ir.interp.sites import AccessClass, Site
from cuq.ir.interp.values import Undefined

View = dict[int, int]
"""Vector clock: for each thread (by number) the clock of its last epoch that happened before."""


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """A stretch of one thread's execution without synchronisation; all its accesses order alike.

    `interval` counts the block's barriers before it. `clock` and `view` are used in kernels with
    release and acquire operations only.
    """

    thread: ThreadCoord
    number: int
    block: int
    interval: int = 0
    clock: int = 1
    view: View = field(default_factory=dict, repr=False)

    def before(self, other: Epoch) -> bool:
        """Whether this epoch happened before the other (of another thread), by vector clocks."""
        return other.view.get(self.number, 0) >= self.clock


Word = int | Undefined
Entry = tuple[Epoch, Site, AccessClass, Word | None]
"""Who, where, how, and (of a write) the value that was written."""

Cell = dict[Entry, Word | None]
"""The accesses to one range of bytes, with the word that each moved last."""

Range = tuple[int, int]
"""Byte offset and width of an access."""


class Log:
    """Accesses to one memory instance, by the bytes they touch; repetitions in an epoch count once."""

    __slots__ = ("cells",)

    def __init__(self) -> None:
        self.cells: dict[Range, Cell] = {}

    def record(self, where: Range, epoch: Epoch, site: Site, kind: AccessClass, word: Word | None) -> None:
        """Remember an access; `word` is None for the part of a copy."""
        cell = self.cells.get(where)
        if cell is None:
            cell = self.cells[where] = {}
        cell[epoch, site, kind, word if kind.writes else None] = word

"""The memory that the threads of a test touch, cell by cell, and how it is called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import field

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.base.span import Span


@dataclass(frozen=True, slots=True)
class Cell:
    """`owner`: the block, or the thread, whose own it is; empty for memory of all."""

    obj: str
    owner: str
    offset: int
    width: int


@dataclass(slots=True)
class Cells:
    """Cells, with what they hold at the start."""

    initial: dict[Cell, int] = field(default_factory=dict)

    def cell(self, cell: Cell, initial: int, span: Span) -> Cell:
        """Raises Unsupported for one that overlaps another one: tests have no bytes."""
        for other in self.initial:
            same = (other.obj, other.owner) == (cell.obj, cell.owner)
            apart = other.offset + other.width <= cell.offset or cell.offset + cell.width <= other.offset
            if same and other != cell and not apart:
                raise Unsupported(f"accesses of different sizes to one place of `{cell.obj}`", span=span)
        self.initial.setdefault(cell, initial)
        return cell

    def names(self) -> dict[Cell, str]:
        """`flag` for the only cell of an object, `y_3` for an element."""
        alone = Counter((cell.obj, cell.owner) for cell in self.initial)
        found: dict[Cell, str] = {}
        taken: set[str] = set()
        for cell in self.initial:
            name = "_".join(_parts(cell, alone[cell.obj, cell.owner] == 1))
            while name in taken:
                name += "_"
            taken.add(name)
            found[cell] = name
        return found


def _parts(cell: Cell, alone: bool) -> Iterator[str]:
    name = re.sub(r"\W+", "_", cell.obj.rpartition("::")[2]).strip("_")
    # `P0` and numbers are words of the format.
    yield f"m_{name}" if re.fullmatch(r"P\d+|\d.*|", name) else name
    if cell.owner:
        yield cell.owner
    if not (alone and cell.offset == 0):
        index, rest = divmod(cell.offset, cell.width)
        yield str(index).replace("-", "m") if not rest else f"byte{cell.offset}".replace("-", "m")

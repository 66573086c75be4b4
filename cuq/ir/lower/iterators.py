"""Iterator adapters over slices, for the calls of `next` and `nth` that rustc leaves.

Zips of slice iterators are accessed by index (`TrustedRandomAccess`): `nth(n)` gives the items at
`index + n` if that is below `len`, and moves behind it; otherwise the zip is at its end. The states are
those of library/core/src/{slice/iter.rs, iter/adapters/{zip,enumerate}.rs}, the loops in there have no effect
but on the index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.ir.lower.cursor import Cursor, i64
from cuq.ir.lower.library import slice_iter_len
from cuq.ir.lower.types import core_path, type_args
from cuq.ir.lower.values import LocalRef, Record, Tree, project
from cuq.ir.ops import BinOp, Pred, Value
from cuq.ir.types import I64, PTR
from cuq.mir.types import PathTy

if TYPE_CHECKING:
    pass

_ITER, _COUNT = 0, 1
"""Fields of `Enumerate`."""
_A, _B, _INDEX, _LEN = 0, 1, 2, 3
"""Fields of `Zip`."""
_PTR, _END = 0, 1
"""Fields of slice iterators."""


@dataclass(frozen=True, slots=True)
class SliceIterator:
    """An iterator in a local, and its type. Raises `Unsupported` for adapters that are not known."""

    place: LocalRef
    ty: PathTy

    @property
    def name(self) -> str:
        return core_path(self.ty.path.plain)

    def field(self, at: Cursor, key: int) -> Tree:
        return project(at.ssa.read(at.block, self.place.slot, self.place.keys), key)

    def word(self, at: Cursor, key: int) -> Value:
        """A field of type `usize`."""
        return at.value(self.field(at, key), I64)

    def write(self, at: Cursor, key: int, value: Value) -> None:
        at.ssa.write(at.block, self.place.slot, (*self.place.keys, key), value)

    def inner(self, at: Cursor, key: int, argument: int) -> SliceIterator:
        """The iterator in a field, whose type is a generic argument of this one's."""
        ty = type_args(self.ty)[argument]
        if not isinstance(ty, PathTy):
            raise self.unknown(at)
        return SliceIterator(LocalRef(self.place.slot, (*self.place.keys, key)), ty)

    def unknown(self, at: Cursor) -> Unsupported:
        return Unsupported(f"nth of {self.ty}", span=at.span)

    def has(self, at: Cursor, n: Value) -> Value:
        """Whether there is an item `n` steps on."""
        match self.name:
            case "core::iter::Enumerate":
                return self.inner(at, _ITER, 0).has(at, n)
            case "core::iter::Zip":
                # n < len - index, without the difference, which takes index <= len to be known.
                index = self.word(at, _INDEX)
                within = at.compare(Pred.ULT, at.binary(BinOp.ADD, index, n), self.word(at, _LEN))
                return at.binary(BinOp.AND, at.invert(at.overflow(BinOp.ADD, False, index, n)), within)
            case "core::slice::Iter" | "core::slice::IterMut":
                count = slice_iter_len(at, at.ssa.read(at.block, self.place.slot, self.place.keys), self.ty)
                return at.compare(Pred.ULT, n, count)
            case _:
                raise self.unknown(at)

    def item(self, at: Cursor, n: Value) -> Tree:
        """The item `n` steps on, where there is one."""
        match self.name:
            case "core::iter::Enumerate":
                number = at.binary(BinOp.ADD, self.word(at, _COUNT), n)
                return Record({0: number, 1: self.inner(at, _ITER, 0).item(at, n)})
            case _:
                return self.get(at, n)

    def get(self, at: Cursor, n: Value) -> Tree:
        """`__iterator_get_unchecked(n)`."""
        match self.name:
            case "core::iter::Zip":
                index = at.binary(BinOp.ADD, self.word(at, _INDEX), n)
                return Record(
                    {0: self.inner(at, _A, 0).get(at, index), 1: self.inner(at, _B, 1).get(at, index)}
                )
            case "core::slice::Iter" | "core::slice::IterMut":
                return at.element(at.value(self.field(at, _PTR), PTR), n, self.size(at))
            case _:
                raise self.unknown(at)

    def size(self, at: Cursor) -> int:
        """Bytes of an element of a slice iterator."""
        return at.size(type_args(self.ty)[0])

    def advance(self, at: Cursor, n: Value) -> None:
        """Move behind the item `n` steps on."""
        match self.name:
            case "core::iter::Enumerate":
                self.inner(at, _ITER, 0).advance(at, n)
                self._step(at, _COUNT, n)
            case "core::iter::Zip":
                self._step(at, _INDEX, n)
            case _:
                pointer = at.element(at.value(self.field(at, _PTR), PTR), n, self.size(at))
                self.write(at, _PTR, at.element(pointer, i64(1), self.size(at)))

    def _step(self, at: Cursor, key: int, n: Value) -> None:
        """Add `n + 1` to a counter."""
        here = at.binary(BinOp.ADD, self.word(at, key), n)
        self.write(at, key, at.binary(BinOp.ADD, here, i64(1)))

    def exhaust(self, at: Cursor) -> None:
        """Move to the end."""
        match self.name:
            case "core::iter::Enumerate":
                self.inner(at, _ITER, 0).exhaust(at)
            case "core::iter::Zip":
                self.write(at, _INDEX, self.word(at, _LEN))
            case _:
                self.write(at, _PTR, at.value(self.field(at, _END), PTR))

"""`nth` of iterator adapters over slices, which rustc leaves as calls.

Zips of slice iterators are accessed by index (`TrustedRandomAccess`): `nth(n)` gives the items at
`index + n` if that is below `len`, and moves behind it; otherwise the zip is at its end. The states are
those of library/core/src/{slice/iter.rs, iter/adapters/{zip,enumerate}.rs}, the loops in there have no effect
but on the index.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cuq.base.errors import Unsupported
from cuq.ir.lower.blocks import OpenBranch
from cuq.ir.lower.cursor import Cursor, i64
from cuq.ir.lower.layout import core_path, layout, pointee, type_args
from cuq.ir.lower.library import slice_iter_len
from cuq.ir.lower.places import assign
from cuq.ir.lower.rvalues import operand, operand_ty
from cuq.ir.lower.values import Key, LocalRef, Missing, Part, Record, Tree, project
from cuq.ir.ops import BinOp, Const, Pred, Value
from cuq.ir.types import I64, PTR
from cuq.mir import terminators as mir
from cuq.mir.types import PathTy

if TYPE_CHECKING:
    from cuq.ir.lower.translate import Translator

_ITER, _COUNT = 0, 1
"""Fields of `Enumerate`."""
_A, _B, _INDEX, _LEN = 0, 1, 2, 3
"""Fields of `Zip`."""
_PTR, _END = 0, 1
"""Fields of slice iterators."""


def lower_nth(to: Translator, at: Cursor, call: mir.Call, counted: bool) -> None:
    """A call of `nth(&mut iterator, n)`, or of `next(&mut iterator)` unless `counted`, with the jumps
    behind it: one for `Some`, one for `None`."""
    ty = pointee(operand_ty(at, call.args[0]))
    leaf = at.leaf(operand(at, call.args[0]), PTR)
    if call.target is None or not isinstance(ty, PathTy) or not isinstance(leaf, LocalRef):
        raise Unsupported(f"a call to {call.callee}", span=at.span)
    iterator = _Iterator(leaf, ty)
    n = at.value(operand(at, call.args[1]), I64) if counted else i64(0)
    some, none = _arms(at, iterator.has(at, n))
    if some is not None:
        option: dict[Key, Tree] = {Part.DISCRIMINANT: i64(1), ("Some", 0): iterator.item(some, n)}
        iterator.advance(some, n)
        assign(some, call.destination, Record(option, Missing.INACTIVE))
        to.goto(some, call.target)
    if none is not None:
        iterator.exhaust(none)
        assign(none, call.destination, Record({Part.DISCRIMINANT: i64(0)}, Missing.INACTIVE))
        to.goto(none, call.target)


def _arms(at: Cursor, cond: Value) -> tuple[Cursor | None, Cursor | None]:
    """Cursors for the code where `cond` holds and where it doesn't; None for an arm that never runs."""
    if isinstance(cond, Const):
        return (at, None) if cond.bits else (None, at)
    arms = []
    for word in ("some", "none"):
        block = at.ssa.block(f"{at.block.label}.{word}")
        at.ssa.connect(at.block, block)
        at.ssa.seal(block)
        arms.append(replace(at, block=block))
    at.block.terminator = OpenBranch(cond, arms[0].block, arms[1].block, at.loc)
    return arms[0], arms[1]


@dataclass(frozen=True, slots=True)
class _Iterator:
    """An iterator in a local, and its type."""

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

    def inner(self, at: Cursor, key: int, argument: int) -> _Iterator:
        """The iterator in a field, whose type is a generic argument of this one's."""
        ty = type_args(self.ty)[argument]
        if not isinstance(ty, PathTy):
            raise self.unknown(at)
        return _Iterator(LocalRef(self.place.slot, (*self.place.keys, key)), ty)

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
        return layout(type_args(self.ty)[0], at.span).size

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

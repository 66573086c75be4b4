"""Transmutes: the same bytes at another type."""

from __future__ import annotations

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.ir.lower.cursor import Cursor, constant, i64
from cuq.ir.lower.memory import as_integer, scalars
from cuq.ir.lower.types import core_path, is_pointer, is_wide, scalar, strip, type_args
from cuq.ir.lower.values import Key, Missing, Part, Record, Tree, project
from cuq.ir.ops import BinOp, CastKind, Pred, Value
from cuq.ir.types import I64, IntType, Type
from cuq.mir.types import PathTy, Ty


def transmute(at: Cursor, value: Tree, source: Ty, target: Ty) -> Tree:
    """`value` of type `source` read as `target`; the types differ in more than names."""
    if is_wide(source) and is_wide(target):
        return value
    niche = _niche_payload(target)
    if niche is not None and scalar(source) is not None:
        return _into_option(at, transmute(at, value, source, niche), niche)
    niche = _niche_payload(source)
    if niche is not None and scalar(target) is not None:
        return transmute(at, _from_option(at, value, niche), niche, target)
    before, after = scalar(source), scalar(target)
    if before is not None and after is not None:
        return _scalars(at, at.value(value, before), after)
    if at.size(source) != at.size(target):
        raise Unsupported(f"a transmute from {source} to {target}", span=at.span)
    return _assemble(at, _words(at, value, source), target, 0)


def _scalars(at: Cursor, number: Value, after: Type) -> Value:
    before = number.type
    if before == after:
        return number
    if isinstance(before, IntType) and isinstance(after, IntType):
        # i1 and i8: a bool is the byte 0 or 1.
        return at.resize(number, after, signed=False)
    if before.width == after.width:
        return at.cast(CastKind.BITCAST, number, after)
    raise Unsupported(f"a transmute from {before} to {after}", span=at.span)


# --- options that use 0 for `None`


def _niche_payload(ty: Ty) -> Ty | None:
    """`T` when `ty` is `Option<T>` and 0 is no value of the scalar type `T`."""
    if not isinstance(ty, PathTy) or core_path(ty.path.plain) != "core::option::Option":
        return None
    (payload,) = type_args(ty) or (None,)
    if payload is None or scalar(payload) is None:
        return None
    nonzero = isinstance(payload, PathTy) and core_path(payload.path.plain) == "core::num::NonZero"
    return payload if nonzero else None


def _into_option(at: Cursor, number: Tree, payload: Ty) -> Tree:
    kind = scalar(payload)
    assert isinstance(kind, IntType), "NonZero is of integers"
    word = at.value(number, kind)
    some = at.cast(CastKind.ZEXT, at.compare(Pred.NE, word, constant(0, kind)), I64)
    return Record({Part.DISCRIMINANT: some, ("Some", 0): word}, Missing.INACTIVE)


def _from_option(at: Cursor, value: Tree, payload: Ty) -> Tree:
    kind = scalar(payload)
    assert isinstance(kind, IntType), "NonZero is of integers"
    some = at.compare(Pred.NE, at.value(project(value, Part.DISCRIMINANT), I64), i64(0))
    return at.select(some, at.value(project(value, ("Some", 0)), kind), constant(0, kind))


# --- aggregates of numbers


@dataclass(frozen=True, slots=True)
class _Word:
    """A number at a byte offset."""

    offset: int
    value: Value

    @property
    def end(self) -> int:
        return self.offset + self.value.type.width


def _words(at: Cursor, value: Tree, ty: Ty) -> list[_Word]:
    """The scalars of a value, floats as integers."""
    return [_Word(offset, as_integer(at, word)) for offset, word in scalars(at, value, ty, 0)]


def _assemble(at: Cursor, words: list[_Word], ty: Ty, offset: int) -> Tree:
    parts = at.objects.layouts.parts(ty, at.span)
    if parts is None:
        kind = scalar(ty)
        if kind is None or is_pointer(strip(ty)):
            raise Unsupported(f"a transmute to {ty}", span=at.span)
        return _scalars(at, _gather(at, words, offset, kind.width), kind)
    fields: dict[Key, Tree] = {}
    for key, start, part in parts:
        if part is None:
            raise Unsupported(f"a transmute to {ty}", span=at.span)
        fields[key] = _assemble(at, words, part, offset + start)
    return Record(fields)


def _gather(at: Cursor, words: list[_Word], offset: int, width: int) -> Value:
    """The `width` bytes at `offset`, little-endian, out of the words that they lie in."""
    kind = IntType(8 * width)
    result: Value = constant(0, kind)
    for word in words:
        if word.end <= offset or word.offset >= offset + width:
            continue
        value, shift = word.value, 8 * (word.offset - offset)
        assert isinstance(value.type, IntType), "words are integers"
        if shift < 0:
            value = at.binary(BinOp.LSHR, value, constant(-shift, value.type))
        value = at.resize(value, kind, signed=False)
        if shift > 0:
            value = at.binary(BinOp.SHL, value, constant(shift, kind))
        result = at.binary(BinOp.OR, result, value)
    return result

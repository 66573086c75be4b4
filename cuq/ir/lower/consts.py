"""Constants of MIR as values."""

from __future__ import annotations

import struct

from cuq.base.errors import Unsupported
from cuq.ir.lower.cursor import Cursor, constant, i64
from cuq.ir.lower.enums import discriminant
from cuq.ir.lower.known import known_constant
from cuq.ir.lower.memory import load
from cuq.ir.lower.oracle import FieldlessVariant, Known
from cuq.ir.lower.types import (
    core_path,
    is_freeze,
    is_wide,
    is_zero_sized,
    pointee,
    scalar,
    transparent_field,
    type_args,
)
from cuq.ir.lower.values import UNIT, Key, Missing, Opaque, Part, Record, Tree, wide
from cuq.ir.ops import FALSE, TRUE, CastKind, Const
from cuq.ir.types import I8, I32, PTR, FloatType, IntType
from cuq.mir.consts import (
    AddrConst,
    AdtConst,
    AllocConst,
    ArrayConst,
    BoolConst,
    ByteStrConst,
    CharConst,
    Constant,
    ConstValue,
    FloatConst,
    FnConst,
    IndirectConst,
    IntConst,
    PatConst,
    PathConst,
    ScalarConst,
    StrConst,
    TransmuteConst,
    TupleConst,
    UninitConst,
    ZeroSizedConst,
)
from cuq.mir.types import ArrayTy, Path, PathTy, SliceTy, Ty

_FLOAT_CODES = {16: "e", 32: "f", 64: "d"}


_PLACEHOLDER = "called outside CUDA kernel context"
"""What cuda-oxide's device functions panic with on the host. They are never inlined, and known by their names; should
one be, its kernel must not count as one that only panics."""


def lower_constant(at: Cursor, const: Constant, hint: Ty | None) -> Tree:
    """The value of a constant; `hint` is the type of the place it goes to, if known."""
    return _value(at, const.value, const.ty or hint)


def _value(at: Cursor, value: ConstValue, ty: Ty | None) -> Tree:
    match value:
        case IntConst(value=number, ty=int_ty):
            return constant(number, IntType(int_ty.bits))
        case BoolConst(value=truth):
            return TRUE if truth else FALSE
        case FloatConst():
            return _float(at, value)
        case CharConst(value=char):
            return Const(ord(char), I32)
        case StrConst(value=text):
            if _PLACEHOLDER in text:
                raise Unsupported(
                    f"a device function of which only a placeholder is here: {text}", span=at.span
                )
            data = text.encode()
            return wide(at.objects.constant(data, at.span), i64(len(data)))
        case ByteStrConst(value=data, by_value=by_value):
            return _bytes(at, data, by_value, ty)
        case TupleConst(elems=elems) | ArrayConst(elems=elems):
            return Record({i: _value(at, elem, None) for i, elem in enumerate(elems)})
        case AdtConst(path=path, fields=fields):
            parts = [_value(at, f, None) for f in fields]
            return construct(at, path, parts, ty)
        case PathConst(path=path, promoted=None):
            return _path(at, path, ty)
        case FnConst() | ZeroSizedConst():
            return UNIT
        case AllocConst(alloc=alloc, offset=offset, ty=pointer) if not is_wide(pointer):
            return at.at_offset(at.objects.alloc(alloc, pointer, at.span), offset)
        case AddrConst(address=number, ty=pointer) if not is_wide(pointer):
            return at.cast(CastKind.BITCAST, i64(number), PTR)
        case TransmuteConst(digits=digits, ty=target):
            return _bits(at, digits, target)
        case ScalarConst(text=text, ty=target) if text.startswith("0x"):
            return _bits(at, text[2:], target)
        case IndirectConst(alloc=alloc, offset=offset, ty=target):
            return load(at, at.at_offset(at.objects.alloc(alloc, target, at.span), offset), target)
        case PathConst() if (
            ty is not None and (pointed := pointee(ty)) is not None and is_zero_sized(pointed)
        ):
            # A promoted of another crate, such as the `[]` of `&mut []`: no byte of it is ever read.
            return at.cast(CastKind.BITCAST, i64(at.objects.layouts.layout(pointed, at.span).align), PTR)
        case PathConst(promoted=int()) if (
            ty is not None
            and scalar(ty) == PTR
            and (pointed := pointee(ty)) is not None
            and is_freeze(pointed)
        ):
            # Of another crate: nobody writes to it, and what it holds is not known.
            return at.objects.foreign(str(value), pointed, at.span)
        case UninitConst():
            return Missing.UNINIT
        case PatConst(value=inner):
            return _value(at, inner, ty)
        case _:
            return Opaque(f"the constant {value}")


def _float(at: Cursor, value: FloatConst) -> Const:
    code = _FLOAT_CODES.get(value.ty.bits)
    if code is None:
        raise Unsupported(f"constants of type {value.ty}", span=at.span)
    bits = int.from_bytes(struct.pack(f"<{code}", value.value), "little")
    return Const(bits, FloatType(value.ty.bits))


def _bits(at: Cursor, digits: str, ty: Ty) -> Tree:
    kind = scalar(ty)
    if isinstance(kind, IntType | FloatType) and digits:
        return constant(int(digits, 16), kind)
    if is_zero_sized(ty) or not digits:
        return UNIT
    raise Unsupported(f"a constant of type {ty} given by its bits", span=at.span)


def _bytes(at: Cursor, data: bytes, by_value: bool, ty: Ty | None) -> Tree:
    if by_value:
        return Record({i: Const(b, I8) for i, b in enumerate(data)})
    obj = at.objects.constant(data, at.span)
    target = None if ty is None else pointee(ty)
    match target:
        case ArrayTy():
            return obj
        case SliceTy():
            return wide(obj, i64(len(data)))
        case _:
            raise Unsupported("a byte string of unknown type", span=at.span)


def _path(at: Cursor, path: Path, ty: Ty | None) -> Tree:
    """A unit struct or variant, or an associated constant of `core` that stays symbolic."""
    known = known_constant(at.objects.layouts, path, at.span)
    if known is not None:
        return known[0]
    if ty is not None and is_zero_sized(ty):
        return UNIT
    if isinstance(ty, PathTy) and path.plain.startswith(ty.path.plain):
        return construct(at, path, [], ty)
    answer = at.objects.facts.oracle.constant(path, ty)
    return Opaque(f"the constant {path}") if answer is None else told(answer[0])


def told(value: Known) -> Tree:
    """A value that rustc told."""
    match value:
        case tuple():
            return Record({i: told(part) for i, part in enumerate(value)})
        case FieldlessVariant(discriminant=number):
            return Record({Part.DISCRIMINANT: number}, Missing.INACTIVE)
        case Const():
            return value


def construct(at: Cursor, path: Path, fields: list[Tree], ty: Ty | None) -> Tree:
    """A struct, or an enum's variant, of type `ty` from its fields in the order of declaration."""
    if not isinstance(ty, PathTy) or at.objects.layouts.is_union(ty):
        return Opaque(f"a value {path} of type {ty}")
    if transparent_field(ty) is not None:
        return _transparent(at, fields, ty)
    own, target = core_path(path.plain), core_path(ty.path.plain)
    if own == target:
        return Record(dict(enumerate(fields)))
    if own.rpartition("::")[0] != target:
        return Opaque(f"a value {path} of type {ty}")
    variant = path.last
    number = discriminant(at.objects.facts.enums, ty, variant)
    if number is None:
        number = at.objects.facts.oracle.discriminant(ty, variant)
    known: dict[Key, Tree] = {
        Part.DISCRIMINANT: Opaque(f"the discriminant of {own}") if number is None else i64(number)
    }
    known.update({(variant, i): part for i, part in enumerate(fields)})
    return Record(known, Missing.INACTIVE)


def _transparent(at: Cursor, fields: list[Tree], ty: PathTy) -> Tree:
    """A wrapper is the field that it wraps; further fields have no bytes. A union sets one field."""
    index = transparent_field(ty)
    if len(fields) == 1:
        # `MaybeUninit { uninit: () }` leaves the value unset.
        unset = isinstance(fields[0], Record) and not fields[0].fields and bool(type_args(ty))
        return Missing.UNINIT if unset and not is_zero_sized(type_args(ty)[0]) else fields[0]
    if index is None or index >= len(fields):
        raise Unsupported(f"a value of type {ty}", span=at.span)
    return fields[index]

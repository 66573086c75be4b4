"""Builds constant values: one function for each action of that part of the grammar."""

from __future__ import annotations

import re

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
    FnPtrConst,
    IndirectConst,
    IntConst,
    PatConst,
    PathConst,
    RefConst,
    ScalarConst,
    SliceConst,
    StaticConst,
    StrConst,
    TransmuteConst,
    TupleConst,
    UninitConst,
    UnreachableConst,
    ZeroSizedConst,
)
from cuq.mir.types import FloatTy, IntTy, Name, Path, Ty

_ALLOC = re.compile(r"\{(alloc\d+)(?:\+0x([0-9a-f]+))?(<imm>)?: ")
_INDIRECT = re.compile(r"Indirect \{ alloc_id: (alloc\d+), offset: Size\((\d+) bytes\) \}: ")

_SLICE = re.compile(r"Slice \{ alloc_id: (alloc\d+), meta: (\d+) \}: ")


def constant(value: ConstValue) -> Constant:
    return Constant(value)


def int_value(token: str) -> ConstValue:
    """`5_u32`, `u32::MAX`, `i32::MIN`."""
    digits, _, suffix = token.rpartition("_")
    if digits:
        return IntConst(int(digits), IntTy(suffix))
    name, _, extreme = token.partition("::")
    ty = IntTy(name)
    if extreme == "MAX":
        return IntConst((1 << (ty.bits - ty.signed)) - 1, ty)
    return IntConst(-(1 << (ty.bits - 1)) if ty.signed else 0, ty)


def float_value(token: str) -> ConstValue:
    digits, _, bits = token.rpartition("f")
    return FloatConst(digits.removesuffix("_"), FloatTy(int(bits)))


def bool_value(token: str) -> ConstValue:
    return BoolConst(token == "true")


def char_value(token: str) -> ConstValue:
    return CharConst(token)


def str_value(token: str) -> ConstValue:
    return StrConst(token)


def bytes_value(token: str) -> ConstValue:
    return ByteStrConst(token.removeprefix("*"), by_value=token[0] == "*")


def tuple_value(*elems: ConstValue) -> ConstValue:
    return TupleConst(elems)


def array_value(*elems: ConstValue) -> ConstValue:
    return ArrayConst(elems)


def path_value(path: Path) -> ConstValue:
    return PathConst(path)


def promoted_value(path: Path, index: str) -> ConstValue:
    """`f::promoted[0]`; the path comes with the word `promoted`."""
    if path.segments[-1] != Name("promoted"):
        raise ValueError(f"not a promoted constant: {path}[{index}]")
    return PathConst(Path(path.segments[:-1]), int(index))


def adt_value(path: Path, *fields: ConstValue) -> ConstValue:
    return AdtConst(path, fields)


def struct_value(path: Path, *fields: tuple[str, ConstValue]) -> ConstValue:
    return AdtConst(path, tuple(value for _, value in fields), tuple(name for name, _ in fields), named=True)


def alloc_value(head: str, ty: Ty) -> ConstValue:
    match = _ALLOC.fullmatch(head)
    if match is None:
        raise ValueError(f"not an allocation: {head}")
    return AllocConst(match[1], int(match[2] or "0", 16), ty, immutable=match[3] is not None)


def address_value(head: str, ty: Ty) -> ConstValue:
    return AddrConst(int(head.removeprefix("{").removesuffix(" as "), 16), ty)


def transmute_value(head: str, ty: Ty) -> ConstValue:
    digits = head.removeprefix("{transmute(").removesuffix("): ")
    return TransmuteConst("" if digits == "()" else digits.removeprefix("0x"), ty)


def unreachable_value(ty: Ty) -> ConstValue:
    return UnreachableConst(ty)


def fn_pointer_value(path: Path, ty: Ty) -> ConstValue:
    return FnPtrConst(path, ty)


def zero_sized_value(ty: Ty) -> ConstValue:
    return ZeroSizedConst(ty)


def indirect_value(head: str, ty: Ty) -> ConstValue:
    match = _INDIRECT.fullmatch(head)
    if match is None:
        raise ValueError(f"not an allocation: {head}")
    return IndirectConst(match[1], int(match[2]), ty)


def slice_value(head: str, ty: Ty) -> ConstValue:
    match = _SLICE.fullmatch(head)
    if match is None:
        raise ValueError(f"not an allocation: {head}")
    return SliceConst(match[1], int(match[2]), ty)


def static_value(token: str) -> ConstValue:
    return StaticConst(token.removeprefix("<static(DefId(").removesuffix("))>"))


def scalar_value(head: str, ty: Ty) -> ConstValue:
    return ScalarConst(head.removeprefix("Scalar(").removesuffix("): "), ty)


def uninit_value(_token: str) -> ConstValue:
    return UninitConst()


def ref_value(value: ConstValue) -> ConstValue:
    return RefConst(value)


def pattern_value(value: ConstValue, pattern: str) -> ConstValue:
    return PatConst(value, pattern.removeprefix("is "))

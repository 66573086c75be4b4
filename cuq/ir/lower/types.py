"""What the printed form of a Rust type tells about it on nvptx64."""

from __future__ import annotations

from cuq.ir.types import I1, I32, I64, PTR, FloatType, IntType, Type
from cuq.mir.types import (
    ArrayTy,
    BoolTy,
    CharTy,
    ClosureTy,
    DynTy,
    FloatTy,
    FnDefTy,
    FnPtrTy,
    IntTy,
    Name,
    NeverTy,
    PathTy,
    PatTy,
    RawPtrTy,
    RefTy,
    SliceTy,
    StrTy,
    TupleTy,
    Ty,
)

_TRANSPARENT: dict[str, int] = {
    "core::ptr::NonNull": 0,
    "core::ptr::Unique": 0,
    "core::cell::UnsafeCell": 0,
    "core::cell::SyncUnsafeCell": 0,
    "core::cell::Cell": 0,
    "core::mem::MaybeUninit": 1,
    "core::mem::ManuallyDrop": 0,
    "core::mem::MaybeDangling": 0,
    "core::num::Wrapping": 0,
    "core::num::Saturating": 0,
    "core::num::NonZero": 0,
    "core::cmp::Reverse": 0,
    "core::sync::atomic::Atomic": 0,
    **{f"core::sync::atomic::private::Align{n}": 0 for n in (1, 2, 4, 8, 16)},
}
"""Types laid out as their only field that has a size, by the number of that field. (`Reverse` is not
`repr(transparent)`, but a struct of one field has that field's layout. Atomics of the natural alignment.)"""

_INTERIOR = ("core::cell::", "core::sync::atomic::")
_ZERO_SIZED = frozenset({"core::marker::PhantomData", "core::marker::PhantomPinned", "core::ops::RangeFull"})


def core_path(path: str) -> str:
    """A path of the standard library by its `core` spelling."""
    return f"core::{path[5:]}" if path.startswith("std::") else path


def type_args(ty: PathTy) -> tuple[Ty, ...]:
    """The type arguments of a named type, lifetimes and constants left out."""
    last = ty.path.segments[-1]
    args = last.args if isinstance(last, Name) else ()
    return tuple(a for a in args if isinstance(a, _TYPES))


_TYPES = (
    *(IntTy, FloatTy, BoolTy, CharTy, StrTy, NeverTy, TupleTy, ArrayTy, SliceTy, RefTy, RawPtrTy, PathTy),
    *(FnPtrTy, FnDefTy, DynTy, ClosureTy, PatTy),
)


def transparent_field(ty: Ty | None) -> int | None:
    """For a type that is laid out as one of its fields: the number of that field."""
    if isinstance(ty, PathTy):
        return _TRANSPARENT.get(core_path(ty.path.plain))
    return None


def strip(ty: Ty) -> Ty:
    """The type without transparent wrappers around it."""
    while True:
        match ty:
            case PatTy(base=base):
                ty = base
            case PathTy() if transparent_field(ty) is not None and (args := type_args(ty)):
                ty = args[0]
            case _:
                return ty


def bare(ty: Ty) -> Ty:
    """The type without transparent wrappers, also of its elements."""
    ty = strip(ty)
    match ty:
        case ArrayTy(elem=elem, length=count):
            return ArrayTy(bare(elem), count)
        case SliceTy(elem=elem):
            return SliceTy(bare(elem))
        case TupleTy(elems=elems):
            return TupleTy(tuple(map(bare, elems)))
        case _:
            return ty


def pointee(ty: Ty) -> Ty | None:
    """What a pointer or reference (or a wrapper around one) points to; None for other types."""
    wrapped = isinstance(ty, PathTy) and core_path(ty.path.plain) in (
        "core::ptr::NonNull",
        "core::ptr::Unique",
    )
    if wrapped and isinstance(ty, PathTy):
        return type_args(ty)[0]
    match strip(ty):
        case RefTy(pointee=target) | RawPtrTy(pointee=target):
            return target
        case PathTy() as inner if inner != ty:
            return pointee(inner)
        case _:
            return None


def is_pointer(ty: Ty) -> bool:
    return pointee(ty) is not None


def is_wide(ty: Ty) -> bool:
    """Whether this is a pointer with metadata."""
    target = pointee(ty)
    return target is not None and is_unsized(target)


def is_unsized(ty: Ty) -> bool:
    """Whether values of the type have no size of their own."""
    match strip(ty):
        case SliceTy() | StrTy() | DynTy():
            return True
        case PathTy(path=path) as struct if core_path(path.plain) in _HOLD_UNSIZED:
            return any(map(is_unsized, type_args(struct)))
        case _:
            return False


_HOLD_UNSIZED = frozenset({"core::array::iter::iter_inner::PolymorphicIter"})
"""Structs whose last field has their type argument's type, which may be a slice."""


def scalar(ty: Ty) -> Type | None:
    """The IR type of a scalar type, None for aggregates and wide pointers."""
    if is_pointer(ty):
        return None if is_wide(ty) else PTR
    match strip(ty):
        case IntTy() as integer:
            return IntType(integer.bits)
        case FloatTy(bits=bits):
            return FloatType(bits)
        case BoolTy():
            return I1
        case CharTy():
            return I32
        case FnPtrTy():
            return I64
        case _:
            return None


def signed(ty: Ty) -> bool:
    bare = strip(ty)
    return isinstance(bare, IntTy) and bare.signed


def is_zero_sized(ty: Ty) -> bool:
    """Whether the type is known to have no bytes."""
    match strip(ty):
        case TupleTy(elems=elems):
            return all(map(is_zero_sized, elems))
        case ArrayTy(elem=elem, length=length):
            return length.value == 0 or is_zero_sized(elem)
        case FnDefTy() | NeverTy():
            return True
        case PathTy(path=path):
            return core_path(path.plain) in _ZERO_SIZED
        case _:
            return False


def is_freeze(ty: Ty) -> bool:
    """Whether a value of the type cannot change behind a shared reference (no `UnsafeCell` inside).

    False when it is not known.
    """
    match ty:
        case ArrayTy(elem=elem) | SliceTy(elem=elem):
            return is_freeze(elem)
        case TupleTy(elems=elems):
            return all(map(is_freeze, elems))
        case IntTy() | FloatTy() | BoolTy() | CharTy() | StrTy() | RefTy() | RawPtrTy() | FnPtrTy():
            return True
        case PathTy(path=path):
            plain = core_path(path.plain)
            if plain.startswith(_INTERIOR):
                return False
            return transparent_field(ty) is not None and all(map(is_freeze, type_args(ty)))
        case _:
            return False

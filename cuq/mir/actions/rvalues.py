"""Builds places, operands and rvalues: one function for each action of those parts of the grammar."""

from __future__ import annotations

from cuq.mir.actions.types import array_length, closure_ty
from cuq.mir.consts import Constant, FnConst
from cuq.mir.tree import (
    AdtAggregate,
    ArrayAggregate,
    BorrowKind,
    Cast,
    CastKind,
    ClosureAggregate,
    ConstantIndex,
    Copy,
    CopyForDeref,
    Deref,
    Downcast,
    Field,
    Index,
    Move,
    OpaqueCast,
    Operand,
    Place,
    PointerCoercion,
    Projection,
    RawPtr,
    RawPtrAggregate,
    RawPtrKind,
    Ref,
    Repeat,
    RuntimeChecks,
    Rvalue,
    Subslice,
    ThreadLocalRef,
    TupleAggregate,
    UnwrapBinder,
    Use,
    WrapBinder,
)
from cuq.mir.types import Name, Path, PathTy, Ty

# --------------------------------------------------------------------------------------- rvalues


def use(operand: Operand) -> Rvalue:
    return Use(operand)


def cast(operand: Operand, ty: Ty, token: str) -> Rvalue:
    text = token[1:-1]
    if text.startswith("PointerCoercion("):
        kind, _, source = text.removeprefix("PointerCoercion(").removesuffix(")").partition(", ")
        return Cast(operand, ty, PointerCoercion(kind, source))
    return Cast(operand, ty, CastKind(text))


def repeat(operand: Operand, length: str) -> Rvalue:
    return Repeat(operand, array_length(length))


def array(*fields: Operand) -> Rvalue:
    return ArrayAggregate(fields)


def tuple_(*fields: Operand) -> Rvalue:
    return TupleAggregate(fields)


def ref(place: Place) -> Rvalue:
    return Ref(BorrowKind.SHARED, place)


def ref_mut(_mut: str, place: Place) -> Rvalue:
    return Ref(BorrowKind.MUT, place)


def ref_fake(kind: str, place: Place) -> Rvalue:
    return Ref(BorrowKind(kind), place)


def raw_ref(kind: str, place: Place) -> Rvalue:
    return RawPtr(RawPtrKind(kind.removeprefix("&raw ")), place)


def thread_local(_tls: str, mutable: str | None, path: Path) -> Rvalue:
    return ThreadLocalRef(path, mutable is not None)


def deref_copy(_word: str, place: Place) -> Rvalue:
    return CopyForDeref(place)


def wrap_binder(operand: Operand, ty: Ty) -> Rvalue:
    return WrapBinder(operand, ty)


def _split(pairs: tuple[tuple[str, Operand], ...]) -> tuple[tuple[Operand, ...], tuple[str, ...]]:
    return tuple(operand for _, operand in pairs), tuple(name for name, _ in pairs)


def struct(path: Path, *fields: tuple[str, Operand]) -> Rvalue:
    return AdtAggregate(path, *_split(fields))


def closure(token: str, *fields: tuple[str, Operand]) -> Rvalue:
    return ClosureAggregate(closure_ty(token), *_split(fields))


def wide_pointer(pointee: Ty, data: Operand, metadata: Operand) -> Rvalue:
    return RawPtrAggregate(pointee, False, data, metadata)


def wide_pointer_mut(_mut: str, pointee: Ty, data: Operand, metadata: Operand) -> Rvalue:
    return RawPtrAggregate(pointee, True, data, metadata)


# ----------------------------------------------------------------------------- operands and places


def copy(place: Place) -> Operand:
    return Copy(place)


def move(place: Place) -> Operand:
    return Move(place)


_RUNTIME_CHECKS = {check.value: check for check in RuntimeChecks}


def path_operand(path: Path) -> Operand:
    return _RUNTIME_CHECKS.get(str(path)) or Constant(FnConst(path))


def _extend(place: Place, projection: Projection) -> Place:
    return Place(place.local, (*place.projections, projection))


def local(token: str) -> Place:
    return Place(int(token[1:]))


def deref(place: Place) -> Place:
    return _extend(place, Deref())


def field(place: Place, index: str, ty: Ty) -> Place:
    return _extend(place, Field(int(index), ty))


def variant_or_cast(ty: Ty) -> Projection:
    """A lone name is a variant, anything else a type."""
    match ty:
        case PathTy(Path((Name(ident, ()),))):
            return Downcast(ident)
        case _:
            return OpaqueCast(ty)


def downcast(place: Place, ty: Ty) -> Place:
    return _extend(place, variant_or_cast(ty))


def downcast_index(place: Place, token: str) -> Place:
    return _extend(place, Downcast(int(token.removeprefix("variant#"))))


def index(place: Place, token: str) -> Place:
    return _extend(place, Index(int(token[1:])))


def constant_index(place: Place, offset: str, min_length: str) -> Place:
    from_end = offset[0] == "-"
    return _extend(place, ConstantIndex(abs(int(offset)), int(min_length), from_end))


def subslice_from_end(place: Place, start: str | None, end: str | None) -> Place:
    return _extend(place, Subslice(int(start or 0), -int(end or 0), from_end=True))


def subslice(place: Place, start: str, end: str) -> Place:
    return _extend(place, Subslice(int(start), int(end), from_end=False))


def unwrap_binder(place: Place, ty: Ty) -> Place:
    return _extend(place, UnwrapBinder(ty))

"""MIR rvalues: what the right side of an assignment computes."""

from __future__ import annotations

from typing import assert_never

from cuq.base.errors import Unsupported
from cuq.ir.lower.arith import binary, negate, not_
from cuq.ir.lower.casts import cast
from cuq.ir.lower.consts import construct, lower_constant
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.items import item_constant, item_type
from cuq.ir.lower.memory import enum_layout, load_discriminant
from cuq.ir.lower.places import MemPlace, Nothing, address, locate, read
from cuq.ir.lower.types import scalar
from cuq.ir.lower.values import UNIT, Opaque, Part, Record, Tree, UnionField, project, wide
from cuq.ir.ops import FALSE
from cuq.ir.types import I64, IntType
from cuq.mir.consts import Constant, PathConst
from cuq.mir.tree import (
    AdtAggregate,
    ArrayAggregate,
    BinaryOp,
    Cast,
    ClosureAggregate,
    Copy,
    CopyForDeref,
    Discriminant,
    Move,
    Operand,
    RawPtr,
    RawPtrAggregate,
    Ref,
    Repeat,
    RuntimeChecks,
    Rvalue,
    ThreadLocalRef,
    TupleAggregate,
    UnaryOp,
    UnOp,
    Use,
    WrapBinder,
)
from cuq.mir.types import Ty

MAX_REPEAT = 4096
"""Longest `[x; N]` that is written out."""


def operand(at: Cursor, op: Operand, hint: Ty | None = None) -> Tree:
    """The value of an operand; `hint` is the type it is wanted at, for constants that don't tell theirs."""
    match op:
        case Copy(place=place) | Move(place=place):
            return read(at, locate(at, place))
        case Constant(value=PathConst() as path):
            item = item_constant(at, path)
            return lower_constant(at, op, hint) if item is None else item
        case Constant():
            return lower_constant(at, op, hint)
        case RuntimeChecks.UB_CHECKS | RuntimeChecks.CONTRACT_CHECKS:
            # The library's own checks for undefined behaviour are off in release builds; what they check
            # is undefined behaviour either way.
            return FALSE
        case RuntimeChecks.OVERFLOW_CHECKS:
            return Opaque("a choice of the library that depends on -C overflow-checks")
        case _:
            assert_never(op)


def operand_ty(at: Cursor, op: Operand) -> Ty:
    """The Rust type of an operand."""
    ty: Ty | None = None
    match op:
        case Copy(place=place) | Move(place=place):
            ty = at.frame.body.place_ty(place)
        case Constant(value=PathConst() as path):
            ty = op.ty or item_type(at, path)
        case Constant():
            ty = op.ty
        case _:
            pass
    if ty is None:
        raise Unsupported(f"an operand whose type the dump does not tell: {op}", span=at.span)
    return ty


def evaluate(at: Cursor, rvalue: Rvalue, ty: Ty | None) -> Tree:
    """The value of `rvalue`; `ty` is the type of the place it is assigned to."""
    match rvalue:
        case Use(operand=op):
            return operand(at, op, ty)
        case Repeat(operand=op, count=count):
            return _repeat(at, op, count.value)
        case Cast(operand=op, ty=target, kind=kind):
            return cast(at, operand(at, op), operand_ty(at, op), target, kind)
        case BinaryOp(op=kind, left=left, right=right):
            a, b = operand(at, left), operand(at, right)
            return binary(at, kind, a, b, operand_ty(at, left), operand_ty(at, right))
        case UnaryOp(op=UnOp.PTR_METADATA, operand=op):
            return project(operand(at, op), Part.METADATA)
        case UnaryOp(op=UnOp.NOT, operand=op):
            return not_(at, operand(at, op), operand_ty(at, op))
        case UnaryOp(operand=op):
            return negate(at, operand(at, op), operand_ty(at, op))
        case Discriminant():
            return _discriminant(at, rvalue, ty)
        case Ref(place=place) | RawPtr(place=place):
            return address(at, locate(at, place))
        case CopyForDeref(place=place):
            return read(at, locate(at, place))
        case WrapBinder(operand=op):
            return operand(at, op, ty)
        case TupleAggregate(fields=fields) | ArrayAggregate(fields=fields) | ClosureAggregate(fields=fields):
            return Record({i: operand(at, field) for i, field in enumerate(fields)}) if fields else UNIT
        case AdtAggregate(fields=(field,)) if ty is not None and at.objects.layouts.is_union(ty):
            # The name that is printed is that of the union's first field, whichever is set.
            return UnionField(operand_ty(at, field), operand(at, field))
        case AdtAggregate(path=path, fields=fields):
            return construct(at, path, [operand(at, field) for field in fields], ty)
        case RawPtrAggregate(data=data, metadata=metadata):
            length = operand(at, metadata)
            return operand(at, data) if length == UNIT else wide(operand(at, data), length)
        case ThreadLocalRef():
            raise Unsupported("thread-local statics", span=at.span)
        case _:
            assert_never(rvalue)


def _repeat(at: Cursor, op: Operand, count: int | None) -> Tree:
    if count is None or count > MAX_REPEAT:
        raise Unsupported(f"an array of {count or 'an unknown number of'} equal elements", span=at.span)
    element = operand(at, op)
    return Record(dict.fromkeys(range(count), element))


def _discriminant(at: Cursor, rvalue: Discriminant, ty: Ty | None) -> Tree:
    kind = None if ty is None else scalar(ty)
    here = locate(at, rvalue.place)
    if not isinstance(kind, IntType) or isinstance(here, Nothing):
        raise Unsupported(str(rvalue), span=at.span)
    enum = enum_layout(at, here.ty) if isinstance(here, MemPlace) and here.ty is not None else None
    if enum is not None and isinstance(here, MemPlace):
        found = load_discriminant(at, here.pointer, enum)
    else:
        found = at.value(project(read(at, here), Part.DISCRIMINANT), I64)
    return at.resize(found, kind, signed=True)

"""Calls that the dialect tables give a meaning, as operations."""

from __future__ import annotations

from typing import assert_never

from cuq.base.errors import Unsupported
from cuq.ir.dialects.model import (
    Arithmetic,
    Assumption,
    AtomicRead,
    AtomicWrite,
    Bits,
    BlockBarrier,
    Branching,
    CompareExchange,
    Diverges,
    FloatFunction,
    Library,
    Meaning,
    MemoryFence,
    Never,
    NeverReached,
    NoEffect,
    ReadRegister,
    Rmw,
    Same,
    Unmodelled,
    VolatileRead,
    VolatileWrite,
)
from cuq.ir.lower.arith import binary
from cuq.ir.lower.bits import bit_function
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.library import LibraryCall, expand
from cuq.ir.lower.places import load, store
from cuq.ir.lower.types import core_path, scalar, signed
from cuq.ir.lower.values import UNIT, Opaque, Record, Tree
from cuq.ir.ops import FALSE, Assume, AtomicCas, AtomicRmw, Barrier, Fence, Pred, ReadSpecial
from cuq.ir.types import I1, I32, PTR, FloatType, IntType, MemSem, Order, Scope, Space, Type
from cuq.mir.types import IntTy, PathTy, Ty

ORDERS = {
    "Relaxed": Order.RELAXED,
    "Acquire": Order.ACQUIRE,
    "Release": Order.RELEASE,
    "AcqRel": Order.ACQ_REL,
    "SeqCst": Order.SC,
}
_ORDERING = "core::intrinsics::AtomicOrdering"


def lower_intrinsic(at: Cursor, meaning: Meaning, call: LibraryCall, result: Ty | None) -> Tree:
    """The result of a call that returns; `result` is the type of the place it goes to."""
    match meaning:
        case ReadRegister(register=register):
            return at.define(ReadSpecial(at.reg(I32), register, at.loc))
        case BlockBarrier():
            # Sites are numbered when the kernel is complete.
            at.effect(Barrier(0, at.loc))
            return UNIT
        case Rmw(op=op, scope=scope):
            kind, sem = _memory(at, call), _sem(at, call, scope)
            pointer, value = at.value(call.args[0], PTR), at.value(call.args[1], kind)
            return at.define(AtomicRmw(at.reg(kind), op, pointer, value, sem, at.loc))
        case AtomicRead(scope=scope):
            return at.load(at.value(call.args[0], PTR), _memory(at, call), _sem(at, call, scope))
        case AtomicWrite(scope=scope):
            kind = _memory(at, call)
            at.store(at.value(call.args[0], PTR), at.value(call.args[1], kind), _sem(at, call, scope))
            return UNIT
        case CompareExchange(scope=scope):
            return _compare_exchange(at, call, scope)
        case MemoryFence(scope=scope):
            at.effect(Fence(_orders(at, call)[0], scope, at.loc))
            return UNIT
        case VolatileRead():
            return load(at, at.value(call.args[0], PTR), _first(at, call), _VOLATILE)
        case VolatileWrite():
            store(at, at.value(call.args[0], PTR), _first(at, call), call.args[1], _VOLATILE)
            return UNIT
        case Arithmetic(op=kind):
            left, right = call.args
            return binary(at, kind, left, right, call.types[0], call.types[1])
        case FloatFunction(name=name):
            return _float_function(at, name, call)
        case Bits(name=name):
            return _bits(at, name, call, result)
        case NoEffect():
            return UNIT
        case Never():
            return FALSE
        case Same():
            return call.args[0]
        case Assumption():
            at.effect(Assume(at.value(call.args[0], I1), at.loc))
            return UNIT
        case Unmodelled():
            return Opaque(f"the result of {call.path}")
        case Library(name=name):
            return expand(at, name, call)
        case Diverges() | NeverReached() | Branching():
            raise Unsupported(f"a call to {call.path} that returns", span=at.span)
        case _:
            assert_never(meaning)


_VOLATILE = MemSem(Space.GENERIC, Order.VOLATILE)


def _first(at: Cursor, call: LibraryCall) -> Ty:
    if not call.generics:
        raise Unsupported(f"a call to {call.path} without its type", span=at.span)
    return call.generics[0]


def _memory(at: Cursor, call: LibraryCall) -> Type:
    """The type of the cell that an atomic accesses."""
    kind = scalar(_first(at, call))
    if kind is None:
        raise Unsupported(f"an atomic of type {call.generics[0]}", span=at.span)
    return kind


def _orders(at: Cursor, call: LibraryCall) -> list[Order]:
    orders = [
        ORDERS.get(ty.path.last)
        for ty in call.generics
        if isinstance(ty, PathTy) and core_path(ty.path.plain).startswith(_ORDERING)
    ]
    known = [order for order in orders if order is not None]
    if not known or len(known) != len(orders):
        raise Unsupported(f"the ordering of {call.path}", span=at.span)
    return known


def _sem(at: Cursor, call: LibraryCall, scope: Scope) -> MemSem:
    return MemSem(Space.GENERIC, _orders(at, call)[0], scope)


def _compare_exchange(at: Cursor, call: LibraryCall, scope: Scope) -> Tree:
    kind = _memory(at, call)
    success, failure = _orders(at, call)
    pointer = at.value(call.args[0], PTR)
    expected, new = (at.value(arg, kind) for arg in call.args[1:])
    sem = MemSem(Space.GENERIC, success, scope)
    old = at.define(AtomicCas(at.reg(kind), pointer, expected, new, sem, failure, at.loc))
    return Record({0: old, 1: at.compare(Pred.EQ, old, expected)})


def _float_function(at: Cursor, name: str, call: LibraryCall) -> Tree:
    kinds = [scalar(ty) for ty in call.types]
    first = kinds[0]
    if not isinstance(first, FloatType) or None in kinds:
        raise Unsupported(f"a call to {call.path}", span=at.span)
    args = tuple(at.value(arg, kind) for arg, kind in zip(call.args, kinds, strict=True) if kind is not None)
    return at.float_op(name, args, first)


def _bits(at: Cursor, name: str, call: LibraryCall, result: Ty | None) -> Tree:
    ty = call.types[0]
    kind = scalar(ty)
    out = None if result is None else scalar(result)
    if not isinstance(kind, IntType) or not isinstance(out, IntType):
        raise Unsupported(f"a call to {call.path}", span=at.span)
    args = []
    for arg, arg_ty in zip(call.args, call.types, strict=True):
        width = arg_ty.bits if isinstance(arg_ty, IntTy) else kind.bits
        args.append(at.resize(at.value(arg, IntType(width)), kind, signed=False))
    return at.resize(bit_function(at, name, tuple(args), kind, signed(ty)), out, signed=False)

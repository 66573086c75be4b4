"""Calls that the dialect tables give a meaning, as operations."""

from __future__ import annotations

import re
from typing import assert_never

from cuq.base.errors import Unsupported
from cuq.ir.dialects.model import (
    Arithmetic,
    Assumption,
    AtomicRead,
    AtomicWrite,
    Bits,
    BlockBarrier,
    BlockReduction,
    BlockSize,
    Branching,
    Collective,
    CompareExchange,
    Diverges,
    DynamicShared,
    Elect,
    Element,
    FloatFunction,
    LaneRegister,
    LanesMeet,
    Library,
    Match,
    MaxThreads,
    Meaning,
    MemoryFence,
    Never,
    NeverReached,
    NoEffect,
    PtxTemplate,
    PureFunction,
    ReadRegister,
    Reduce,
    Refused,
    Rmw,
    Same,
    Shuffle,
    Unknown,
    Unmodelled,
    VolatileRead,
    VolatileWrite,
    Vote,
)
from cuq.ir.floats import PURE
from cuq.ir.lower.arith import binary
from cuq.ir.lower.atomics import lower_atomic
from cuq.ir.lower.bits import bit_function
from cuq.ir.lower.cursor import Cursor, constant
from cuq.ir.lower.library import LibraryCall, expand
from cuq.ir.lower.memory import load, store
from cuq.ir.lower.types import pointee, scalar, signed
from cuq.ir.lower.values import UNIT, Opaque, Record, Tree
from cuq.ir.lower.warp import FULL, lower_warp, meet
from cuq.ir.ops import FALSE, Arbitrary, Assume, Barrier, ReadSpecial
from cuq.ir.types import I1, I32, I64, PTR, FloatType, IntType, MemSem, Order, Space
from cuq.mir.types import ArrayTy, IntTy, TupleTy, Ty


def lower_intrinsic(at: Cursor, meaning: Meaning, call: LibraryCall, result: Ty | None) -> Tree:
    """The result of a call that returns; `result` is the type of the place it goes to."""
    match meaning:
        case ReadRegister(register=register):
            return at.define(ReadSpecial(at.reg(I32), register, at.loc))
        case BlockBarrier():
            # Sites are numbered when the kernel is complete.
            at.effect(Barrier(0, at.loc))
            return UNIT
        case BlockReduction():
            at.effect(Barrier(0, at.loc))
            return at.define(Arbitrary(at.reg(I32), call.path.plain, at.loc))
        case LaneRegister() | LanesMeet() | Shuffle() | Vote() | Match() | Reduce() | Elect():
            return lower_warp(at, meaning, call, result)
        case Collective():
            meet(at, constant(FULL, I32))
            return _unknown(at, call, result)
        case Unknown():
            return _unknown(at, call, result)
        case BlockSize() | MaxThreads():
            at.objects.launch.add(meaning, call.path)
            return UNIT
        case Rmw() | AtomicRead() | AtomicWrite() | CompareExchange() | MemoryFence():
            return lower_atomic(at, meaning, call, result)
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
            if result is not None and scalar(result) is not None:
                raise Unsupported(f"the result of {call.path}", span=at.span)
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
        case PtxTemplate():
            # Most kernels have none, and need not load the grammar of PTX.
            from cuq.ir.lower.ptx_marker import lower_ptx_marker

            return lower_ptx_marker(at, call, result)
        case PureFunction():
            return _pure(at, call, result)
        case Element():
            return _element(at, call, result)
        case DynamicShared():
            base = at.objects.dynamic_shared()
            return at.ptr_add(base, at.value(call.args[0], I64)) if call.args else base
        case Diverges() | NeverReached() | Branching() | Refused():
            raise Unsupported(f"a call to {call.path} that returns", span=at.span)
        case _:
            assert_never(meaning)


_VOLATILE = MemSem(Space.GENERIC, Order.VOLATILE)


def _first(at: Cursor, call: LibraryCall) -> Ty:
    if not call.generics:
        raise Unsupported(f"a call to {call.path} without its type", span=at.span)
    return call.generics[0]


def _float_function(at: Cursor, name: str, call: LibraryCall) -> Tree:
    kinds = [scalar(ty) for ty in call.types]
    first = kinds[0]
    if not isinstance(first, FloatType) or None in kinds:
        raise Unsupported(f"a call to {call.path}", span=at.span)
    args = tuple(at.value(arg, kind) for arg, kind in zip(call.args, kinds, strict=True) if kind is not None)
    return at.float_op(name, args, first)


def _without_pointers(at: Cursor, call: LibraryCall) -> None:
    """What a function does is no more than its result only if it cannot write through an argument."""
    for ty in call.types:
        if not isinstance(scalar(ty), IntType | FloatType):
            raise Unsupported(f"a call to {call.path} with an argument of type {ty}", span=at.span)


def _unknown(at: Cursor, call: LibraryCall, result: Ty | None) -> Tree:
    """A number, or several, of which nothing is known."""
    kind = None if result is None else scalar(result)
    if isinstance(kind, IntType | FloatType):
        return at.define(Arbitrary(at.reg(kind), call.path.plain, at.loc))
    if (
        isinstance(result, ArrayTy | TupleTy)
        and (parts := at.objects.layouts.parts(result, at.span)) is not None
    ):
        return Record({key: _unknown(at, call, part) for key, _, part in parts})
    return Opaque(f"the result of {call.path}")


def _pure(at: Cursor, call: LibraryCall, result: Ty | None) -> Tree:
    """A number that the arguments determine, if all of them are numbers; else one that is refused."""
    _without_pointers(at, call)
    kinds = [scalar(ty) for ty in call.types]
    out = None if result is None else scalar(result)
    numbers = tuple(kind for kind in kinds if isinstance(kind, IntType | FloatType))
    if not isinstance(out, IntType | FloatType) or len(numbers) < len(kinds):
        return Opaque(f"the result of {call.path}")
    args = tuple(at.value(arg, kind) for arg, kind in zip(call.args, numbers, strict=True))
    return at.float_op(PURE + re.sub(r"\W+", "_", call.path.plain), args, out)


def _element(at: Cursor, call: LibraryCall, result: Ty | None) -> Tree:
    target = None if result is None else pointee(result)
    if target is None:
        raise Unsupported(f"a call to {call.path}", span=at.span)
    array, index = call.args
    return at.element(at.value(array, PTR), at.value(index, I64), at.size(target))


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

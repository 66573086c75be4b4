"""Atomic operations and fences that a dialect gives to a call: type of the cell, ordering, operation."""

from __future__ import annotations

from cuq.base.errors import Unsupported
from cuq.ir.dialects.model import AtomicRead, AtomicWrite, CompareExchange, MemoryFence, Rmw
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.enums import variant_of
from cuq.ir.lower.library import LibraryCall
from cuq.ir.lower.types import core_path, pointee, scalar
from cuq.ir.lower.values import UNIT, Part, Record, Tree, project
from cuq.ir.ops import AtomicCas, AtomicRmw, Const, Fence, Pred, RmwOp
from cuq.ir.types import I64, PTR, FloatType, MemSem, Order, Space, Type
from cuq.mir.types import PathTy, Ty

ORDERS = {
    "Relaxed": Order.RELAXED,
    "Acquire": Order.ACQUIRE,
    "Release": Order.RELEASE,
    "AcqRel": Order.ACQ_REL,
    "SeqCst": Order.SC,
}
"""Rust's names, which device APIs use as well."""

_ORDERING = "core::intrinsics::AtomicOrdering"
_READS = {Order.ACQ_REL: Order.ACQUIRE, Order.RELEASE: Order.RELAXED}

Atomic = Rmw | AtomicRead | AtomicWrite | CompareExchange | MemoryFence


def lower_atomic(at: Cursor, meaning: Atomic, call: LibraryCall, result: Ty | None) -> Tree:
    """The result of the call; `result` is the type of the place it goes to."""
    orders = _orders(at, call) if meaning.order is None else [meaning.order]
    if isinstance(meaning, MemoryFence):
        at.effect(Fence(orders[0], meaning.scope, at.loc))
        return UNIT
    sem = MemSem(Space.GENERIC, orders[0], meaning.scope)
    pointer = at.value(call.args[0], PTR)
    match meaning:
        case Rmw(op=op, value_last=last):
            kind = _cell(at, call, call.types[-1 if last else 1])
            value = at.value(call.args[-1 if last else 1], kind)
            if isinstance(kind, FloatType) and op in (RmwOp.ADD, RmwOp.SUB):
                if op is RmwOp.SUB:
                    value = at.float_op("fneg", (value,), kind)
                op = RmwOp.FADD
            return at.define(AtomicRmw(at.reg(kind), op, pointer, value, sem, at.loc))
        case AtomicRead():
            return at.load(pointer, _cell(at, call, result), sem)
        case AtomicWrite(value_last=last):
            kind = _cell(at, call, call.types[-1 if last else 1])
            at.store(pointer, at.value(call.args[-1 if last else 1], kind), sem)
            return UNIT
        case CompareExchange(returns_old=returns_old):
            kind = _cell(at, call, call.types[1])
            expected, new = (at.value(arg, kind) for arg in call.args[1:3])
            failure = orders[1] if len(orders) > 1 else _READS.get(orders[0], orders[0])
            old = at.define(AtomicCas(at.reg(kind), pointer, expected, new, sem, failure, at.loc))
            return old if returns_old else Record({0: old, 1: at.compare(Pred.EQ, old, expected)})


def _cell(at: Cursor, call: LibraryCall, other: Ty | None) -> Type:
    """The type of the cell: a generic argument, or else the type of the value."""
    ty = next((ty for ty in call.generics if not _is_ordering(ty)), other)
    kind = None if ty is None or (pointee(ty) is not None and scalar(ty) is None) else scalar(ty)
    if kind is None:
        raise Unsupported(f"an atomic of type {ty}", span=at.span)
    return kind


def _is_ordering(ty: Ty) -> bool:
    return isinstance(ty, PathTy) and core_path(ty.path.plain).startswith(_ORDERING)


def _orders(at: Cursor, call: LibraryCall) -> list[Order]:
    """The orderings that the call names: generic arguments, or constant arguments of an enum."""
    names = [ty.path.last for ty in call.generics if isinstance(ty, PathTy) and _is_ordering(ty)]
    if not names:
        names = [
            _named(at, call, arg, ty)
            for arg, ty in zip(call.args, call.types, strict=True)
            if isinstance(ty, PathTy) and ty.path.last.endswith("Ordering")
        ]
    if not names or any(name not in ORDERS for name in names):
        raise Unsupported(f"the ordering of {call.path}", span=at.span)
    return [ORDERS[name] for name in names]


def _named(at: Cursor, call: LibraryCall, arg: Tree, ty: PathTy) -> str:
    number = at.value(project(arg, Part.DISCRIMINANT), I64)
    if not isinstance(number, Const):
        raise Unsupported(f"an ordering of {call.path} that is not constant", span=at.span)
    return variant_of(at.objects.facts.enums, ty, number.bits) or ""

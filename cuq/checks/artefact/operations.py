"""Synchronising operations, as the IR asks for them and as instructions of PTX have them.

`kind` is `barrier`, `fence`, `load`, `store`, or the operation of an atomic read-modify-write as PTX calls it. Orders
and scopes are named as in the PTX ISA.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir import ops as o
from cuq.ir.types import MemSem, Order
from cuq.ptx.instructions.effects import (
    BlockBarrier,
    Effect,
    Fence,
    Read,
    Strength,
    Update,
    WarpBarrier,
    Write,
)
from cuq.ptx.instructions.tree import Address, Integer

Targets = frozenset[str] | None
"""Objects that an address may point into; None where that cannot be told."""

WIDTH = {"cta": 0, "cluster": 1, "gpu": 2, "sys": 2}
"""How far a scope reaches on one device."""


@dataclass(frozen=True, slots=True)
class Access:
    """A plain access to memory, which orders nothing."""

    write: bool
    targets: Targets


_UPDATES = {
    o.RmwOp.ADD: "add",
    o.RmwOp.SUB: "add",
    o.RmwOp.FADD: "add",
    o.RmwOp.AND: "and",
    o.RmwOp.OR: "or",
    o.RmwOp.XOR: "xor",
    o.RmwOp.UMIN: "min",
    o.RmwOp.SMIN: "min",
    o.RmwOp.UMAX: "max",
    o.RmwOp.SMAX: "max",
    o.RmwOp.EXCH: "exch",
}
"""A subtraction adds the negated operand; there is no `nand`: it becomes a loop."""

_WORD = 4
"""Bytes of the smallest atomic compare-and-swap that back ends write; smaller ones become loops around it."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, and where it stands.

    before, after: the order of a fence that is right beside it on each way through the code, and reaches as far.
    least: as asked for, the order of a compare-and-swap that succeeds; empty if that is `order`.
    retried: as asked for, a back end may write it as a loop of compare-and-swaps.
    """

    kind: str
    order: str
    scope: str
    span: Span | None
    before: str = ""
    after: str = ""
    targets: Targets = None
    least: str = ""
    retried: bool = False


def of_ir(op: o.Op, targets: Callable[[o.Value], Targets]) -> Operation | None:
    """What an operation of a kernel asks for; None for one that does not synchronise."""
    span = op.loc.span
    match op:
        case o.Barrier():
            return Operation("barrier", "acq_rel", "cta", span)
        case o.WarpBarrier():
            return Operation("warp barrier", "acq_rel", "cta", span)
        case o.Fence(order=order, scope=scope):
            return Operation("fence", order.value, scope.value, span)
        case o.Load(sem=sem, pointer=pointer) if sem.order.atomic:
            return _access("load", sem, span, targets(pointer))
        case o.Store(sem=sem, pointer=pointer) if sem.order.atomic:
            return _access("store", sem, span, targets(pointer))
        case o.AtomicRmw(op=what, sem=sem, pointer=pointer):
            return _access(_UPDATES.get(what, what.value), sem, span, targets(pointer), True)
        case o.AtomicCas(sem=sem, pointer=pointer, expected=expected, failure=failure):
            found = _access("cas", sem, span, targets(pointer), expected.type.width < _WORD)
            order = _or_acquire(sem.order, failure)
            return found if order is sem.order else replace(found, order=order.value, least=found.order)
        case _:
            return None


def _or_acquire(order: Order, failure: Order) -> Order:
    """What does for both (LLVM: `AtomicCmpXchgInst::getMergedOrdering`)."""
    match failure, order:
        case Order.SC, _:
            return Order.SC
        case Order.ACQUIRE, Order.RELAXED:
            return Order.ACQUIRE
        case Order.ACQUIRE, Order.RELEASE:
            return Order.ACQ_REL
        case _:
            return order


def _access(kind: str, sem: MemSem, span: Span | None, targets: Targets, retried: bool = False) -> Operation:
    assert sem.scope is not None
    return Operation(kind, sem.order.value, sem.scope.value, span, targets=targets, retried=retried)


def of_effect(what: Effect, span: Span, targets: Callable[[Address], Targets]) -> Operation | None:
    """What an instruction does; None for one that does not synchronise. Volatile accesses are plain ones here."""
    match what:
        case BlockBarrier(kind="arrive"):
            return Operation("arrive", "acq_rel", "cta", span)
        case BlockBarrier(id=Integer(value=0), count=None):
            return Operation("barrier", "acq_rel", "cta", span)
        case BlockBarrier(id=id):
            return Operation(f"barrier of a part ({id})", "acq_rel", "cta", span)
        case WarpBarrier():
            return Operation("warp barrier", "acq_rel", "cta", span)
        case Fence(order=order, scope=scope):
            return Operation("fence", order, scope, span)
        case Read(strength=Strength(order=order, scope=scope), address=address) if _strong(order, scope):
            return Operation("load", order, scope or "", span, targets=targets(address))
        case Write(strength=Strength(order=order, scope=scope), address=address) if _strong(order, scope):
            return Operation("store", order, scope or "", span, targets=targets(address))
        case Update(op=op, strength=Strength(order=order, scope=scope), address=address):
            return Operation(op, order, scope or "gpu", span, targets=targets(address))
        case _:
            return None


def _strong(order: str, scope: str | None) -> bool:
    return scope is not None and order != "volatile"

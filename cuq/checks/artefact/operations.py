"""Synchronising operations of a kernel, as its source asks for them and as its PTX has them.

`kind` is `barrier`, `fence`, `load`, `store`, or the operation of an atomic read-modify-write as PTX calls it. Orders
and scopes are named as in the PTX ISA.
"""

from __future__ import annotations

from collections.abc import Iterator

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir import ops as o
from cuq.ir.module import Kernel
from cuq.ir.types import MemSem
from cuq.ptx.instructions import effect
from cuq.ptx.instructions.effects import (
    BlockBarrier,
    Choose,
    ClusterBarrier,
    CompareTo,
    Compute,
    Control,
    ConvertAddress,
    Fence,
    Move,
    Nothing,
    NotKnown,
    Read,
    Strength,
    Update,
    WarpBarrier,
    Write,
)
from cuq.ptx.instructions.tree import Instruction, Name
from cuq.ptx.module import Function, Module

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

_PANICS = ("9panicking", "rust_begin_unwind", "panic_fmt")
"""In the mangled names of functions that end a thread."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`before` and `after`: the order of a fence that stands right there, which is part of the operation then."""

    kind: str
    order: str
    scope: str
    span: Span | None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something in the PTX that may synchronise or not."""

    what: str
    span: Span


def asked_for(kernel: Kernel) -> tuple[Operation, ...]:
    """What the source asks for, in the order of the text."""
    return tuple(_source(kernel))


def _source(kernel: Kernel) -> Iterator[Operation]:
    for op in kernel.ops():
        span = op.loc.span
        match op:
            case o.Barrier():
                yield Operation("barrier", "acq_rel", "cta", span)
            case o.WarpBarrier():
                yield Operation("warp barrier", "acq_rel", "cta", span)
            case o.Fence(order=order, scope=scope):
                yield Operation("fence", order.value, scope.value, span)
            case o.Load(sem=sem) if sem.order.atomic:
                yield _access("load", sem, span)
            case o.Store(sem=sem) if sem.order.atomic:
                yield _access("store", sem, span)
            case o.AtomicRmw(op=what, sem=sem):
                yield _access(_UPDATES.get(what, what.value), sem, span)
            case o.AtomicCas(sem=sem):
                yield _access("cas", sem, span)
            case _:
                pass


def _access(kind: str, sem: MemSem, span: Span | None) -> Operation:
    assert sem.scope is not None
    return Operation(kind, sem.order.value, sem.scope.value, span)


def found_in(module: Module, function: Function) -> tuple[tuple[Operation, ...], tuple[Unclear, ...]]:
    """What the PTX of a function has, with that of the functions it calls; and what is not understood."""
    operations: list[Operation] = []
    unclear: list[Unclear] = []
    _collect(module, function, operations, unclear, frozenset())
    return tuple(_with_fences(operations)), tuple(unclear)


def _collect(
    module: Module,
    function: Function,
    operations: list[Operation],
    unclear: list[Unclear],
    inside: frozenset[str],
) -> None:
    for statement in function.body or ():
        if not isinstance(statement, Instruction):
            operations.append(_NOTHING)
            continue
        what = effect(statement)
        match what:
            case NotKnown(reason=reason):
                unclear.append(Unclear(reason, statement.span))
            case ClusterBarrier():
                unclear.append(Unclear(f"`{statement.opcode}`", statement.span))
            case Control(op=op) if op.startswith("call"):
                callee = next((x.text for x in statement.operands if isinstance(x, Name)), "")
                target = module.function(callee)
                if any(word in callee for word in _PANICS):
                    continue
                if target is None or target.body is None or callee in inside:
                    unclear.append(Unclear(f"a call of `{callee or 'a pointer'}`", statement.span))
                else:
                    _collect(module, target, operations, unclear, inside | {function.name})
            case Move() | ConvertAddress() | Compute() | CompareTo() | Choose() | Nothing():
                pass  # nothing that a fence orders
            case Read(strength=Strength(space="param")):
                pass
            case _:
                operations.append(_of(what, statement.span) or _NOTHING)


_NOTHING = Operation("", "", "", None)


def _of(what: object, span: Span) -> Operation | None:
    match what:
        case BlockBarrier(kind="arrive"):
            return Operation("arrive", "acq_rel", "cta", span)
        case BlockBarrier():
            return Operation("barrier", "acq_rel", "cta", span)
        case WarpBarrier():
            return Operation("warp barrier", "acq_rel", "cta", span)
        case Fence(order=order, scope=scope):
            return Operation("fence", order, scope, span)
        case Read(strength=Strength(order=order, scope=scope)) if scope is not None and order != "volatile":
            return Operation("load", order, scope, span)
        case Write(strength=Strength(order=order, scope=scope)) if scope is not None and order != "volatile":
            return Operation("store", order, scope, span)
        case Update(op=op, strength=Strength(order=order, scope=scope)):
            return Operation(op, order, scope or "gpu", span)
        case _:
            return None


def _with_fences(operations: list[Operation]) -> Iterator[Operation]:
    """Back ends write an ordered operation as a relaxed one with fences right before and after it."""
    for i, operation in enumerate(operations):
        if operation is _NOTHING:
            continue
        before = operations[i - 1] if i else _NOTHING
        after = operations[i + 1] if i + 1 < len(operations) else _NOTHING
        yield Operation(
            operation.kind,
            operation.order,
            operation.scope,
            operation.span,
            before.order if before.kind == "fence" else "",
            after.order if after.kind == "fence" else "",
        )

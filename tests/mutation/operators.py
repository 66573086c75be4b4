"""Automatic mutants of a kernel's IR: one small change each, of the kinds that break GPU kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from cuq.ir.module import Block, Kernel
from cuq.ir.operands import operands
from cuq.ir.ops import (
    TRUE,
    AtomicCas,
    AtomicRmw,
    Barrier,
    Binary,
    BinOp,
    Branch,
    Cast,
    Compare,
    Const,
    Fence,
    Load,
    Op,
    Pred,
    PtrAdd,
    ReadSpecial,
    Reg,
    Store,
)
from cuq.ir.types import I64, PTR, MemSem, Order, Scope, Special


@dataclass(frozen=True, slots=True)
class Mutant:
    """`operator`: the kind of change. `what`: this change, in words."""

    operator: str
    what: str
    kernel: Kernel


Change = tuple[str, list[Op]]
"""What was done, and the operations that stand in an operation's place."""


def mutants(kernel: Kernel) -> Iterator[Mutant]:
    """All mutants, operator by operator, in the order of the text."""
    fresh = 1 + max((reg.id for op in kernel.ops() for reg in _registers(op)), default=0)
    fresh = max(fresh, 1 + max((reg.id for b in kernel.blocks for reg in b.params), default=0))
    fresh = max(fresh, 1 + max((reg.id for p in kernel.params for reg in p.regs), default=0))
    for name, operator in OPERATORS.items():
        for index, block in enumerate(kernel.blocks):
            for position, op in enumerate(block.ops):
                for what, ops in operator(op, fresh):
                    changed = replace(block, ops=(*block.ops[:position], *ops, *block.ops[position + 1 :]))
                    yield Mutant(name, f"{block.label}: {what}", _with(kernel, index, changed))
    yield from _moved_barriers(kernel)
    yield from _weak_guards(kernel)


def _with(kernel: Kernel, index: int, block: Block) -> Kernel:
    return replace(kernel, blocks=(*kernel.blocks[:index], block, *kernel.blocks[index + 1 :]))


def _registers(op: Op) -> Iterator[Reg]:
    result = getattr(op, "result", None)
    if isinstance(result, Reg):
        yield result
    yield from (v for v in operands(op) if isinstance(v, Reg))


def _drop_barrier(op: Op, fresh: int) -> Iterator[Change]:
    if isinstance(op, Barrier):
        yield f"barrier {op.site} dropped", []


def _shift_index(op: Op, fresh: int) -> Iterator[Change]:
    """The address of an access one element on, or one back."""
    if isinstance(op, Load | Store):
        value = op.result if isinstance(op, Load) else op.value
        width = value.type.width
        for by in (width, -width):
            moved = Reg(fresh, PTR)
            step = PtrAdd(moved, op.pointer, Const(by % (1 << 64), I64), False, op.loc)
            yield f"{type(op).__name__.lower()} {by:+} bytes", [step, replace(op, pointer=moved)]


def _change_stride(op: Op, fresh: int) -> Iterator[Change]:
    """A factor or a step that is another one."""
    if not isinstance(op, Binary):
        return
    if op.op in (BinOp.MUL, BinOp.SHL):
        for side, value in (("a", op.a), ("b", op.b)):
            if isinstance(value, Const) and value.bits > 0:
                for bits in (value.bits - 1, value.bits + 1):
                    yield (
                        f"{op.op.value} by {bits} for {value.bits}",
                        [_side(op, side, Const(bits, value.type))],
                    )
    if op.op is BinOp.MUL:
        yield "mul is add", [replace(op, op=BinOp.ADD)]
    if op.op is BinOp.ADD:
        for side, value in (("a", op.a), ("b", op.b)):
            if isinstance(value, Const) and value.bits in (1, 2):
                other = Const(3 - value.bits, value.type)
                yield f"step {other.bits} for {value.bits}", [_side(op, side, other)]


def _side(op: Binary, side: str, value: Const) -> Binary:
    return replace(op, a=value) if side == "a" else replace(op, b=value)


def _swap_dimension(op: Op, fresh: int) -> Iterator[Change]:
    if isinstance(op, ReadSpecial) and "." in op.register.value:
        family, axis = op.register.value.split(".")
        others = [f"{family}.{'y' if axis == 'x' else 'x'}"]
        others += {"tid": [f"ctaid.{axis}"], "ctaid": [f"tid.{axis}"], "ntid": [f"nctaid.{axis}"]}.get(
            family, [f"ntid.{axis}"]
        )
        for other in others:
            yield f"{other} for {op.register.value}", [replace(op, register=Special(other))]


_WEAKER = {
    Order.SC: Order.RELAXED,
    Order.ACQ_REL: Order.RELAXED,
    Order.ACQUIRE: Order.RELAXED,
    Order.RELEASE: Order.RELAXED,
}


def _weaken_ordering(op: Op, fresh: int) -> Iterator[Change]:
    match op:
        case Fence():
            yield "fence dropped", []
        case Load(sem=sem) | Store(sem=sem) | AtomicRmw(sem=sem) | AtomicCas(sem=sem) if sem.order.atomic:
            if sem.order in _WEAKER:
                weaker = MemSem(sem.space, _WEAKER[sem.order], sem.scope)
                yield f"relaxed for {sem.order.value}", [replace(op, sem=weaker)]
            if sem.scope is not Scope.CTA:
                yield "the scope of a block", [replace(op, sem=MemSem(sem.space, sem.order, Scope.CTA))]
            if isinstance(op, Load | Store):
                yield "a plain access", [replace(op, sem=MemSem(sem.space))]
        case _:
            return


def _weaken_comparison(op: Op, fresh: int) -> Iterator[Change]:
    if isinstance(op, Compare):
        wider = {Pred.ULT: Pred.ULE, Pred.SLT: Pred.SLE, Pred.ULE: Pred.ULT, Pred.SLE: Pred.SLT}
        if op.pred in wider:
            yield f"{wider[op.pred].value} for {op.pred.value}", [replace(op, pred=wider[op.pred])]
        else:
            other = Pred.NE if op.pred is Pred.EQ else Pred.EQ
            yield f"{other.value} for {op.pred.value}", [replace(op, pred=other)]


def _truncate(op: Op, fresh: int) -> Iterator[Change]:
    """An index cut to its low bits."""
    if isinstance(op, Binary) and op.op is BinOp.AND and isinstance(op.b, Const) and op.b.bits > 1:
        yield "a shorter mask", [replace(op, b=Const(op.b.bits >> 1, op.b.type))]
    if isinstance(op, Cast) and isinstance(op.a, Reg) and op.kind.value == "zext":
        yield "sign extended", [replace(op, kind=type(op.kind)("sext"))]


OPERATORS: dict[str, Callable[[Op, int], Iterator[Change]]] = {
    "drop a barrier": _drop_barrier,
    "shift an index": _shift_index,
    "change a stride": _change_stride,
    "swap a dimension": _swap_dimension,
    "weaken an ordering": _weaken_ordering,
    "weaken a guard": _weaken_comparison,
    "cut an index": _truncate,
}


def _moved_barriers(kernel: Kernel) -> Iterator[Mutant]:
    """A barrier at the start or the end of its block, or of the next one."""
    for index, block in enumerate(kernel.blocks):
        for position, op in enumerate(block.ops):
            if not isinstance(op, Barrier):
                continue
            rest = (*block.ops[:position], *block.ops[position + 1 :])
            for what, ops in (("to the start", (op, *rest)), ("to the end", (*rest, op))):
                if ops != block.ops:
                    moved = _with(kernel, index, replace(block, ops=ops))
                    yield Mutant("move a barrier", f"{block.label}: barrier {op.site} {what}", moved)
            without = _with(kernel, index, replace(block, ops=rest))
            for other, target in enumerate(kernel.blocks):
                if other != index and any(isinstance(o, Load | Store) for o in target.ops):
                    put = replace(without.blocks[other], ops=(op, *target.ops))
                    what = f"{block.label}: barrier {op.site} into {target.label}"
                    yield Mutant("move a barrier", what, _with(without, other, put))


def _weak_guards(kernel: Kernel) -> Iterator[Mutant]:
    """A branch that is always taken, one way or the other, where both ways go on."""
    for index, block in enumerate(kernel.blocks):
        branch = block.terminator
        if isinstance(branch, Branch) and branch.then.target != branch.otherwise.target:
            for what, changed in (
                ("always", replace(branch, cond=TRUE)),
                ("never", replace(branch, cond=TRUE, then=branch.otherwise, otherwise=branch.then)),
            ):
                mutated = _with(kernel, index, replace(block, terminator=changed))
                yield Mutant("weaken a guard", f"{block.label}: branch {what}", mutated)

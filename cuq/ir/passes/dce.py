"""Removes operations and block parameters whose values nothing depends on.

Operations with an effect stay: memory accesses (a read may race), barriers, fences, assumptions, and
whatever may be undefined behaviour (overflow of `nowrap`, leaving an object, dividing by zero).
"""

from __future__ import annotations

from dataclasses import replace

from cuq.ir.fold import to_signed
from cuq.ir.module import Kernel, successors
from cuq.ir.operands import operands, result, terminator_operands
from cuq.ir.ops import (
    Arbitrary,
    Binary,
    BinOp,
    Cast,
    Compare,
    Const,
    FloatOp,
    NoWrap,
    Op,
    Overflow,
    PtrAdd,
    ReadSpecial,
    Reg,
    Select,
    Value,
)
from cuq.ir.passes.rewrite import keep_params, with_blocks

_DIVISIONS = (BinOp.UDIV, BinOp.SDIV, BinOp.UREM, BinOp.SREM)


def is_pure(op: Op) -> bool:
    """Whether executing the operation has no effect at all but its result."""
    match op:
        case Binary(op=kind, b=b, nowrap=nowrap):
            return nowrap is NoWrap.NONE and (kind not in _DIVISIONS or _safe_divisor(b))
        case PtrAdd(inbounds=inbounds):
            return not inbounds
        case Overflow() | Compare() | Cast() | Select() | FloatOp() | ReadSpecial() | Arbitrary():
            return True
        case _:
            return False


def _safe_divisor(value: Value) -> bool:
    """Neither 0 nor -1."""
    return isinstance(value, Const) and to_signed(value.bits, value.type.bits) not in (0, -1)


def remove_dead(kernel: Kernel) -> Kernel:
    args: dict[Reg, list[Value]] = {}
    targets = {block.label: block.params for block in kernel.blocks}
    work: list[Value] = [obj.length for obj in kernel.objects if obj.length is not None]
    defined: dict[Reg, Op] = {}
    for block in kernel.blocks:
        work.extend(terminator_operands(block.terminator))
        for edge in successors(block.terminator):
            for reg, arg in zip(targets[edge.target], edge.args, strict=True):
                args.setdefault(reg, []).append(arg)
        for op in block.ops:
            value = result(op)
            if value is not None:
                defined[value] = op
            if not is_pure(op):
                work.extend(operands(op))
                if value is not None:
                    work.append(value)
    live: set[Reg] = set()
    while work:
        read = work.pop()
        if isinstance(read, Reg) and read not in live:
            live.add(read)
            work.extend(args.get(read, ()))
            if read in defined:
                work.extend(operands(defined[read]))
    blocks = [
        replace(block, ops=tuple(op for op in block.ops if result(op) in live or not is_pure(op)))
        for block in kernel.blocks
    ]
    return with_blocks(kernel, keep_params(blocks, lambda reg: reg in live))

"""Constant folding, branches on constants, block parameters that always have one value."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from cuq.ir.fold import fold
from cuq.ir.module import Block, Kernel
from cuq.ir.operands import map_operands, result
from cuq.ir.ops import (
    FALSE,
    TRUE,
    Binary,
    BinOp,
    Branch,
    Cast,
    Compare,
    Const,
    Jump,
    Loc,
    Op,
    Pred,
    Reg,
    Select,
    Switch,
    Terminator,
    Value,
)
from cuq.ir.passes.rewrite import (
    incoming,
    keep_params,
    reachable,
    resolve,
    substitute,
    with_blocks,
)
from cuq.ir.types import I1


def simplify(kernel: Kernel) -> Kernel:
    """Repeats until nothing changes."""
    while True:
        simpler = _once(kernel)
        if simpler == kernel:
            return simpler
        kernel = simpler


def _once(kernel: Kernel) -> Kernel:
    values: dict[Reg, Value] = {}
    known: dict[Reg, Op] = {}
    blocks: list[Block] = []
    for block in substitute(reachable(kernel.blocks), _single_values(kernel.blocks)):
        ops: list[Op] = []
        for op in block.ops:
            op = _reduce(map_operands(op, lambda value: resolve(values, value)), known)
            reg, value = result(op), fold(op, known)
            if reg is not None and value is not None:
                values[reg] = value
                continue
            ops.append(op)
            if reg is not None:
                known[reg] = op
        blocks.append(replace(block, ops=tuple(ops)))
    folded = substitute(blocks, values)
    ends = [replace(block, terminator=_end(block.terminator, known)) for block in folded]
    return with_blocks(kernel, _without_single(reachable(ends)))


def _reduce(op: Op, known: dict[Reg, Op]) -> Op:
    """A simpler operation with the same result, or the operation itself."""
    match op:
        case Compare(result=reg, pred=Pred.EQ, a=a, b=Const(bits=0), loc=loc) if a.type == I1:
            return Binary(reg, BinOp.XOR, a, TRUE, loc)
        case Compare(pred=Pred.EQ | Pred.NE, a=Reg() as a, b=Const() as b, loc=loc):
            choice = known.get(a)
            if isinstance(choice, Select) and choice.a != choice.b:
                sides = (choice.a == b, choice.b == b)
                constant = isinstance(choice.a, Const) and isinstance(choice.b, Const)
                if constant and any(sides):
                    return _truth(op.result, choice.cond, sides[0] == (op.pred is Pred.EQ), loc)
        case Select(result=reg, cond=cond, a=Const(bits=0), b=Const(bits=1), loc=loc) if reg.type == I1:
            return Binary(reg, BinOp.XOR, cond, TRUE, loc)
        case Binary(a=Const(), b=Reg() as b) | Cast(a=Reg() as b):
            return _into_arms(op, known.get(b))
        case Binary(a=Reg() as a, b=Const()):
            return _into_arms(op, known.get(a))
        case _:
            pass
    return op


def _truth(reg: Reg, cond: Value, same: bool, loc: Loc) -> Op:
    """`reg` = `cond`, or its negation."""
    return Select(reg, cond, *((TRUE, FALSE) if same else (FALSE, TRUE)), loc)


def _into_arms(op: Op, choice: Op | None) -> Op:
    """An operation on constants and a choice of two constants is a choice of two constants."""
    reg = result(op)
    match choice:
        case Select(result=chosen, cond=cond, a=Const() as a, b=Const() as b) if reg is not None:
            arms = [fold(map_operands(op, partial(_replaced, chosen, arm)), {}) for arm in (a, b)]
            if arms[0] is not None and arms[1] is not None:
                return Select(reg, cond, arms[0], arms[1], op.loc)
        case _:
            pass
    return op


def _replaced(old: Reg, new: Value, value: Value) -> Value:
    return new if value == old else value


def _single_values(blocks: tuple[Block, ...]) -> dict[Reg, Value]:
    """Parameters that every edge gives the same value (or themselves)."""
    edges = incoming(reachable(blocks))
    found: dict[Reg, Value] = {}
    for block in reachable(blocks)[1:]:
        for i, reg in enumerate(block.params):
            args = {resolve(found, edge.args[i]) for _, edge in edges[block.label]} - {reg}
            if len(args) == 1:
                found[reg] = args.pop()
    return found


def _without_single(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    found = _single_values(blocks)
    return keep_params(substitute(blocks, found), lambda reg: reg not in found)


def _end(terminator: Terminator, known: dict[Reg, Op]) -> Terminator:
    match terminator:
        case Branch(cond=Const(bits=bits), then=then, otherwise=otherwise, loc=loc):
            return Jump(then if bits else otherwise, loc)
        case Branch(then=then, otherwise=otherwise, loc=loc) if then == otherwise:
            return Jump(then, loc)
        case Branch(cond=Reg() as cond, then=then, otherwise=otherwise, loc=loc):
            match known.get(cond):
                case Binary(op=BinOp.XOR, a=inner, b=Const(bits=1)):
                    return _end(Branch(inner, otherwise, then, loc), known)
                case _:
                    return terminator
        case Switch(value=Const(bits=bits), cases=cases, default=default, loc=loc):
            return Jump(next((edge for case, edge in cases if case == bits), default), loc)
        case Switch(cases=cases, default=default, loc=loc) if all(edge == default for _, edge in cases):
            return Jump(default, loc)
        case _:
            return terminator

"""Computes the same pure value once, and uses what branches tell.

Operations equal to one in a dominating position are dropped, and so are branches whose condition was branched
on before. Where a branch shows a register to be a constant, the constant takes its place.
"""

from __future__ import annotations

from dataclasses import field, fields, replace

from cuq.base.records import dataclass
from cuq.ir.graph import cfg
from cuq.ir.module import Block, Kernel
from cuq.ir.operands import map_operands, map_terminator, result
from cuq.ir.ops import (
    FALSE,
    Binary,
    BinOp,
    Branch,
    Cast,
    Compare,
    Const,
    Edge,
    FloatOp,
    Jump,
    Op,
    Overflow,
    Pred,
    PtrAdd,
    ReadSpecial,
    Reg,
    Select,
    Terminator,
    Value,
)
from cuq.ir.passes.rewrite import incoming, with_blocks
from cuq.ir.types import I1, IntType

_VALUES = (Binary, Overflow, Compare, Cast, Select, FloatOp, ReadSpecial, PtrAdd)
"""Operations whose result depends on nothing but their operands (special registers do not change)."""

_Key = tuple[object, ...]
_KEPT: dict[type[Op], tuple[str, ...]] = {
    kind: tuple(f.name for f in fields(kind) if f.name not in ("result", "loc")) for kind in _VALUES
}


def _key(op: Op) -> _Key | None:
    """What makes two operations the same computation; None for operations that are not values."""
    kept, reg = _KEPT.get(type(op)), result(op)
    if kept is None or reg is None:
        return None
    # The type of the result is part of what a cast does.
    return (type(op), reg.type, *(getattr(op, name) for name in kept))


@dataclass(slots=True)
class _Scope:
    """What holds in a block and in the blocks that it dominates."""

    seen: dict[_Key, Value] = field(default_factory=dict)
    values: dict[Reg, Value] = field(default_factory=dict)
    truths: dict[Value, bool] = field(default_factory=dict)

    def read(self, value: Value) -> Value:
        while isinstance(value, Reg) and value in self.values:
            value = self.values[value]
        return value

    def inner(self) -> _Scope:
        return _Scope(dict(self.seen), dict(self.values), dict(self.truths))

    def learn(self, cond: Value, truth: bool, ops: dict[Reg, Op]) -> None:
        """`cond` is `truth` from here on."""
        if not isinstance(cond, Reg):
            return
        self.truths[cond] = truth
        match ops.get(cond):
            case Compare(pred=Pred.EQ, a=Reg() as a, b=Const() as b) if truth:
                self.values[a] = b
            case Compare(pred=Pred.NE, a=Reg() as a, b=Const() as b) if not truth:
                self.values[a] = b
            case Compare(pred=Pred.NE, a=a, b=Const(bits=0, type=IntType() as kind)) if truth:
                self._in_range(BinOp.SUB, a, Const(1, kind))
            case Compare(pred=Pred.ULT, a=Const(bits=0, type=IntType() as kind), b=b) if truth:
                self._in_range(BinOp.SUB, b, Const(1, kind))
            case Compare(pred=Pred.ULT, a=a) if truth and isinstance(a.type, IntType):
                self._in_range(BinOp.ADD, a, Const(1, a.type))
            case Compare(pred=Pred.ULT, a=Const(bits=0) as zero, b=Reg() as b) if not truth:
                self.values[b] = zero
            case Binary(op=BinOp.XOR, a=inner, b=Const(bits=1)) if inner.type == I1:
                self.learn(inner, not truth, ops)
            case Binary(op=BinOp.AND, a=a, b=b) if a.type == I1 and truth:
                self.learn(a, True, ops)
                self.learn(b, True, ops)
            case Binary(op=BinOp.OR, a=a, b=b) if a.type == I1 and not truth:
                self.learn(a, False, ops)
                self.learn(b, False, ops)
            case _:
                pass

    def _in_range(self, op: BinOp, a: Value, b: Const) -> None:
        """`a op b` does not leave the range of its unsigned type."""
        self.seen[Overflow, I1, op, False, a, b] = FALSE


def number_values(kernel: Kernel) -> Kernel:
    by_label = {block.label: block for block in kernel.blocks}
    children = cfg(kernel).dominators.children
    edges = incoming(kernel.blocks)
    ops: dict[Reg, Op] = {}
    done: dict[str, Block] = {}
    stack = [(kernel.blocks[0].label, _Scope())]
    while stack:
        label, scope = stack.pop()
        _learn_from_branch(scope, edges[label], ops)
        done[label] = _block(by_label[label], scope, ops)
        stack.extend((child, scope.inner()) for child in children[label])
    return with_blocks(kernel, [done[b.label] for b in kernel.blocks if b.label in done])


def _learn_from_branch(scope: _Scope, into: list[tuple[Block, Edge]], ops: dict[Reg, Op]) -> None:
    """The condition that holds in a block that only one arm of a branch leads to."""
    if len(into) == 1 and isinstance(into[0][0].terminator, Branch):
        branch, edge = into[0][0].terminator, into[0][1]
        scope.learn(scope.read(branch.cond), edge == branch.then, ops)


def _block(block: Block, scope: _Scope, known: dict[Reg, Op]) -> Block:
    ops: list[Op] = []
    for op in block.ops:
        op = map_operands(op, scope.read)
        reg, key = result(op), _key(op)
        if reg is not None and key is not None:
            same = scope.seen.setdefault(key, reg)
            if same != reg:
                scope.values[reg] = same
                continue
        if reg is not None:
            known[reg] = op
        ops.append(op)
    return replace(block, ops=tuple(ops), terminator=_terminator(block.terminator, scope, known))


def _terminator(end: Terminator, scope: _Scope, known: dict[Reg, Op]) -> Terminator:
    if isinstance(end, Branch):
        cond = scope.read(end.cond)
        if cond in scope.truths:
            return Jump(_edge(end.then if scope.truths[cond] else end.otherwise, scope), end.loc)
        arms = []
        for edge, truth in ((end.then, True), (end.otherwise, False)):
            arm = scope
            if edge.args:
                arm = scope.inner()
                arm.learn(cond, truth, known)
            arms.append(_edge(edge, arm))
        return Branch(cond, arms[0], arms[1], end.loc)
    return map_terminator(end, scope.read, lambda edge: _edge(edge, scope))


def _edge(edge: Edge, scope: _Scope) -> Edge:
    return Edge(edge.target, tuple(map(scope.read, edge.args))) if edge.args else edge

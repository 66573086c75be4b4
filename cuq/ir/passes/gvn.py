"""Computes the same pure value once: operations equal to one in a dominating position are dropped, and
branches whose condition was branched on before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from cuq.ir.graph import cfg
from cuq.ir.module import Block, Kernel
from cuq.ir.operands import map_operands, map_terminator, result
from cuq.ir.ops import (
    Binary,
    Branch,
    Cast,
    Compare,
    Edge,
    FloatOp,
    Jump,
    Op,
    Overflow,
    PtrAdd,
    ReadSpecial,
    Reg,
    Select,
    Value,
)
from cuq.ir.passes.rewrite import incoming, resolve, with_blocks

_VALUES = (Binary, Overflow, Compare, Cast, Select, FloatOp, ReadSpecial, PtrAdd)
"""Operations whose result depends on nothing but their operands (special registers do not change)."""


def _key(op: Op) -> tuple[object, ...]:
    kept = tuple(getattr(op, f.name) for f in fields(op) if f.name not in ("result", "loc"))
    return (type(op), *kept)


def number_values(kernel: Kernel) -> Kernel:
    by_label = {block.label: block for block in kernel.blocks}
    children = cfg(kernel).dominators.children
    values: dict[Reg, Value] = {}
    done: dict[str, Block] = {}

    def read(value: Value) -> Value:
        return resolve(values, value)

    edges = incoming(kernel.blocks)
    stack: list[tuple[str, dict[tuple[object, ...], Reg], dict[Value, bool]]]
    stack = [(kernel.blocks[0].label, {}, {})]
    while stack:
        label, outer, above = stack.pop()
        seen = dict(outer)
        truths = above | _learned(edges[label], read)
        ops: list[Op] = []
        for op in by_label[label].ops:
            op = map_operands(op, read)
            reg = result(op)
            if reg is not None and isinstance(op, _VALUES):
                same = seen.setdefault(_key(op), reg)
                if same != reg:
                    values[reg] = same
                    continue
            ops.append(op)
        end = by_label[label].terminator
        if isinstance(end, Branch) and read(end.cond) in truths:
            end = Jump(end.then if truths[read(end.cond)] else end.otherwise, end.loc)
        done[label] = replace(by_label[label], ops=tuple(ops), terminator=end)
        stack.extend((child, seen, truths) for child in children[label])

    def edge(e: Edge) -> Edge:
        return Edge(e.target, tuple(map(read, e.args)))

    return with_blocks(
        kernel,
        [
            replace(done[b.label], terminator=map_terminator(done[b.label].terminator, read, edge))
            for b in kernel.blocks
            if b.label in done
        ],
    )


def _learned(into: list[tuple[Block, Edge]], read: Callable[[Value], Value]) -> dict[Value, bool]:
    """The condition that holds in a block that only one arm of a branch leads to."""
    if len(into) != 1 or not isinstance(into[0][0].terminator, Branch):
        return {}
    branch, edge = into[0][0].terminator, into[0][1]
    return {read(branch.cond): edge == branch.then}

"""Branches that only choose between values become `select`s."""

from __future__ import annotations

from dataclasses import replace

from cuq.ir.graph import cfg
from cuq.ir.module import Block, Kernel
from cuq.ir.ops import Branch, Edge, Jump, Op, Reg, Select, Undef, Value
from cuq.ir.passes.dce import is_pure
from cuq.ir.passes.rewrite import fresh, incoming, with_blocks

MAX_SPECULATED = 6
"""Operations that may be executed on both sides of a branch."""


def form_selects(kernel: Kernel) -> Kernel:
    """Each block that two edges of one branch lead to, with nothing but pure operations on the way, takes
    its parameters from selects in the branching block. Innermost first, until nothing changes."""
    while True:
        changed = _one(kernel)
        if changed is None:
            return kernel
        kernel = changed


def _one(kernel: Kernel) -> Kernel | None:
    graph = cfg(kernel)
    edges = incoming(kernel.blocks)
    by_label = {block.label: block for block in kernel.blocks}
    for join in kernel.blocks:
        into = edges[join.label]
        if len(into) != 2 or join.label not in graph.index:
            continue
        top_label = graph.dominators.idom[join.label]
        top = by_label[top_label] if top_label is not None else None
        if top is None or not isinstance(top.terminator, Branch):
            continue
        arms = [
            _arm(top, edge, by_label, edges, join.label)
            for edge in (top.terminator.then, top.terminator.otherwise)
        ]
        if arms[0] is None or arms[1] is None:
            continue
        ops = [*arms[0][0], *arms[1][0]]
        if len(ops) <= MAX_SPECULATED:
            return _merge(kernel, top, join, ops, arms[0][1], arms[1][1], fresh(kernel))
    return None


def _arm(
    top: Block, edge: Edge, by_label: dict[str, Block], edges: dict[str, list[tuple[Block, Edge]]], join: str
) -> tuple[tuple[Op, ...], Edge] | None:
    """What one side of a branch executes before the join, and the edge into it."""
    if edge.target == join:
        return (), edge
    block = by_label[edge.target]
    if len(edges[block.label]) != 1 or block.params or not all(map(is_pure, block.ops)):
        return None
    if not isinstance(block.terminator, Jump) or block.terminator.edge.target != join:
        return None
    return block.ops, block.terminator.edge


def _merge(
    kernel: Kernel, top: Block, join: Block, ops: list[Op], then: Edge, otherwise: Edge, next_id: int
) -> Kernel:
    branch = top.terminator
    assert isinstance(branch, Branch), "selected by its branch"
    args: list[Value] = []
    for a, b in zip(then.args, otherwise.args, strict=True):
        if a == b or _is_inactive(b):
            args.append(a)
        elif _is_inactive(a):
            args.append(b)
        else:
            reg = Reg(next_id, a.type)
            next_id += 1
            ops.append(Select(reg, branch.cond, a, b, branch.loc))
            args.append(reg)
    new = replace(top, ops=(*top.ops, *ops), terminator=Jump(Edge(join.label, tuple(args)), branch.loc))
    gone = {edge.target for edge in (branch.then, branch.otherwise)} - {join.label}
    return with_blocks(
        kernel,
        [new if block.label == top.label else block for block in kernel.blocks if block.label not in gone],
    )


def _is_inactive(value: Value) -> bool:
    return isinstance(value, Undef) and value.inactive

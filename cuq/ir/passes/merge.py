"""Joins blocks that always run one after the other, and skips blocks that only jump on."""

from __future__ import annotations

from dataclasses import replace

from cuq.ir.module import Block, Kernel, successors
from cuq.ir.operands import map_terminator, operands, terminator_operands
from cuq.ir.ops import Edge, Jump, Reg, Value
from cuq.ir.passes.rewrite import incoming, reachable, resolve, substitute, with_blocks


def merge_blocks(kernel: Kernel) -> Kernel:
    blocks = _skip_empty(reachable(kernel.blocks))
    return with_blocks(kernel, _chains(reachable(blocks)))


def _chains(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """A block that only one jump leads to becomes part of the block that jumps."""
    edges = incoming(blocks)
    by_label = {block.label: block for block in blocks}
    absorbed: set[str] = set()
    values: dict[Reg, Value] = {}
    merged: list[Block] = []
    for block in blocks:
        if block.label in absorbed or _absorber(block, edges, blocks[0].label):
            continue
        ops, terminator = list(block.ops), block.terminator
        while isinstance(terminator, Jump) and _absorber(
            by_label[terminator.edge.target], edges, blocks[0].label
        ):
            follower = by_label[terminator.edge.target]
            absorbed.add(follower.label)
            values.update(zip(follower.params, terminator.edge.args, strict=True))
            ops += follower.ops
            terminator = follower.terminator
        merged.append(replace(block, ops=tuple(ops), terminator=terminator))
    return substitute(merged, values)


def _absorber(block: Block, edges: dict[str, list[tuple[Block, Edge]]], entry: str) -> bool:
    """Whether the block is entered by a single jump."""
    into = edges[block.label]
    return block.label != entry and len(into) == 1 and isinstance(into[0][0].terminator, Jump)


def _skip_empty(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Edges to a block that does nothing but jump go where it jumps to.

    Not when its parameters are used elsewhere, and not into a loop of such blocks.
    """
    by_label = {block.label: block for block in blocks}
    used = _used_outside(blocks)

    def skip(edge: Edge) -> Edge:
        seen = {edge.target}
        while True:
            block = by_label[edge.target]
            if block.ops or not isinstance(block.terminator, Jump) or used & set(block.params):
                return edge
            onward = block.terminator.edge
            if onward.target in seen:
                return edge
            seen.add(onward.target)
            given = dict(zip(block.params, edge.args, strict=True))
            edge = Edge(onward.target, tuple(resolve(given, arg) for arg in onward.args))

    return tuple(
        replace(block, terminator=map_terminator(block.terminator, lambda value: value, skip))
        for block in blocks
    )


def _used_outside(blocks: tuple[Block, ...]) -> frozenset[Reg]:
    """Parameters that are read elsewhere than in the arguments of their own block's edges."""
    owner = {reg: block.label for block in blocks for reg in block.params}
    used: set[Reg] = set()
    for block in blocks:
        reads = [value for op in block.ops for value in operands(op)]
        reads += terminator_operands(block.terminator)
        used.update(value for value in reads if isinstance(value, Reg))
        for edge in successors(block.terminator):
            used.update(
                arg for arg in edge.args if isinstance(arg, Reg) and owner.get(arg) not in (None, block.label)
            )
    return frozenset(used)

"""What passes share: substituting registers, dropping unreachable blocks and block parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cuq.ir.module import Block, Kernel, successors
from cuq.ir.operands import map_operands, map_terminator, result
from cuq.ir.ops import Edge, Op, Reg, Value

Values = Mapping[Reg, Value]


def resolve(values: Values, value: Value) -> Value:
    """What `value` stands for, through chains of substitutions."""
    while isinstance(value, Reg) and value in values:
        value = values[value]
    return value


def substitute(blocks: Sequence[Block], values: Values) -> tuple[Block, ...]:
    """The blocks with registers replaced wherever they are read."""
    if not values:
        return tuple(blocks)

    def read(value: Value) -> Value:
        return resolve(values, value)

    return tuple(
        replace(
            block,
            ops=tuple(map_operands(op, read) for op in block.ops),
            terminator=map_terminator(block.terminator, read, _edge_reader(read)),
        )
        for block in blocks
    )


def _edge_reader(read: Callable[[Value], Value]) -> Callable[[Edge], Edge]:
    return lambda edge: Edge(edge.target, tuple(map(read, edge.args))) if edge.args else edge


def reachable(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks that the first one reaches, in the same order."""
    by_label = {block.label: block for block in blocks}
    seen = {blocks[0].label}
    work = [blocks[0]]
    while work:
        for edge in successors(work.pop().terminator):
            if edge.target not in seen:
                seen.add(edge.target)
                work.append(by_label[edge.target])
    return tuple(block for block in blocks if block.label in seen)


def keep_params(blocks: Sequence[Block], keep: Callable[[Reg], bool]) -> tuple[Block, ...]:
    """The blocks with only those block parameters that `keep` accepts, and arguments to match."""
    kept = {b.label: tuple(i for i, reg in enumerate(b.params) if keep(reg)) for b in blocks}
    full = {b.label: len(b.params) for b in blocks}

    def edge(e: Edge) -> Edge:
        if len(kept[e.target]) == full[e.target]:
            return e
        return Edge(e.target, tuple(e.args[i] for i in kept[e.target]))

    return tuple(
        replace(
            block,
            params=tuple(block.params[i] for i in kept[block.label]),
            terminator=map_terminator(block.terminator, lambda value: value, edge),
        )
        for block in blocks
    )


def incoming(blocks: Sequence[Block]) -> dict[str, list[tuple[Block, Edge]]]:
    """For each block: the edges into it with the blocks that they leave."""
    edges: dict[str, list[tuple[Block, Edge]]] = {block.label: [] for block in blocks}
    for block in blocks:
        for edge in successors(block.terminator):
            edges[edge.target].append((block, edge))
    return edges


def definitions(blocks: Sequence[Block]) -> dict[Reg, Op]:
    """The operation that defines each register (block and kernel parameters have none)."""
    found: dict[Reg, Op] = {}
    for block in blocks:
        for op in block.ops:
            reg = result(op)
            if reg is not None:
                found[reg] = op
    return found


def with_blocks(kernel: Kernel, blocks: Sequence[Block]) -> Kernel:
    return replace(kernel, blocks=tuple(blocks))


def fresh(kernel: Kernel) -> int:
    """The first register number that the kernel does not use."""
    ids = [reg.id for param in kernel.params for reg in param.regs]
    for block in kernel.blocks:
        ids.extend(reg.id for reg in block.params)
        ids.extend(reg.id for reg in map(result, block.ops) if reg is not None)
    return max(ids, default=-1) + 1

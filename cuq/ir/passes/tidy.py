"""The last touches: barrier sites in the order of the text, objects that are used, plain `undef`s."""

from __future__ import annotations

from dataclasses import replace

from cuq.ir.graph import cfg
from cuq.ir.module import Kernel, ObjectKind
from cuq.ir.operands import block_operands, map_operands, map_terminator
from cuq.ir.ops import Barrier, Edge, ObjectRef, Op, Undef, Value
from cuq.ir.passes.rewrite import with_blocks


def number_barriers(kernel: Kernel) -> Kernel:
    """Blocks in reverse post-order; barriers numbered in that order."""
    by_label = {block.label: block for block in kernel.blocks}
    site = 0
    blocks = []
    for label in cfg(kernel).rpo:
        ops: list[Op] = []
        for op in by_label[label].ops:
            if isinstance(op, Barrier):
                op = replace(op, site=site)
                site += 1
            ops.append(op)
        blocks.append(replace(by_label[label], ops=tuple(ops)))
    return with_blocks(kernel, blocks)


def drop_unused_objects(kernel: Kernel) -> Kernel:
    """Statics and constants that only code that cannot run mentions."""
    used: set[str] = set()
    for block in kernel.blocks:
        used.update(v.name for v in block_operands(block) if isinstance(v, ObjectRef))
    kept = [o for o in kernel.objects if o.kind is ObjectKind.PARAM or o.name in used]
    return replace(kernel, objects=tuple(kept))


def plain_undef(kernel: Kernel) -> Kernel:
    """The mark `inactive` of `Undef` is for earlier passes only."""

    def plain(value: Value) -> Value:
        return Undef(value.type) if isinstance(value, Undef) else value

    def edge(e: Edge) -> Edge:
        return Edge(e.target, tuple(map(plain, e.args)))

    return with_blocks(
        kernel,
        [
            replace(
                block,
                ops=tuple(map_operands(op, plain) for op in block.ops),
                terminator=map_terminator(block.terminator, plain, edge),
            )
            for block in kernel.blocks
        ],
    )

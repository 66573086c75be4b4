"""Loops of the source that became branches to themselves."""

from __future__ import annotations

from collections.abc import Iterator

from cuq.base.span import Span
from cuq.ir.graph import cfg, loop_forest
from cuq.ir.module import Kernel
from cuq.ir.ops import Jump, Load
from cuq.ptx.instructions.tree import Instruction, Label, Name
from cuq.ptx.module import Function


def self_branches(function: Function) -> Iterator[Span]:
    """Branches without a condition to where they stand."""
    labels: set[str] = set()
    for statement in function.body or ():
        match statement:
            case Label(name=name):
                labels.add(name)
            case Instruction(name="bra", guard=None, operands=(Name(text=target),)) if target in labels:
                yield statement.span
                labels = set()
            case Instruction():
                labels = set()
            case _:
                pass


def has_endless_loop(kernel: Kernel) -> bool:
    """Whether the source has a loop that does nothing."""
    return any(
        isinstance(block.terminator, Jump) and block.terminator.edge.target == block.label and not block.ops
        for block in kernel.blocks
    )


def waiting(kernel: Kernel) -> Span | None:
    """A plain read in a loop."""
    forest = loop_forest(cfg(kernel))
    inside = {label for loop in forest.loops for label in loop.blocks}
    reads = (
        op.loc.span
        for block in kernel.blocks
        if block.label in inside
        for op in block.ops
        if isinstance(op, Load) and not op.sem.order.atomic
    )
    return next(reads, None)

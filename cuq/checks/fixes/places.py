"""Places of a kernel's text where a statement can be put in, as the user would say them."""

from __future__ import annotations

from collections.abc import Iterator

from cuq.base.records import dataclass
from cuq.ir.graph import Graph, LoopForest, cfg, loop_forest
from cuq.ir.module import Block, Kernel
from cuq.ir.ops import Jump, Loc, Panic, Unreachable


@dataclass(frozen=True, slots=True)
class Spot:
    """Before operation `position` of a block. line: of the statement that follows, or of the loop that is meant."""

    block: str
    position: int
    text: str
    line: int
    ends_loop: bool = False


def spots(kernel: Kernel) -> tuple[Spot, ...]:
    """The places before lines, and at the ends of loops, that are one place of the text and of the graph alike."""
    if kernel.span is None:
        return ()
    graph, file = cfg(kernel), kernel.span.file
    forest = loop_forest(graph, kernel.span)
    return (*_before_lines(kernel, file, graph, forest), *_loop_ends(kernel, file, forest))


def _line(loc: Loc, file: str) -> int | None:
    return loc.span.line if loc.span.file == file else None


def _before_lines(kernel: Kernel, file: str, graph: Graph, forest: LoopForest) -> Iterator[Spot]:
    blocks = {block.label: block for block in kernel.blocks}
    before = graph.predecessors
    begins: dict[int | None, list[tuple[Block, int, bool]]] = {}
    for label in before:
        block = blocks[label]
        if not block.ops and isinstance(block.terminator, Panic | Unreachable):
            continue
        lines = [_line(op.loc, file) for op in (*block.ops, block.terminator)]
        for position, line in enumerate(lines):
            earlier = (
                [lines[position - 1]] if position else [_last_line(blocks[p], file) for p in before[label]]
            )
            if line not in earlier:
                follows = line is not None and all(e is not None and e < line for e in earlier)
                heads = position == 0 and forest.at(label) is not None
                begins.setdefault(line, []).append((block, position, follows and not heads))
    for line, found in begins.items():
        if line is not None and len(found) == 1 and found[0][2]:
            yield Spot(found[0][0].label, found[0][1], f"before line {line}", line)


def _last_line(block: Block, file: str) -> int | None:
    return _line(block.terminator.loc, file)


def _loop_ends(kernel: Kernel, file: str, forest: LoopForest) -> Iterator[Spot]:
    blocks = {block.label: block for block in kernel.blocks}
    for loop in forest.loops:
        line = _line(blocks[loop.header].terminator.loc, file)
        latch = blocks[loop.latches[0]]
        if len(loop.latches) == 1 and isinstance(latch.terminator, Jump) and line is not None:
            text = f"at the end of the loop of line {line}"
            yield Spot(latch.label, len(latch.ops), text, line, ends_loop=True)

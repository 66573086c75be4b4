"""Statements and terminators of MIR bodies, block by block in reverse post-order.

Branches whose condition is known are followed, so that only blocks that can be reached are lowered. A join
that only branches on what its predecessors decided (the `Some`/`None` of an inlined `next`) is lowered once
for each predecessor instead, which makes such branches disappear.
"""

from __future__ import annotations

from collections.abc import Mapping

from cuq.base.records import dataclass
from cuq.ir.dialects.model import (
    BlockBarrier,
    BlockReduction,
    Collective,
    Elect,
    LanesMeet,
    Library,
    Match,
    Never,
    NoEffect,
    PtxTemplate,
    Reduce,
    Same,
    Shuffle,
    Vote,
)
from cuq.ir.lower.blocks import OpenBlock, OpenJump, Ssa
from cuq.ir.lower.calls import call_meaning, lower_known_call
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.frames import CallSite, Frame
from cuq.ir.lower.objects import Objects
from cuq.ir.lower.program import Program, dialect_key
from cuq.ir.lower.statements import lower_statement
from cuq.ir.lower.terminators import arm, lower_terminator, switched
from cuq.ir.ops import Const
from cuq.mir import terminators as mir
from cuq.mir.body import Body
from cuq.mir.tree import SourceInfo

MAX_COPIED = 12
"""Statements of a join that may be lowered once for each predecessor."""
MAX_PEELED = 128
"""MIR blocks of a loop whose first iteration may be lowered apart."""
MAX_PEELS = 4
"""Loops of one activation whose first iteration is lowered apart."""

Peeled = Mapping[tuple[tuple[str, int], ...], tuple[int, ...]]
"""For each activation: the loop headers whose first iteration is lowered apart."""


class NeedsPeeling(Exception):
    """A flag is one constant in the first iteration of a loop and another one in all later iterations
    (`StepBy::first_take`): lowering the first iteration apart removes it."""

    def __init__(self, path: tuple[tuple[str, int], ...], header: int) -> None:
        super().__init__(path, header)
        self.path = path
        self.header = header


@dataclass(slots=True)
class Translator:
    """Lowers activations of bodies into `ssa`."""

    program: Program
    objects: Objects
    ssa: Ssa
    peeled: Peeled
    activations: int = 0
    recursive: int = 0
    """Activations of bodies that were active already."""

    def activation(self, body: Body, site: CallSite) -> Frame:
        """A new activation of a body."""
        self.activations += 1
        path = (*site.frame.path, (body.name, site.node))
        return Frame(body, path, f"f{self.activations}.", site, self.peeled.get(path, ()))

    def enter(self, inner: Frame, at: Cursor) -> None:
        """End the block at `at` with a jump into an activation, and lower it."""
        entry = self.ssa.block(f"{inner.label}bb0")
        self.ssa.connect(at.block, entry)
        at.block.terminator = OpenJump(entry, at.loc)
        self.frame(inner, entry)

    def frame(self, frame: Frame, entry: OpenBlock) -> None:
        """Lower everything that `entry`, which becomes block 0 of the body, reaches."""
        frame.blocks[0] = entry
        shape = frame.shape
        headers: dict[int, list[int]] = {}
        for header, latch in shape.last_latch.items():
            headers.setdefault(latch, []).append(header)
        for node in shape.order:
            block = frame.blocks.get(node)
            if block is not None:
                if node in shape.last_latch:
                    block.forward = tuple(block.preds)
                else:
                    self.ssa.seal(block)
                self._block(frame, node, block)
            for header in headers.get(node, ()):
                if header in frame.blocks:
                    self._close_loop(frame, header)

    def _close_loop(self, frame: Frame, header: int) -> None:
        """All jumps back to a header are known."""
        block = frame.blocks[header]
        self.ssa.seal(block)
        if self.ssa.flips(block) and self._may_peel(frame, header):
            raise NeedsPeeling(frame.path, header)

    def _may_peel(self, frame: Frame, header: int) -> bool:
        loop = frame.shape.loop(header)
        if len(loop) > MAX_PEELED or len(frame.peeled) >= MAX_PEELS:
            return False
        # A barrier must stay one place of the program.
        return not any(_may_wait(self.program, frame.mir_block(node).terminator.kind) for node in loop)

    def cursor(self, frame: Frame, block: OpenBlock, source: SourceInfo, node: int) -> Cursor:
        return Cursor(self.ssa, self.objects, frame, block, source, node)

    def _block(self, frame: Frame, node: int, block: OpenBlock) -> None:
        body = frame.mir_block(node)
        for statement in body.statements:
            lower_statement(self.cursor(frame, block, statement.source, node), statement.kind)
        lower_terminator(self, self.cursor(frame, block, body.terminator.source, node), body)

    def jump(self, at: Cursor, number: int) -> OpenBlock:
        """The block that a jump from `at` to MIR block `number` of its frame goes to."""
        frame = at.frame
        node = frame.shape.edges[at.node][number]
        copy = self._copy_for(at.block, frame, node)
        if copy is not None:
            return copy
        block = frame.blocks.get(node)
        if block is None:
            label = f"{frame.label}bb{frame.shape.origin[node]}"
            first = node == frame.shape.origin[node]
            block = frame.blocks[node] = self.ssa.block(label if first else f"{label}_{node}")
        self.ssa.connect(at.block, block)
        return block

    def goto(self, at: Cursor, number: int) -> None:
        """End the block at `at` with a jump to MIR block `number` of its frame."""
        at.block.terminator = OpenJump(self.jump(at, number), at.loc)

    def goto_from_arm(self, at: Cursor, number: int) -> None:
        """As `goto`, at the end of one of the arms that a call was expanded to: its target is a join of them,
        though the MIR block has no other predecessor."""
        frame = at.frame
        node = frame.shape.edges[at.node][number]
        copy = None if node in frame.shape.last_latch else self._copy_for(at.block, frame, node, is_join=True)
        if copy is None:
            self.goto(at, number)
        else:
            at.block.terminator = OpenJump(copy, at.loc)

    def _copy_for(
        self, source: OpenBlock, frame: Frame, node: int, *, is_join: bool = False
    ) -> OpenBlock | None:
        """A copy of a join for the one predecessor `source`, if its branch is decided by then."""
        body = frame.mir_block(node)
        if not (is_join or node in frame.shape.joins) or len(body.statements) > MAX_COPIED:
            return None
        if not isinstance(body.terminator.kind, mir.SwitchInt | mir.Goto | mir.Call):
            return None
        mark = len(self.ssa.blocks)
        block = self.ssa.block(f"{source.label}.{node}")
        self.ssa.connect(source, block)
        self.ssa.seal(block)
        if self._decided(frame, node, block):
            return block
        del self.ssa.blocks[mark:]
        return None

    def _decided(self, frame: Frame, node: int, block: OpenBlock) -> bool:
        """Lower a node into `block` up to a branch; whether the branch is decided there."""
        body = frame.mir_block(node)
        for statement in body.statements:
            lower_statement(self.cursor(frame, block, statement.source, node), statement.kind)
        at = self.cursor(frame, block, body.terminator.source, node)
        match body.terminator.kind:
            case mir.Goto(target=number):
                pass
            case mir.SwitchInt() as switch:
                value = switched(at, switch)
                if not isinstance(value, Const):
                    return False
                self.goto(at, arm(switch, value.bits))
                return True
            case mir.Call(target=int() as number) as call:
                found = call_meaning(self.program, call)
                if not isinstance(found, Library | Never | NoEffect | Same):
                    return False
                lower_known_call(at, call, found)
            case _:
                return False
        shape = frame.shape
        target = shape.edges[node][number]
        if target in shape.joins:
            copy = self._copy_for(block, frame, target)
            if copy is not None:
                block.terminator = OpenJump(copy, at.loc)
            return copy is not None
        # The branch may follow in a block of its own.
        short = len(frame.mir_block(target).statements) <= MAX_COPIED
        return short and target not in shape.last_latch and self._decided(frame, target, block)


def _may_wait(program: Program, kind: mir.TerminatorKind) -> bool:
    """Whether threads may wait for others at a terminator, or in a body that it calls."""
    if isinstance(kind, mir.InlineAsm):
        return True
    if not isinstance(kind, mir.Call):
        return False
    known = call_meaning(program, kind)
    if known is None:
        return kind.callee is None or not dialect_key(kind.callee).startswith(("core::", "<core::"))
    return isinstance(
        known,
        BlockBarrier
        | BlockReduction
        | LanesMeet
        | Shuffle
        | Vote
        | Match
        | Reduce
        | Collective
        | Elect
        | PtxTemplate,
    )

"""Statements and terminators of MIR bodies, block by block in reverse post-order.

Branches whose condition is known are followed, so that only blocks that can be reached are lowered. A join
that only branches on what its predecessors decided (the `Some`/`None` of an inlined `next`) is lowered once
for each predecessor instead, which makes such branches disappear.
"""

from __future__ import annotations

from dataclasses import dataclass

from cuq.ir.dialects.model import Library, NoEffect, Same
from cuq.ir.lower.blocks import OpenBlock, OpenJump, Ssa
from cuq.ir.lower.calls import call_meaning, lower_known_call
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.frames import CallSite, Frame
from cuq.ir.lower.objects import Objects
from cuq.ir.lower.program import Program
from cuq.ir.lower.statements import lower_statement
from cuq.ir.lower.terminators import arm, lower_terminator, switched
from cuq.ir.ops import Const
from cuq.mir import terminators as mir
from cuq.mir.body import Body
from cuq.mir.tree import SourceInfo

MAX_COPIED = 12
"""Statements of a join that may be lowered once for each predecessor."""


@dataclass(slots=True)
class Translator:
    """Lowers activations of bodies into `ssa`."""

    program: Program
    objects: Objects
    ssa: Ssa
    activations: int = 0

    def activation(self, body: Body, site: CallSite, block: int) -> Frame:
        """A new activation of a body that MIR block `block` of the caller calls."""
        self.activations += 1
        path = (*site.frame.path, (body.name, block))
        return Frame(body, path, f"f{self.activations}.", site)

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
        for number in shape.order:
            block = frame.blocks.get(number)
            if block is not None:
                if number in shape.last_latch:
                    block.forward = tuple(block.preds)
                else:
                    self.ssa.seal(block)
                self._block(frame, number, block)
            for header in headers.get(number, ()):
                if header in frame.blocks:
                    self.ssa.seal(frame.blocks[header])

    def cursor(self, frame: Frame, block: OpenBlock, source: SourceInfo) -> Cursor:
        return Cursor(self.ssa, self.objects, frame, block, source)

    def _block(self, frame: Frame, number: int, block: OpenBlock) -> None:
        body = frame.mir_block(number)
        for statement in body.statements:
            lower_statement(self.cursor(frame, block, statement.source), statement.kind)
        lower_terminator(self, self.cursor(frame, block, body.terminator.source), body)

    def jump(self, source: OpenBlock, frame: Frame, number: int) -> OpenBlock:
        """The block that a jump from `source` to MIR block `number` goes to."""
        copy = self._copy_for(source, frame, number)
        if copy is not None:
            return copy
        block = frame.blocks.get(number)
        if block is None:
            block = frame.blocks[number] = self.ssa.block(f"{frame.label}bb{number}")
        self.ssa.connect(source, block)
        return block

    def goto(self, at: Cursor, number: int) -> None:
        """End the block at `at` with a jump to MIR block `number` of its frame."""
        at.block.terminator = OpenJump(self.jump(at.block, at.frame, number), at.loc)

    def _copy_for(self, source: OpenBlock, frame: Frame, number: int) -> OpenBlock | None:
        """A copy of a join for the one predecessor `source`, if its branch is decided by then."""
        body = frame.mir_block(number)
        if number not in frame.shape.joins or len(body.statements) > MAX_COPIED:
            return None
        if not isinstance(body.terminator.kind, mir.SwitchInt | mir.Goto | mir.Call):
            return None
        mark = len(self.ssa.blocks)
        block = self.ssa.block(f"{source.label}.{number}")
        self.ssa.connect(source, block)
        self.ssa.seal(block)
        if self._decided(frame, number, block):
            return block
        del self.ssa.blocks[mark:]
        return None

    def _decided(self, frame: Frame, number: int, block: OpenBlock) -> bool:
        """Lower MIR block `number` into `block` up to a branch; whether the branch is decided there."""
        body = frame.mir_block(number)
        for statement in body.statements:
            lower_statement(self.cursor(frame, block, statement.source), statement.kind)
        at = self.cursor(frame, block, body.terminator.source)
        target: int | None
        match body.terminator.kind:
            case mir.Goto(target=target):
                pass
            case mir.SwitchInt() as switch:
                value = switched(at, switch)
                if not isinstance(value, Const):
                    return False
                self.goto(at, arm(switch, value.bits))
                return True
            case mir.Call(target=int() as target) as call:
                found = call_meaning(call)
                if not isinstance(found, Library | NoEffect | Same):
                    return False
                lower_known_call(at, call, found)
            case _:
                return False
        if target not in frame.shape.joins and len(frame.mir_block(target).statements) <= MAX_COPIED:
            # The branch may follow in a block of its own.
            return self._decided(frame, target, block) if target not in frame.shape.last_latch else False
        copy = self._copy_for(block, frame, target)
        if copy is not None:
            block.terminator = OpenJump(copy, at.loc)
        return copy is not None

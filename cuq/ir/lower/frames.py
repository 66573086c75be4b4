"""Activations of MIR bodies inside a kernel: everything a kernel calls is inlined."""

from __future__ import annotations

from dataclasses import dataclass, field

from cuq.base.errors import SelfCheckError
from cuq.base.span import Span
from cuq.ir.lower.blocks import OpenBlock
from cuq.ir.lower.values import Slot
from cuq.ir.ops import Loc
from cuq.mir.body import BasicBlock, Body
from cuq.mir.terminators import (
    Assert,
    Call,
    Drop,
    FalseEdge,
    FalseUnwind,
    Goto,
    InlineAsm,
    SwitchInt,
    TerminatorKind,
)
from cuq.mir.tree import Place, SourceInfo
from cuq.mir.types import Ty


def targets(kind: TerminatorKind) -> tuple[int, ...]:
    """Blocks that a terminator leads to when nothing unwinds (a panic traps on a GPU)."""
    match kind:
        case Goto(target=target) | Drop(target=target) | Assert(target=target):
            return (target,)
        case FalseEdge(real=target) | FalseUnwind(real=target):
            return (target,)
        case SwitchInt(targets=cases, otherwise=otherwise):
            return (*(block for _, block in cases), otherwise)
        case Call(target=int() as target):
            return (target,)
        case InlineAsm(target=target, labels=labels):
            return labels if target is None else (target, *labels)
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Shape:
    """What the control flow of a body looks like before anything is known about its values."""

    order: tuple[int, ...]
    """Reverse post-order."""
    last_latch: dict[int, int]
    """For each loop header: the last block, in this order, that jumps back to it."""
    joins: frozenset[int]
    """Blocks with several predecessors that head no loop."""

    @classmethod
    def of(cls, body: Body) -> Shape:
        post: list[int] = []
        seen = {0}
        stack = [(0, iter(reversed(targets(body.blocks[0].terminator.kind))))]
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, iter(reversed(targets(body.blocks[target].terminator.kind)))))
                    break
            else:
                post.append(node)
                stack.pop()
        order = tuple(reversed(post))
        index = {block: i for i, block in enumerate(order)}
        latch: dict[int, int] = {}
        preds: dict[int, int] = {}
        for block in order:
            for target in set(targets(body.blocks[block].terminator.kind)):
                preds[target] = preds.get(target, 0) + 1
                if index[target] <= index[block]:
                    latch[target] = block
        return cls(order, latch, frozenset(b for b, n in preds.items() if n > 1 and b not in latch))


@dataclass(eq=False, slots=True)
class Frame:
    """One activation of a body.

    `call` is the activation that called it: its frame, the place for the result and the block to go on
    with. `path` names the activation (see `Slot`); `label` prefixes the labels of its blocks.
    """

    body: Body
    path: tuple[tuple[str, int], ...]
    label: str
    call: CallSite | None = None
    shape: Shape = field(init=False)
    blocks: dict[int, OpenBlock] = field(default_factory=dict)
    _locs: dict[SourceInfo, Loc] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shape = Shape.of(self.body)

    def slot(self, local: int) -> Slot:
        return Slot(self.path, local)

    def ty(self, local: int) -> Ty:
        return self.body.locals[local].ty

    def first_source(self) -> SourceInfo:
        """Where the body's code begins."""
        start = self.body.blocks[0]
        return start.statements[0].source if start.statements else start.terminator.source

    def mir_block(self, number: int) -> BasicBlock:
        return self.body.blocks[number]

    def root(self) -> Frame:
        """The kernel's own activation."""
        frame = self
        while frame.call is not None:
            frame = frame.call.frame
        return frame

    def chain(self, source: SourceInfo) -> tuple[Span | None, ...]:
        """The position and all call sites around it, innermost first."""
        own = tuple(step.span for step in self.body.inline_chain(source))
        return own if self.call is None else own + self.call.frame.chain(self.call.source)

    def loc(self, source: SourceInfo) -> Loc:
        """The innermost position in the file that the kernel is written in, and the inlined lines below
        it."""
        known = self._locs.get(source)
        if known is None:
            spans = [s for s in self.chain(source) if s is not None]
            if not spans:
                body = self.body
                spans = [Span.at(body.path or body.name, body.line)]
            own = next((i for i, s in enumerate(spans) if s.file == spans[-1].file), len(spans) - 1)
            known = self._locs[source] = Loc(spans[own], tuple(spans[:own]))
        return known


@dataclass(frozen=True, slots=True)
class CallSite:
    """Where an activation was entered and where it goes on."""

    frame: Frame
    source: SourceInfo
    destination: Place
    target: int | None

    def returns_to(self) -> int:
        if self.target is None:
            raise SelfCheckError(f"a call that cannot return does: {self.frame.body.name}")
        return self.target

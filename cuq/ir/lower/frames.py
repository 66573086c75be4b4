"""Activations of MIR bodies inside a kernel: everything a kernel calls is inlined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from cuq.base.errors import SelfCheckError
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.lower.blocks import OpenBlock
from cuq.ir.lower.shape import Shape
from cuq.ir.lower.values import Slot
from cuq.ir.ops import Loc
from cuq.mir.body import BasicBlock, Body
from cuq.mir.tree import Place, SourceInfo
from cuq.mir.types import Ty


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
    peeled: tuple[int, ...] = ()
    """Loop headers whose first iteration is lowered apart, see `Shape.peel`."""
    shape: Shape = field(init=False)
    blocks: dict[int, OpenBlock] = field(default_factory=dict)
    """For each node of the shape: its block, once something jumps to it."""
    _locs: dict[SourceInfo, Loc] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = Shape.of(self.body)
        for header in self.peeled:
            shape = shape.peel(header)
        self.shape = shape

    def slot(self, local: int) -> Slot:
        return Slot(self.path, local)

    def ty(self, local: int) -> Ty:
        return self.body.locals[local].ty

    def first_source(self) -> SourceInfo:
        """Where the body's code begins."""
        start = self.body.blocks[0]
        return start.statements[0].source if start.statements else start.terminator.source

    def mir_block(self, node: int) -> BasicBlock:
        """The MIR block that a node of the shape is (a copy of)."""
        return self.body.blocks[self.shape.origin[node]]

    def callers(self) -> Iterator[Frame]:
        """This activation and all that led to it; the kernel's own is the last one."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.call.frame if frame.call else None

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
    destination: Place | None
    """Where the result goes; None if there is none."""
    node: int
    """The node of the caller's shape that ends in the call."""
    target: int | None

    def returns_to(self) -> int:
        if self.target is None:
            raise SelfCheckError(f"a call that cannot return does: {self.frame.body.name}")
        return self.target

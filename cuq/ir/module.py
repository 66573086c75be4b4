"""Kernels: parameters, memory objects, basic blocks with parameters (SSA form)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from enum import Enum

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.ops import Branch, Edge, Jump, Op, Panic, Reg, Return, Switch, Terminator, Unreachable
from cuq.ir.types import Space


class ObjectKind(Enum):
    """What brings a memory object into being."""

    PARAM = "param"
    STATIC = "static"
    SHARED = "shared"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class MemObject:
    """A memory object that pointers of the kernel can be derived from.

    `size` is its extent in bytes when known from the text. A slice parameter's extent is `length`
    elements of `element` bytes. A raw-pointer parameter has neither: its extent is unknown.
    `readonly`: no thread may write it during the launch by Rust's rules (`&T` without interior
    mutability, immutable statics). `image` holds initial bytes of a static. `device`: shared memory by a
    device API or by PTX, and not by an attribute that a backend may not know.
    """

    name: str
    kind: ObjectKind
    space: Space
    element: int
    size: int | None = None
    length: Reg | None = None
    readonly: bool = False
    image: bytes | None = field(default=None, repr=False)
    device: bool = False
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Param:
    """A kernel parameter as the user wrote it.

    A scalar has one register; a thin pointer one register and an object; a slice two registers
    (pointer, length) and an object; a struct one register for each scalar leaf. `names` says what each
    register is called in reports and contracts (`n`, `x`, `x.len`, `s.field`).
    """

    name: str
    rust_type: str
    regs: tuple[Reg, ...]
    names: tuple[str, ...]
    objects: tuple[str | None, ...]
    """For each register: the object it points to, or None for a scalar."""
    signed: tuple[bool, ...] = ()
    """For each register: whether Rust's type is a signed integer (how it is printed)."""


@dataclass(frozen=True, slots=True)
class Block:
    label: str
    params: tuple[Reg, ...]
    ops: tuple[Op, ...]
    terminator: Terminator


@dataclass(frozen=True, slots=True)
class LaunchMarkers:
    """What a kernel's own text says of the blocks that it is launched with."""

    block: tuple[int, int, int] | None = None
    max_threads: int | None = None


@dataclass(frozen=True, slots=True)
class Kernel:
    """One entry point, everything it calls inlined. `blocks[0]` is the entry and has no parameters."""

    name: str
    params: tuple[Param, ...]
    objects: tuple[MemObject, ...]
    blocks: tuple[Block, ...]
    span: Span | None = field(default=None, compare=False)
    debug_names: tuple[tuple[Reg, str], ...] = field(default=(), compare=False)
    """Names that user variables have in the source, for reports."""
    launch: LaunchMarkers = field(default=LaunchMarkers(), compare=False)
    trusted: tuple[str, ...] = field(default=(), compare=False)
    """What was taken from tables of the user: `gpu::sync is block-barrier (cuq.toml:3)`."""

    def block(self, label: str) -> Block:
        return next(b for b in self.blocks if b.label == label)

    def object(self, name: str) -> MemObject:
        return next(o for o in self.objects if o.name == name)

    def ops(self) -> Iterator[Op]:
        for block in self.blocks:
            yield from block.ops


def successors(terminator: Terminator) -> tuple[Edge, ...]:
    """Edges out of a block, in the order of the text."""
    match terminator:
        case Jump(edge=edge):
            return (edge,)
        case Branch(then=then, otherwise=otherwise):
            return (then, otherwise)
        case Switch(cases=cases, default=default):
            return (*(e for _, e in cases), default)
        case Return() | Panic() | Unreachable():
            return ()

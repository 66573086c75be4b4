"""MIR bodies: locals, scopes, basic blocks, and the way from a span back to the user's line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.mir.consts import Constant
from cuq.mir.terminators import Terminator
from cuq.mir.tree import (
    ConstantIndex,
    Deref,
    Downcast,
    Field,
    Index,
    OpaqueCast,
    Place,
    Projection,
    SourceInfo,
    Statement,
    Subslice,
    UnwrapBinder,
)
from cuq.mir.types import ArrayTy, ConstArg, RawPtrTy, RefTy, SliceTy, Ty


class BodyKind(Enum):
    """What a body computes. ANON: a constant without a name, such as an array length."""

    FN = "fn"
    CONST = "const"
    STATIC = "static"
    STATIC_MUT = "static mut"
    PROMOTED = "promoted"
    ANON = ""


@dataclass(frozen=True, slots=True)
class LocalDecl:
    """`let mut _3: u32;`. `_0` is the return place, `_1 …` are the arguments (which have no line of
    their own: neither `source` nor `mutable` is known for them)."""

    local: int
    ty: Ty
    mutable: bool = False
    source: SourceInfo | None = None


@dataclass(frozen=True, slots=True)
class DebugVar:
    """`debug x => _5;`: where a user variable lives. A `fragment` is the part of a variable that is
    split: the type of the whole, and the projections that lead to the part."""

    name: str
    value: Place | Constant
    source: SourceInfo
    fragment: tuple[Ty, tuple[Projection, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Inlined:
    """A scope that is the body of an inlined call: the callee as printed, and the call's span, which
    belongs to the parent scope."""

    callee: str
    call_site: Span | None
    track_caller: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """A lexical scope. Scope 0 has no parent."""

    id: int
    parent: int | None
    inlined: Inlined | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One step of an inlining chain: a position, and the function whose text it is in."""

    function: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class BasicBlock:
    """`bb3: { … }`. `cleanup` blocks run only while a panic unwinds."""

    id: int
    statements: tuple[Statement, ...]
    terminator: Terminator
    cleanup: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """The MIR of one item.

    `name` is the path of the header (impls as `<impl at f.rs:1:2: 3:4>`; promoteds end in
    `::promoted[0]`). `locals[i]` declares `_i`, `blocks[i]` is `bb i`, `scopes[i]` is `scope i`.
    A `trivial` constant has no body in the text (`const N: usize = const 4_usize;`) and gets the one
    that assigns it. `path` and `line` say where the text stands in the dump.
    """

    kind: BodyKind
    name: str
    arg_count: int
    locals: tuple[LocalDecl, ...]
    debug_vars: tuple[DebugVar, ...]
    scopes: tuple[Scope, ...]
    blocks: tuple[BasicBlock, ...]
    yield_ty: Ty | None = None
    trivial: bool = False
    path: str = ""
    line: int = 1

    @property
    def args(self) -> tuple[LocalDecl, ...]:
        return self.locals[1 : 1 + self.arg_count]

    @property
    def return_ty(self) -> Ty:
        return self.locals[0].ty

    def inline_chain(self, source: SourceInfo) -> tuple[Frame, ...]:
        """The position and its call sites, innermost first; the last one is in this body's own text."""
        return tuple(self._frames(source))

    def _frames(self, source: SourceInfo) -> Iterator[Frame]:
        span: Span | None = source.span
        scope: int | None = source.scope
        while scope is not None:
            inlined = self.scopes[scope].inlined
            if inlined is not None:
                yield Frame(inlined.callee, span)
                span = inlined.call_site
            scope = self.scopes[scope].parent
        yield Frame(self.name, span)

    def user_span(self, source: SourceInfo) -> Span | None:
        """The user's own line: the outermost call site when the code was inlined."""
        return self.inline_chain(source)[-1].span

    def place_ty(self, place: Place) -> Ty | None:
        """The type of a place; `None` where it takes the definition of a type to tell."""
        return place_ty(self.locals, place)


def place_ty(locals: Mapping[int, LocalDecl] | Sequence[LocalDecl], place: Place) -> Ty | None:
    """The type of a place, given the declarations of the locals."""
    ty: Ty | None = locals[place.local].ty
    for projection in place.projections:
        ty = projected_ty(ty, projection)
    return ty


def projected_ty(base: Ty | None, projection: Projection) -> Ty | None:
    """The type of a projection of a place of type `base`, as far as the text tells.

    A downcast keeps the type of the enum. Boxes and other library types are not looked into.
    """
    match projection, base:
        case ((Field(ty=ty) | OpaqueCast(ty) | UnwrapBinder(ty)), _):
            return ty
        case Deref(), RefTy(pointee=pointee) | RawPtrTy(pointee=pointee):
            return pointee
        case ((Index() | ConstantIndex()), ArrayTy(elem=elem) | SliceTy(elem)):
            return elem
        case Subslice(start, end, from_end), ArrayTy(elem, length):
            if not from_end:
                return ArrayTy(elem, ConstArg(str(end - start)))
            return None if length.value is None else ArrayTy(elem, ConstArg(str(length.value - end - start)))
        case Subslice(), SliceTy():
            return base
        case Downcast(), _:
            return base
        case _:
            return None


# ----------------------------------------------------------------------------------- allocations


@dataclass(frozen=True, slots=True)
class Relocation:
    """The pointer-sized bytes at `offset` are the address of byte `addend` of `alloc`."""

    offset: int
    alloc: str
    addend: int = 0


@dataclass(frozen=True, slots=True)
class Memory:
    """The contents of an allocation. `data[i]` is `None` for an undefined byte, and 0 under a
    relocation; `data` is `None` when the dump leaves the bytes out."""

    size: int
    align: int
    data: tuple[int | None, ...] | None
    relocations: tuple[Relocation, ...] = ()


class AllocKind(Enum):
    MEMORY = "memory"
    STATIC = "static"
    EXTERN_STATIC = "extern static"
    FN = "fn"
    VTABLE = "vtable"
    TYPE_ID = "typeid"


@dataclass(frozen=True, slots=True)
class Alloc:
    """`alloc1 (static: TILE, size: 1024, align: 4) { … }`. `name` is the static, the function, or the
    text after `vtable: ` and `typeid for `. `memory` is absent for these, for extern statics, and for
    statics whose value the compiler doesn't know yet."""

    id: str
    kind: AllocKind
    name: str | None
    memory: Memory | None

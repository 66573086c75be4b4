"""Dropping values: `Drop::drop` of the type, then its fields in the order of their declaration (Reference,
"Destructors"), as a body of MIR that text MIR leaves out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.ir.lower.calls import activate
from cuq.ir.lower.closures import Invocation
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.places import address, locate
from cuq.ir.lower.types import core_path, is_wide, is_zero_sized, scalar, type_args
from cuq.mir import terminators as mir
from cuq.mir.body import BasicBlock, Body, BodyKind, LocalDecl, Scope
from cuq.mir.consts import Constant, FnConst
from cuq.mir.tree import (
    Assign,
    Copy,
    Deref,
    Discriminant,
    Downcast,
    Field,
    Place,
    Projection,
    SourceInfo,
    Statement,
)
from cuq.mir.types import UNIT, ArrayTy, IntTy, Name, Path, PathTy, QualifiedSelf, RefTy, TupleTy, Ty

if TYPE_CHECKING:
    from cuq.ir.lower.translate import Translator

_PLAIN = ("array", "cmp", "iter", "marker", "mem", "num", "ops", "option", "ptr", "result", "slice")
"""Modules of `core` whose types drop what they hold and do nothing else."""
_KEEP = frozenset({"core::mem::ManuallyDrop", "core::mem::MaybeUninit"})
_DROP = Path((Name("core"), Name("ops"), Name("Drop")))
_NEVER = mir.UnwindAction.UNREACHABLE
_VALUE, _VARIANT = 1, 2
"""Locals of a body that drops: the reference to the value, and which variant it is."""


def lower_drop(to: Translator, at: Cursor, drop: mir.Drop) -> None:
    """`drop(place)` and the jump behind it."""
    ty = at.frame.body.place_ty(drop.place)
    if ty is None:
        raise Unsupported(f"dropping {drop.place}", span=at.span)
    if drops_nothing(at, ty):
        to.goto(at, drop.target)
        return
    pointer = address(at, locate(at, drop.place))
    activate(to, at, Invocation(_body(to, at, ty), (pointer,)), None, drop.target)


def drops_nothing(at: Cursor, ty: Ty) -> bool:
    """Whether dropping a value of the type runs no code that matters; False when it is not known."""
    match ty:
        case ArrayTy(elem=elem):
            return drops_nothing(at, elem)
        case TupleTy(elems=elems):
            return all(drops_nothing(at, elem) for elem in elems)
        case _ if is_zero_sized(ty) or scalar(ty) is not None or is_wide(ty):
            return True
        case PathTy(path=path):
            plain = core_path(path.plain)
            head, _, module = plain.partition("::")
            if plain in _KEEP:
                return True
            if head == "core" and module.startswith(tuple(f"{name}::" for name in _PLAIN)):
                return all(drops_nothing(at, arg) for arg in type_args(ty))
            return at.objects.facts.oracle.needs_drop(ty) is False
        case _:
            return False


def _body(to: Translator, at: Cursor, ty: Ty) -> Body:
    """The body that drops a value behind a reference."""
    whole = (Deref(),)
    glue = _Glue(SourceInfo(at.span, 0))
    own = _own(to, at, ty)
    if own is not None:
        glue.add(mir.Call(Place(0), Constant(FnConst(own)), (Copy(Place(_VALUE)),), 1, _NEVER))
    variants = at.objects.layouts.variants(ty)
    if variants:
        drops = [
            list(_dropped(at, ty, variant.fields, (*whole, Downcast(variant.name)), variant.name))
            for variant in variants
        ]
        end = len(glue.blocks) + 1
        starts = itertools.accumulate(map(len, drops), initial=end + 1)
        targets = tuple(
            (variant.discriminant % 2**64, start if places else end)
            for variant, places, start in zip(variants, drops, starts, strict=False)
        )
        read = Assign(Place(_VARIANT), Discriminant(Place(_VALUE, whole)))
        glue.add(mir.SwitchInt(Copy(Place(_VARIANT)), targets, end), Statement(read, glue.source))
        glue.add(mir.Return())
        for places in drops:
            glue.drop(places, end)
    else:
        fields = at.objects.facts.fields_of(ty)
        if fields is None:
            raise Unsupported(f"dropping a value of type {ty}", span=at.span)
        places = list(_dropped(at, ty, fields, whole, None))
        glue.drop(places, len(glue.blocks) + len(places))
        glue.add(mir.Return())
    locals_: tuple[Ty, ...] = (UNIT, RefTy(ty, mutable=True), IntTy("isize"))
    return Body(
        BodyKind.FN,
        f"drop of {ty}",
        1,
        tuple(LocalDecl(i, local) for i, local in enumerate(locals_)),
        (),
        (Scope(0, None),),
        tuple(glue.blocks),
    )


@dataclass(slots=True)
class _Glue:
    """The blocks of a body that drops, all at one place of the source."""

    source: SourceInfo
    blocks: list[BasicBlock] = field(default_factory=list)

    def add(self, kind: mir.TerminatorKind, *statements: Statement) -> None:
        self.blocks.append(BasicBlock(len(self.blocks), statements, mir.Terminator(kind, self.source)))

    def drop(self, places: Sequence[Place], end: int) -> None:
        """Drop one after the other, and go on at block `end`."""
        for place in places:
            self.add(mir.Drop(place, end if place is places[-1] else len(self.blocks) + 1, _NEVER))


def _own(to: Translator, at: Cursor, ty: Ty) -> Path | None:
    """The destructor of the type itself, None if it has none. Raises `Unsupported` if that is not known, or its body is
    not here."""
    has = at.objects.facts.oracle.implements_drop(ty) if isinstance(ty, PathTy) else False
    path = Path((QualifiedSelf(ty, _DROP), Name("drop")))
    if has is None or (has and to.program.callee(path, [RefTy(ty, mutable=True)]) is None):
        raise Unsupported(f"dropping a value of type {ty}", span=at.span)
    return path if has else None


def _dropped(
    at: Cursor, ty: Ty, fields: Sequence[Ty | None], way: tuple[Projection, ...], variant: str | None
) -> Iterator[Place]:
    """The fields whose drop does something. Raises `Unsupported` when the type of one is not known."""
    known = at.objects.layouts.seen(ty)
    for index, declared in enumerate(fields):
        part = declared or known.get(index if variant is None else (variant, index))
        if part is None:
            raise Unsupported(f"dropping a value of type {ty}", span=at.span)
        if not drops_nothing(at, part):
            yield Place(_VALUE, (*way, Field(index, part)))

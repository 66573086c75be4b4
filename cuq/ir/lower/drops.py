"""Dropping values: `Drop::drop` of the type, then its fields in the order of their declaration (Reference,
"Destructors"), as a body of MIR that text MIR leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cuq.base.errors import Unsupported
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
    unknown = Unsupported(f"dropping a value of type {ty}", span=at.span)
    source = SourceInfo(at.span, 0)
    whole = Place(_VALUE, (Deref(),))
    blocks: list[BasicBlock] = []

    def block(kind: mir.TerminatorKind, *statements: Statement) -> None:
        blocks.append(BasicBlock(len(blocks), statements, mir.Terminator(kind, source)))

    own = at.objects.facts.oracle.implements_drop(ty) if isinstance(ty, PathTy) else False
    if own is None:
        raise unknown
    if own:
        path = Path((QualifiedSelf(ty, _DROP), Name("drop")))
        if to.program.callee(path, [RefTy(ty, mutable=True)]) is None:
            raise unknown
        call = mir.Call(Place(0), Constant(FnConst(path)), (Copy(Place(_VALUE)),), 1, _NEVER)
        block(call)
    variants = at.objects.layouts.variants(ty)
    if variants:
        _drop_variants(at, ty, blocks, source, whole)
    else:
        fields = at.objects.facts.fields_of(ty)
        if fields is None:
            raise unknown
        for place in _dropped(at, ty, fields, whole.projections, None):
            block(mir.Drop(place, len(blocks) + 1, _NEVER))
        block(mir.Return())
    locals_: tuple[Ty, ...] = (UNIT, RefTy(ty, mutable=True), IntTy("isize"))
    return Body(
        BodyKind.FN,
        f"drop of {ty}",
        1,
        tuple(LocalDecl(i, local) for i, local in enumerate(locals_)),
        (),
        (Scope(0, None),),
        tuple(blocks),
    )


def _drop_variants(at: Cursor, ty: Ty, blocks: list[BasicBlock], source: SourceInfo, whole: Place) -> None:
    """Blocks that drop the fields of the variant that an enum is."""
    variants = at.objects.layouts.variants(ty)
    drops = [
        list(_dropped(at, ty, variant.fields, (*whole.projections, Downcast(variant.name)), variant.name))
        for variant in variants
    ]
    read = Statement(Assign(Place(_VARIANT), Discriminant(whole)), source)
    switch, end = len(blocks), len(blocks) + 1
    targets, start = [], end + 1
    for variant, places in zip(variants, drops, strict=True):
        targets.append((variant.discriminant % 2**64, start if places else end))
        start += len(places)
    kind = mir.SwitchInt(Copy(Place(_VARIANT)), tuple(targets), end)
    blocks.append(BasicBlock(switch, (read,), mir.Terminator(kind, source)))
    blocks.append(BasicBlock(end, (), mir.Terminator(mir.Return(), source)))
    for places in drops:
        for place in places:
            number = len(blocks)
            target = end if place is places[-1] else number + 1
            blocks.append(BasicBlock(number, (), mir.Terminator(mir.Drop(place, target, _NEVER), source)))


def _dropped(
    at: Cursor, ty: Ty, fields: Sequence[Ty | None], way: tuple[Projection, ...], variant: str | None
) -> Iterator[Place]:
    """The fields whose drop does something. Raises `Unsupported` when the type of one is not known."""
    for index, field in enumerate(fields):
        seen = at.objects.layouts.seen(ty).get(index if variant is None else (variant, index))
        known = field or seen
        if known is None:
            raise Unsupported(f"dropping a value of type {ty}", span=at.span)
        if not drops_nothing(at, known):
            yield Place(_VALUE, (*way, Field(index, known)))

"""MIR statements."""

from __future__ import annotations

from typing import assert_never

from cuq.base.errors import Unsupported
from cuq.ir.lower.cursor import WEAK, Cursor, i64
from cuq.ir.lower.enums import discriminant, variant_name
from cuq.ir.lower.memory import enum_layout, store_discriminant
from cuq.ir.lower.places import MemPlace, Nothing, SlotPlace, locate, write
from cuq.ir.lower.rvalues import evaluate, operand, operand_ty
from cuq.ir.lower.types import pointee
from cuq.ir.lower.values import Part
from cuq.ir.ops import Assume, BinOp, CopyBytes, NoWrap
from cuq.ir.types import I1, I64, PTR
from cuq.mir import tree
from cuq.mir.types import PathTy


def lower_statement(at: Cursor, kind: tree.StatementKind) -> None:
    match kind:
        case tree.Assign(place=place, rvalue=rvalue):
            here = locate(at, place)
            write(at, here, evaluate(at, rvalue, here.ty))
        case tree.SetDiscriminant():
            _set_discriminant(at, kind)
        case tree.CopyNonOverlapping():
            _copy(at, kind)
        case tree.Assume(operand=condition):
            at.effect(Assume(at.value(operand(at, condition), I1), at.loc))
        case (
            tree.StorageLive()
            | tree.StorageDead()
            | tree.PlaceMention()
            | tree.Nop()
            | tree.ConstEvalCounter()
            | tree.Coverage()
            | tree.BackwardIncompatibleDropHint()
            | tree.Retag()
        ):
            # No effect on values: storage, borrow checking and instrumentation.
            pass
        case _:
            assert_never(kind)


def _set_discriminant(at: Cursor, kind: tree.SetDiscriminant) -> None:
    here = locate(at, kind.place)
    if not isinstance(here.ty, PathTy) or isinstance(here, Nothing):
        raise Unsupported(str(kind), span=at.span)
    enum = enum_layout(at, here.ty) if isinstance(here, MemPlace) else None
    if enum is not None and isinstance(here, MemPlace):
        store_discriminant(at, here.pointer, enum, kind.variant)
        return
    if not isinstance(here, SlotPlace):
        raise Unsupported(str(kind), span=at.span)
    enums = at.objects.facts.enums
    number = discriminant(enums, here.ty, variant_name(enums, here.ty, kind.variant, at.span))
    if number is None:
        raise Unsupported(str(kind), span=at.span)
    at.ssa.write(at.block, here.slot, (*here.keys, Part.DISCRIMINANT), i64(number))


def _copy(at: Cursor, kind: tree.CopyNonOverlapping) -> None:
    target = pointee(operand_ty(at, kind.dst))
    if target is None:
        raise Unsupported(str(kind), span=at.span)
    size = i64(at.size(target))
    total = at.binary(BinOp.MUL, at.value(operand(at, kind.count), I64), size, NoWrap.SIGNED)
    to, start = (at.value(operand(at, op), PTR) for op in (kind.dst, kind.src))
    at.effect(CopyBytes(to, start, total, WEAK, WEAK, at.loc))

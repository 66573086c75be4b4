"""Associated constants of `core` that stay symbolic in text MIR."""

from __future__ import annotations

from cuq.base.span import Span
from cuq.ir.lower.layout import Layout, Layouts
from cuq.ir.lower.types import core_path
from cuq.ir.ops import FALSE, TRUE, Const
from cuq.ir.types import I64, IntType
from cuq.mir.types import BoolTy, ImplBlock, IntTy, Name, Path, QualifiedSelf, Ty

_SIZED = "core::mem::SizedTypeProperties"
_USIZE, _U32 = IntTy("usize"), IntTy("u32")


def known_constant(layouts: Layouts, path: Path, span: Span | None) -> tuple[Const, Ty] | None:
    """The value and type of `<T as SizedTypeProperties>::SIZE`, `core::num::<impl u32>::MAX` and the like;
    None for other paths. Raises `Unsupported` when it takes an unknown layout."""
    match path.segments:
        case (QualifiedSelf(self_ty=ty, trait=Path() as trait), Name(ident=name)):
            return _sized(layouts.layout(ty, span), name) if core_path(trait.plain) == _SIZED else None
        case (*_, ImplBlock(self_ty=IntTy() as ty, trait=None), Name(ident=name)):
            return _limit(ty, name)
        case _:
            return None


def _sized(found: Layout, name: str) -> tuple[Const, Ty] | None:
    match name:
        case "SIZE":
            return Const(found.size, I64), _USIZE
        case "ALIGN":
            return Const(found.align, I64), _USIZE
        case "IS_ZST":
            return (FALSE if found.size else TRUE), BoolTy()
        case _:
            return None


def _limit(ty: IntTy, name: str) -> tuple[Const, Ty] | None:
    high = (1 << (ty.bits - ty.signed)) - 1
    match name:
        case "BITS":
            return Const(ty.bits, IntType(32)), _U32
        case "MAX":
            return Const(high, IntType(ty.bits)), ty
        case "MIN":
            return Const(high + 1 if ty.signed else 0, IntType(ty.bits)), ty
        case _:
            return None

"""MIR casts."""

from __future__ import annotations

import re

from cuq.base.errors import Unsupported
from cuq.ir.lower.cursor import Cursor, i64
from cuq.ir.lower.transmutes import transmute
from cuq.ir.lower.types import bare, is_unsized, is_wide, pointee, scalar, signed, strip, type_args
from cuq.ir.lower.values import FunctionPointer, LocalRef, Opaque, Part, RetypedRef, Tree, project, wide
from cuq.ir.ops import CastKind, Value
from cuq.ir.types import I64, PTR, FloatType, IntType
from cuq.mir.tree import CastKind as MirCast
from cuq.mir.tree import PointerCoercion
from cuq.mir.types import ArrayTy, ClosureTy, DynTy, FnDefTy, FnPtrTy, PathTy, SliceTy, Ty


def cast(at: Cursor, value: Tree, source: Ty, target: Ty, kind: MirCast | PointerCoercion) -> Tree:
    """`value as target`."""
    if isinstance(value, Opaque):
        return value
    if kind is MirCast.TRANSMUTE and isinstance(source, FnPtrTy) and at.ssa.functions(at.leaf(value, I64)):
        return Opaque(f"a function pointer as {target}")
    match kind:
        case MirCast.INT_TO_INT | MirCast.INT_TO_FLOAT | MirCast.FLOAT_TO_INT | MirCast.FLOAT_TO_FLOAT:
            return _numbers(at, value, source, target)
        case MirCast.PTR_TO_PTR | PointerCoercion(kind="MutToConstPointer" | "ArrayToPointer"):
            return pointer_cast(at, value, source, target)
        case PointerCoercion(kind=how) if how.startswith(
            ("ReifyFnPointer", "ClosureFnPointer", "UnsafeFnPointer")
        ):
            match source:
                case FnDefTy(path=path):
                    return FunctionPointer(path)
                case ClosureTy():
                    return FunctionPointer(source)
                case _:
                    return value
        case PointerCoercion(kind="Unsize"):
            return _unsize(at, value, source, target)
        case MirCast.TRANSMUTE:
            if scalar(source) == scalar(target) == PTR:
                return pointer_cast(at, value, source, target)
            if _same(bare(source), bare(target)):
                return value
            return transmute(at, value, source, target)
        case MirCast.SUBTYPE:
            return value
        case MirCast.POINTER_EXPOSE_PROVENANCE if not is_wide(source):
            return at.cast(CastKind.BITCAST, at.value(value, PTR), I64)
        case MirCast.POINTER_WITH_EXPOSED_PROVENANCE:
            return at.cast(CastKind.BITCAST, at.value(value, I64), PTR)
        case _:
            return Opaque(f"a cast from {source} to {target} ({kind})")


def _numbers(at: Cursor, value: Tree, source: Ty, target: Ty) -> Value:
    before, after = scalar(source), scalar(target)
    if before is None or after is None:
        raise Unsupported(f"a cast from {source} to {target}", span=at.span)
    number = at.value(value, before)
    match before, after:
        case IntType(), IntType():
            return at.resize(number, after, signed(source))
        case IntType(), FloatType():
            return at.float_op("from_sint" if signed(source) else "from_uint", (number,), after)
        case FloatType(), IntType():
            return at.float_op("to_sint" if signed(target) else "to_uint", (number,), after)
        case FloatType(), FloatType():
            return number if before == after else at.float_op("fcvt", (number,), after)
        case _:
            raise Unsupported(f"a cast from {source} to {target}", span=at.span)


def pointer_cast(at: Cursor, value: Tree, source: Ty, target: Ty) -> Tree:
    """A pointer at another pointee type; a wide one may lose its metadata."""
    before, after = pointee(source), pointee(target)
    if is_wide(target):
        return value
    data = project(value, Part.DATA) if is_wide(source) else value
    leaf = at.leaf(data, PTR)
    if not isinstance(leaf, LocalRef):
        return leaf
    old, new = (None if ty is None else bare(ty) for ty in (before, after))
    if _same(old, new):
        return leaf
    if isinstance(old, ArrayTy | SliceTy) and _same(old.elem, new):
        return LocalRef(leaf.slot, (*leaf.keys, 0))
    return RetypedRef(leaf.slot, f"a local {before} accessed as {after}")


def _same(a: Ty | None, b: Ty | None) -> bool:
    """Whether two types are the same but for lifetimes and the mutability of pointers in them."""
    return a is not None and b is not None and plain(a) == plain(b)


def plain(ty: Ty) -> str:
    """The text of a type without lifetimes and kinds of pointers."""
    text = re.sub(r"'\w+,? ?", "", str(ty))
    return re.sub(r"&mut |&|\*const |\*mut ", "*", text)


def _unsize(at: Cursor, value: Tree, source: Ty, target: Ty) -> Tree:
    before, after = pointee(source), pointee(target)
    array = None if before is None else strip(before)
    if isinstance(array, ArrayTy) and isinstance(after, SliceTy) and array.length.value is not None:
        return wide(at.leaf(value, PTR), i64(array.length.value))
    if isinstance(before, PathTy) and after is not None and is_unsized(after):
        # A struct that ends in an array, seen as one that ends in a slice.
        counts = [arg.length.value for arg in type_args(before) if isinstance(arg, ArrayTy)]
        if len(counts) == 1 and counts[0] is not None and not isinstance(after, DynTy):
            return wide(at.leaf(value, PTR), i64(counts[0]))
    return Opaque(f"a cast from {source} to {target}")

"""Functions of `core` that rustc leaves as calls (it stops inlining at some depth), expanded here.

Sources: the definitions in library/core of rustc 1.96.
"""

from __future__ import annotations

from collections.abc import Callable

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.ir.lower.arith import offset
from cuq.ir.lower.cursor import WEAK, Cursor, constant, i64
from cuq.ir.lower.places import SlotPlace, behind, read, split_pointer, write
from cuq.ir.lower.types import pointee, scalar, signed, type_args
from cuq.ir.lower.values import UNIT, LocalRef, Missing, Part, Record, Tree, project, wide
from cuq.ir.ops import FALSE, Binary, BinOp, CastKind, CopyBytes, NoWrap, ObjectRef, Pred, PtrAdd, Reg, Value
from cuq.ir.types import I1, I8, I64, PTR, IntType
from cuq.mir.types import Path, PathTy, Ty


@dataclass(frozen=True, slots=True)
class LibraryCall:
    """A call to expand: the arguments with their types, the generic type arguments of the callee."""

    path: Path
    args: tuple[Tree, ...]
    types: tuple[Ty, ...]
    generics: tuple[Ty, ...]


def expand(at: Cursor, name: str, call: LibraryCall) -> Tree:
    """The result of the call; `name` is one of the names that dialect tables give to `Library`."""
    return _EXPANSIONS[name](at, call)


def _generic(at: Cursor, call: LibraryCall) -> Ty:
    if not call.generics:
        raise Unsupported(f"a call to {call.path}", span=at.span)
    return call.generics[0]


def _extreme(at: Cursor, call: LibraryCall, largest: bool) -> Tree:
    ty = call.types[0]
    kind = scalar(ty)
    if not isinstance(kind, IntType):
        raise Unsupported(f"{call.path} of {ty}", span=at.span)
    a, b = (at.value(arg, kind) for arg in call.args)
    # `min` returns the first of equals and `max` the second: the same number for integers.
    swapped = at.compare(Pred.SLT if signed(ty) else Pred.ULT, b, a)
    return at.select(swapped, a, b) if largest else at.select(swapped, b, a)


def _min(at: Cursor, call: LibraryCall) -> Tree:
    return _extreme(at, call, largest=False)


def _max(at: Cursor, call: LibraryCall) -> Tree:
    return _extreme(at, call, largest=True)


def _option_branch(at: Cursor, call: LibraryCall) -> Tree:
    """`Some(x)` to `Continue(x)` (0), `None` to `Break(None)` (1)."""
    (option,) = call.args
    some = at.value(project(option, Part.DISCRIMINANT), I64)
    return Record(
        {
            Part.DISCRIMINANT: at.binary(BinOp.SUB, i64(1), some),
            ("Continue", 0): project(option, ("Some", 0)),
            ("Break", 0): _NONE,
        },
        Missing.INACTIVE,
    )


_NONE = Record({Part.DISCRIMINANT: i64(0)}, Missing.INACTIVE)


def _option_none(at: Cursor, call: LibraryCall) -> Tree:
    """`?` on an `Option` in a function that returns one: the residual is always `None`."""
    return _NONE


def _offset_from(at: Cursor, call: LibraryCall) -> Tree:
    """The distance of two pointers into one object, in elements."""
    target = pointee(call.types[0])
    if target is None:
        raise Unsupported(f"a call to {call.path}", span=at.span)
    size = at.size(target)
    if size == 0:
        raise Unsupported("the distance of pointers to values without size", span=at.span)
    end, start = (at.value(arg, PTR) for arg in call.args)
    known = _elements_between(at, start, end, size)
    if known is not None:
        return known
    # Exact: undefined behaviour unless the distance is a multiple of the size.
    return at.binary(BinOp.SDIV, _byte_distance(at, start, end), i64(size))


def _byte_distance(at: Cursor, start: Value, end: Value) -> Value:
    first, last = (at.cast(CastKind.BITCAST, pointer, I64) for pointer in (start, end))
    return at.binary(BinOp.SUB, last, first)


def _elements_between(at: Cursor, start: Value, end: Value, size: int) -> Value | None:
    """`n` when `end` was computed as element `n` counted from `start`."""
    step = at.ssa.definitions.get(end) if isinstance(end, Reg) else None
    if not isinstance(step, PtrAdd) or step.base != start or not isinstance(start, Reg | ObjectRef):
        return None
    if size == 1:
        return step.offset
    scaled = at.ssa.definitions.get(step.offset) if isinstance(step.offset, Reg) else None
    match scaled:
        case Binary(op=BinOp.MUL, a=index, b=factor, nowrap=NoWrap.SIGNED | NoWrap.UNSIGNED) if factor == i64(
            size
        ):
            return index
        case _:
            return None


def _ptr_add(at: Cursor, call: LibraryCall) -> Tree:
    pointer, count = call.args
    return offset(at, pointer, call.types[0], at.value(count, I64), unsigned=True)


def _ptr_sub(at: Cursor, call: LibraryCall) -> Tree:
    pointer, count = call.args
    back = at.binary(BinOp.SUB, i64(0), at.value(count, I64))
    return offset(at, pointer, call.types[0], back)


def _ptr_offset(at: Cursor, call: LibraryCall) -> Tree:
    pointer, count = call.args
    return offset(at, pointer, call.types[0], at.value(count, I64))


def _copy(at: Cursor, call: LibraryCall) -> Tree:
    """`ptr::copy(source, target, count)`: the ranges may overlap."""
    source, target, count = call.args
    size = i64(at.size(_generic(at, call)))
    total = at.binary(BinOp.MUL, at.value(count, I64), size, NoWrap.SIGNED)
    at.effect(CopyBytes(at.value(target, PTR), at.value(source, PTR), total, WEAK, WEAK, at.loc))
    return UNIT


def _select(at: Cursor, call: LibraryCall) -> Tree:
    """`select_unpredictable(condition, if_true, if_false)` of scalars."""
    condition, yes, no = call.args
    kind = scalar(call.types[1])
    if kind is None:
        raise Unsupported(f"a call to {call.path}", span=at.span)
    return at.select(at.value(condition, I1), at.value(yes, kind), at.value(no, kind))


def _carrying_mul_add(at: Cursor, call: LibraryCall) -> Tree:
    """`carrying_mul_add(a, b, c, d)`: the low and the high word of `a * b + c + d`, which two words hold."""
    kind, sign = scalar(call.types[0]), signed(call.types[0])
    if not isinstance(kind, IntType) or kind.bits > 64:
        raise Unsupported(f"{call.path} of {call.types[0]}", span=at.span)
    double = IntType(2 * kind.bits)
    a, b, c, d = (at.resize(at.value(arg, kind), double, sign) for arg in call.args)
    product = at.binary(BinOp.ADD, at.binary(BinOp.ADD, at.binary(BinOp.MUL, a, b), c), d)
    high = at.binary(BinOp.LSHR, product, constant(kind.bits, double))
    return Record({0: at.resize(product, kind, False), 1: at.resize(high, kind, False)})


def _range_inclusive(at: Cursor, call: LibraryCall) -> Tree:
    """`RangeInclusive::new(start, end)`, which is not exhausted."""
    start, end = call.args
    return Record({0: start, 1: end, 2: FALSE})


def _slice(at: Cursor, call: LibraryCall) -> Tree:
    """`slice_from_raw_parts(data, len)`."""
    return wide(*call.args)


def _str_len(at: Cursor, call: LibraryCall) -> Tree:
    return project(call.args[0], Part.METADATA)


def _arith_offset(at: Cursor, call: LibraryCall) -> Tree:
    """`wrapping_offset`: may leave the object."""
    pointer, count = call.args
    return offset(at, pointer, call.types[0], at.value(count, I64), inbounds=False)


def _slice_iter_len(at: Cursor, call: LibraryCall) -> Tree:
    """`slice::Iter<T>::size`."""
    iterator = call.types[0]
    ty = pointee(iterator)
    data, _ = split_pointer(call.args[0], iterator)
    leaf = at.leaf(data, PTR)
    if not isinstance(ty, PathTy) or not isinstance(leaf, LocalRef):
        raise Unsupported(f"a call to {call.path}", span=at.span)
    return slice_iter_len(at, read(at, SlotPlace(leaf.slot, leaf.keys, ty)), ty)


def _iterator_get(at: Cursor, call: LibraryCall) -> Tree:
    """`iterator.__iterator_get_unchecked(index)`."""
    # Iterators are made of the functions here.
    from cuq.ir.lower.iterators import SliceIterator

    ty = pointee(call.types[0])
    leaf = at.leaf(call.args[0], PTR)
    if not isinstance(ty, PathTy) or not isinstance(leaf, LocalRef):
        raise Unsupported(f"a call to {call.path}", span=at.span)
    return SliceIterator(leaf, ty).get(at, at.value(call.args[1], I64))


def slice_iter_len(at: Cursor, value: Tree, ty: PathTy) -> Value:
    """Elements between the fields `ptr` (0) and `end_or_len` (1) of a `slice::Iter` or `IterMut`."""
    size = at.size(type_args(ty)[0])
    if size == 0:
        raise Unsupported(f"{ty}, whose elements have no size", span=at.span)
    start, end = (at.value(project(value, field), PTR) for field in (0, 1))
    count = _elements_between(at, start, end, size)
    return at.binary(BinOp.UDIV, _byte_distance(at, start, end), i64(size)) if count is None else count


def _write_bytes(at: Cursor, call: LibraryCall) -> Tree:
    """`ptr::write_bytes` with a constant number of bytes."""
    pointer, byte, count = call.args
    size = at.size(_generic(at, call))
    total = at.binary(BinOp.MUL, at.value(count, I64), i64(size), NoWrap.SIGNED)
    bytes_ = getattr(total, "bits", None)
    if bytes_ is None or bytes_ > MAX_WRITE_BYTES:
        raise Unsupported("write_bytes of a length that is not a small constant", span=at.span)
    start, value = at.value(pointer, PTR), at.value(byte, I8)
    for i in range(bytes_):
        at.store(at.at_offset(start, i), value)
    return UNIT


MAX_WRITE_BYTES = 1024


def _swap(at: Cursor, call: LibraryCall) -> Tree:
    a, b = (behind(at, arg, _generic(at, call)) for arg in call.args)
    old_a, old_b = read(at, a), read(at, b)
    write(at, a, old_b)
    write(at, b, old_a)
    return UNIT


def _size_of(at: Cursor, call: LibraryCall) -> Tree:
    return i64(at.size(_generic(at, call)))


def _align_of(at: Cursor, call: LibraryCall) -> Tree:
    return i64(at.objects.layouts.layout(_generic(at, call), at.span).align)


_EXPANSIONS: dict[str, Callable[[Cursor, LibraryCall], Tree]] = {
    "min": _min,
    "max": _max,
    "option_branch": _option_branch,
    "option_none": _option_none,
    "offset_from": _offset_from,
    "arith_offset": _arith_offset,
    "slice_iter_len": _slice_iter_len,
    "iterator_get": _iterator_get,
    "write_bytes": _write_bytes,
    "ptr_add": _ptr_add,
    "ptr_sub": _ptr_sub,
    "ptr_offset": _ptr_offset,
    "slice": _slice,
    "str_len": _str_len,
    "swap": _swap,
    "copy": _copy,
    "select_unpredictable": _select,
    "carrying_mul_add": _carrying_mul_add,
    "range_inclusive": _range_inclusive,
    "size_of": _size_of,
    "align_of": _align_of,
}

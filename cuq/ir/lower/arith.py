"""MIR arithmetic: what it does for each kind of operand."""

from __future__ import annotations

from cuq.base.errors import Unsupported
from cuq.ir.lower.cursor import Cursor, constant, i64
from cuq.ir.lower.types import is_pointer, is_wide, pointee, scalar, signed
from cuq.ir.lower.values import Part, Record, Tree, project
from cuq.ir.ops import Assume, BinOp, NoWrap, Pred, Value
from cuq.ir.types import I1, I64, PTR, FloatType, IntType
from cuq.mir.tree import BinOp as MirOp
from cuq.mir.types import Ty

_PLAIN = {MirOp.ADD: BinOp.ADD, MirOp.SUB: BinOp.SUB, MirOp.MUL: BinOp.MUL}
_BITS = {MirOp.BIT_AND: BinOp.AND, MirOp.BIT_OR: BinOp.OR, MirOp.BIT_XOR: BinOp.XOR}
_UNCHECKED = {MirOp.ADD_UNCHECKED: BinOp.ADD, MirOp.SUB_UNCHECKED: BinOp.SUB, MirOp.MUL_UNCHECKED: BinOp.MUL}
_CHECKED = {
    MirOp.ADD_WITH_OVERFLOW: BinOp.ADD,
    MirOp.SUB_WITH_OVERFLOW: BinOp.SUB,
    MirOp.MUL_WITH_OVERFLOW: BinOp.MUL,
}
_SHIFTS = (MirOp.SHL, MirOp.SHL_UNCHECKED, MirOp.SHR, MirOp.SHR_UNCHECKED)
_FLOAT = {
    MirOp.ADD: "fadd",
    MirOp.SUB: "fsub",
    MirOp.MUL: "fmul",
    MirOp.DIV: "fdiv",
    MirOp.REM: "frem",
}
_FLOAT_COMPARE = {
    MirOp.EQ: ("feq", False),
    MirOp.NE: ("fne", False),
    MirOp.LT: ("flt", False),
    MirOp.LE: ("fle", False),
    MirOp.GT: ("flt", True),
    MirOp.GE: ("fle", True),
}


def binary(at: Cursor, op: MirOp, left: Tree, right: Tree, left_ty: Ty, right_ty: Ty) -> Tree:
    """`op(left, right)`."""
    if op is MirOp.OFFSET:
        return offset(at, left, left_ty, at.value(right, I64), unsigned=not signed(right_ty))
    if is_pointer(left_ty):
        return _pointers(at, op, left, right, left_ty)
    kind = scalar(left_ty)
    if isinstance(kind, FloatType):
        return _floats(at, op, at.value(left, kind), at.value(right, kind))
    if not isinstance(kind, IntType):
        raise Unsupported(f"{op.value} of {left_ty}", span=at.span)
    a = at.value(left, kind)
    sign = signed(left_ty)
    if op in _SHIFTS:
        return _shift(at, op, a, right, right_ty, sign)
    return _integers(at, op, a, at.value(right, kind), sign)


def offset(
    at: Cursor, pointer: Tree, ty: Ty, count: Value, *, inbounds: bool = True, unsigned: bool = False
) -> Tree:
    """The pointer `count` elements further on; `unsigned`: the count is a `usize`."""
    target = pointee(ty)
    if target is None:
        raise Unsupported(f"an offset from {ty}", span=at.span)
    return at.element(at.value(pointer, PTR), count, at.size(target), inbounds, unsigned)


def _integers(at: Cursor, op: MirOp, a: Value, b: Value, sign: bool) -> Tree:
    if op in _PLAIN:
        return at.binary(_PLAIN[op], a, b)
    if op in _BITS:
        return at.binary(_BITS[op], a, b)
    if op in _UNCHECKED:
        return at.binary(_UNCHECKED[op], a, b, NoWrap.SIGNED if sign else NoWrap.UNSIGNED)
    if op in _CHECKED:
        kind = _CHECKED[op]
        return Record({0: at.binary(kind, a, b), 1: at.overflow(kind, sign, a, b)})
    if op is MirOp.DIV:
        return at.binary(BinOp.SDIV if sign else BinOp.UDIV, a, b)
    if op is MirOp.REM:
        return at.binary(BinOp.SREM if sign else BinOp.UREM, a, b)
    if op is MirOp.CMP:
        less = at.compare(Pred.SLT if sign else Pred.ULT, a, b)
        equal = at.compare(Pred.EQ, a, b)
        order = at.select(less, i64(-1), at.select(equal, i64(0), i64(1)))
        return Record({Part.DISCRIMINANT: order})
    return compare(at, op, a, b, sign)


def compare(at: Cursor, op: MirOp, a: Value, b: Value, sign: bool) -> Value:
    """An integer or pointer comparison."""
    less, at_most = (Pred.SLT, Pred.SLE) if sign else (Pred.ULT, Pred.ULE)
    match op:
        case MirOp.EQ:
            return at.compare(Pred.EQ, a, b)
        case MirOp.NE:
            return at.compare(Pred.NE, a, b)
        case MirOp.LT:
            return at.compare(less, a, b)
        case MirOp.LE:
            return at.compare(at_most, a, b)
        case MirOp.GT:
            return at.compare(less, b, a)
        case MirOp.GE:
            return at.compare(at_most, b, a)
        case _:
            raise Unsupported(f"{op.value} of {a.type}", span=at.span)


def _pointers(at: Cursor, op: MirOp, left: Tree, right: Tree, ty: Ty) -> Tree:
    if not is_wide(ty):
        return compare(at, op, at.value(left, PTR), at.value(right, PTR), sign=False)
    if op not in (MirOp.EQ, MirOp.NE):
        raise Unsupported(f"{op.value} of wide pointers", span=at.span)
    data = [at.value(project(side, Part.DATA), PTR) for side in (left, right)]
    length = [at.value(project(side, Part.METADATA), I64) for side in (left, right)]
    same = at.binary(
        BinOp.AND, at.compare(Pred.EQ, data[0], data[1]), at.compare(Pred.EQ, length[0], length[1])
    )
    return same if op is MirOp.EQ else at.invert(same)


def _floats(at: Cursor, op: MirOp, a: Value, b: Value) -> Value:
    if op in _FLOAT:
        return at.float_op(_FLOAT[op], (a, b), a.type)
    if op not in _FLOAT_COMPARE:
        raise Unsupported(f"{op.value} of {a.type}", span=at.span)
    name, swapped = _FLOAT_COMPARE[op]
    return at.float_op(name, (b, a) if swapped else (a, b), I1)


def _shift(at: Cursor, op: MirOp, a: Value, right: Tree, right_ty: Ty, sign: bool) -> Value:
    amount_kind = scalar(right_ty)
    assert isinstance(a.type, IntType), "an integer is shifted"
    if not isinstance(amount_kind, IntType):
        raise Unsupported(f"a shift by {right_ty}", span=at.span)
    amount = at.value(right, amount_kind)
    if op in (MirOp.SHL_UNCHECKED, MirOp.SHR_UNCHECKED):
        within = at.compare(Pred.ULT, amount, constant(a.type.bits, amount_kind))
        at.effect(Assume(within, at.loc))
    # Only the low bits count, so that extension and truncation are both right.
    amount = at.resize(amount, a.type, signed=False)
    if op in (MirOp.SHL, MirOp.SHL_UNCHECKED):
        return at.binary(BinOp.SHL, a, amount)
    return at.binary(BinOp.ASHR if sign else BinOp.LSHR, a, amount)


def not_(at: Cursor, value: Tree, ty: Ty) -> Value:
    """`!x`: of booleans the opposite, of integers all bits."""
    kind = scalar(ty)
    if not isinstance(kind, IntType):
        raise Unsupported(f"Not of {ty}", span=at.span)
    return at.binary(BinOp.XOR, at.value(value, kind), constant(-1, kind))


def negate(at: Cursor, value: Tree, ty: Ty) -> Value:
    """`-x`, wrapping."""
    kind = scalar(ty)
    match kind:
        case IntType():
            return at.binary(BinOp.SUB, constant(0, kind), at.value(value, kind))
        case FloatType():
            return at.float_op("fneg", (at.value(value, kind),), kind)
        case _:
            raise Unsupported(f"Neg of {ty}", span=at.span)

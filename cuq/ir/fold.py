"""Constant folding and identities: what an operation's result is without executing it.

Only results that hold in every execution: an operation whose overflow is undefined behaviour is left alone
when it does overflow.
"""

from __future__ import annotations

from collections.abc import Mapping

from cuq.ir.ops import (
    FALSE,
    TRUE,
    Binary,
    BinOp,
    Cast,
    CastKind,
    Compare,
    Const,
    NoWrap,
    Op,
    Overflow,
    Pred,
    PtrAdd,
    Reg,
    Select,
    Undef,
    Value,
)
from cuq.ir.types import FloatType, IntType

Definitions = Mapping[Reg, Op]


def to_signed(bits: int, width: int) -> int:
    """The word `bits` read as a two's complement number."""
    return bits - (1 << width) if bits >> (width - 1) else bits


def fold(op: Op, definitions: Definitions) -> Value | None:
    """The value that `op` always computes when that is known, else None.

    `definitions` gives the operations that defined its operands, as far as they are known.
    """
    match op:
        case Binary(a=Undef()) | Binary(b=Undef()):
            return None
        case Binary():
            return _binary(op)
        case Overflow(op=kind, signed=signed, a=Const(bits=a, type=IntType(bits=width)), b=Const(bits=b)):
            return _bool(_exact(kind, a, b, width, signed) is None)
        case Overflow(op=kind, b=Const(bits=0)):
            return FALSE
        case Overflow(op=BinOp.ADD | BinOp.MUL, a=Const(bits=0)):
            return FALSE
        case Compare():
            return _compare(op, definitions)
        case Cast():
            return _cast(op, definitions)
        case Select(cond=Const(bits=bits), a=a, b=b):
            return a if bits else b
        case Select(cond=cond, a=a, b=b):
            if a == b:
                return a
            return cond if (a, b) == (TRUE, FALSE) else None
        case PtrAdd(base=base, offset=Const(bits=0)):
            return base
        case _:
            return None


def _bool(value: bool) -> Const:
    return TRUE if value else FALSE


def _exact(op: BinOp, a: int, b: int, width: int, signed: bool) -> int | None:
    """The result as a word if it is in the range of the type, else None."""
    x, y = (to_signed(a, width), to_signed(b, width)) if signed else (a, b)
    result = {BinOp.ADD: x + y, BinOp.SUB: x - y, BinOp.MUL: x * y}[op]
    low, high = (-(1 << (width - 1)), 1 << (width - 1)) if signed else (0, 1 << width)
    return result % (1 << width) if low <= result < high else None


def _binary(op: Binary) -> Value | None:
    a, b = op.a, op.b
    match a, b:
        case Const(bits=x, type=IntType(bits=width) as kind), Const(bits=y):
            if op.nowrap is not NoWrap.NONE and not _wraps_never(op, x, y, width):
                return None
            result = evaluate(op.op, x, y, width)
            return None if result is None else Const(result, kind)
        case _:
            pass
    match op.op, a, b:
        case BinOp.ADD | BinOp.OR | BinOp.XOR, Const(bits=0), _:
            return b
        case (
            BinOp.ADD | BinOp.SUB | BinOp.OR | BinOp.XOR | BinOp.SHL | BinOp.LSHR | BinOp.ASHR,
            _,
            Const(bits=0),
        ):
            return a
        case BinOp.MUL, Const(bits=1), _:
            return b
        case BinOp.MUL | BinOp.UDIV | BinOp.SDIV, _, Const(bits=1):
            return a
        case BinOp.MUL | BinOp.AND, Const(bits=0), _:
            return a
        case BinOp.MUL | BinOp.AND, _, Const(bits=0):
            return b
        case BinOp.UREM | BinOp.SREM, _, Const(bits=1, type=word):
            return Const(0, word)
        case BinOp.AND | BinOp.OR, _, _ if a == b and isinstance(a, Reg):
            return a
        case BinOp.AND, Const() as c, _ if _all_ones(c):
            return b
        case BinOp.AND, _, Const() as c if _all_ones(c):
            return a
        case _:
            return None


def _all_ones(c: Const) -> bool:
    return c.bits == (1 << c.type.bits) - 1


def _wraps_never(op: Binary, a: int, b: int, width: int) -> bool:
    if op.op not in (BinOp.ADD, BinOp.SUB, BinOp.MUL):
        return b < width
    return _exact(op.op, a, b, width, op.nowrap is NoWrap.SIGNED) is not None


def evaluate(op: BinOp, a: int, b: int, width: int) -> int | None:
    """`a op b` on words of `width` bits; None where the operation has no result (division)."""
    modulus = 1 << width
    sa, sb = to_signed(a, width), to_signed(b, width)
    match op:
        case BinOp.ADD:
            return (a + b) % modulus
        case BinOp.SUB:
            return (a - b) % modulus
        case BinOp.MUL:
            return (a * b) % modulus
        case BinOp.AND:
            return a & b
        case BinOp.OR:
            return a | b
        case BinOp.XOR:
            return a ^ b
        case BinOp.SHL:
            return (a << (b % width)) % modulus
        case BinOp.LSHR:
            return a >> (b % width)
        case BinOp.ASHR:
            return (sa >> (b % width)) % modulus
        case BinOp.UDIV:
            return a // b if b else None
        case BinOp.UREM:
            return a % b if b else None
        case BinOp.SDIV | BinOp.SREM:
            if sb == 0 or (sb == -1 and sa == -(modulus >> 1)):
                return None
            quotient = abs(sa) // abs(sb) * (1 if (sa < 0) == (sb < 0) else -1)
            return (quotient if op is BinOp.SDIV else sa - quotient * sb) % modulus


def _compare(op: Compare, definitions: Definitions) -> Value | None:
    a, b = op.a, op.b
    if isinstance(a, Const) and isinstance(b, Const) and isinstance(a.type, IntType):
        width = a.type.bits
        x, y = a.bits, b.bits
        if op.pred in (Pred.SLT, Pred.SLE):
            x, y = to_signed(x, width), to_signed(y, width)
        match op.pred:
            case Pred.EQ:
                return _bool(x == y)
            case Pred.NE:
                return _bool(x != y)
            case Pred.ULT | Pred.SLT:
                return _bool(x < y)
            case Pred.ULE | Pred.SLE:
                return _bool(x <= y)
    if a == b and not isinstance(a, Undef):
        return _bool(op.pred in (Pred.EQ, Pred.ULE, Pred.SLE))
    if isinstance(b, Const) and b.bits == 0 and op.pred is Pred.ULT:
        return FALSE
    if isinstance(a, Const) and a.bits == 0 and op.pred is Pred.ULE:
        return TRUE
    if isinstance(b, Const) and op.pred in (Pred.EQ, Pred.NE) and b.bits in (0, 1):
        # `zext(c) != 0` and the like: the condition itself.
        bit = _as_bit(a, definitions)
        if bit is not None and (op.pred is Pred.NE) == (b.bits == 0):
            return bit
    return None


def _as_bit(value: Value, definitions: Definitions) -> Value | None:
    """The i1 that `value` is, perhaps widened without sign."""
    if isinstance(value.type, IntType) and value.type.bits == 1:
        return value
    definition = definitions.get(value) if isinstance(value, Reg) else None
    match definition:
        case Cast(kind=CastKind.ZEXT, a=a) if isinstance(a.type, IntType) and a.type.bits == 1:
            return a
        case _:
            return None


def _cast(op: Cast, definitions: Definitions) -> Value | None:
    target = op.result.type
    if op.a.type == target:
        return op.a
    match op.kind, op.a:
        case CastKind.SEXT, Const(bits=bits, type=source) if isinstance(target, IntType):
            return Const(to_signed(bits, source.bits) % (1 << target.bits), target)
        case CastKind.ZEXT | CastKind.TRUNC, Const(bits=bits) if isinstance(target, IntType):
            return Const(bits % (1 << target.bits), target)
        case CastKind.BITCAST, Const(bits=bits) if isinstance(target, IntType | FloatType):
            return Const(bits, target)
        case CastKind.TRUNC, Reg() as reg if isinstance(target, IntType):
            match definitions.get(reg):
                case Cast(kind=CastKind.ZEXT | CastKind.SEXT, a=inner) if inner.type == target:
                    return inner
                case _:
                    pass
        case CastKind.BITCAST, Reg() as reg:
            match definitions.get(reg):
                case Cast(kind=CastKind.BITCAST, a=inner) if inner.type == target:
                    return inner
                case _:
                    pass
        case _:
            pass
    return None

"""What each floating-point operation of `cuq.ir.floats` computes, on bit patterns.

Arithmetic, square root, conversions and roundings are correctly rounded at their width: f16 and f32 work in
double precision and round once more, which is exact since 53 ≥ 2·24 + 2 (Figueroa, "When is double
rounding innocuous?", 1995). Transcendental functions are those of the host, rounded to the width.
"""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable
from fractions import Fraction

from cuq.base.errors import Unsupported
from cuq.ir.floats import ELECT, PURE
from cuq.ir.interp.ieee import Format, fused_multiply_add, ieee_format
from cuq.ir.interp.values import UNKNOWN, Undefined, undefined_of
from cuq.ir.ops import FloatOp
from cuq.ir.types import FloatType, IntType

Word = int | Undefined


def float_function(op: FloatOp) -> Callable[..., Word]:
    """The function on words that `op` computes; an undefined argument gives an undefined result."""
    if op.name == ELECT:
        return lambda *args: 0
    if op.name.startswith(PURE):
        return lambda *args: UNKNOWN
    defined = _defined(op)

    def function(*args: Word) -> Word:
        try:
            return defined(*args)
        except (struct.error, TypeError):
            # The functions refuse what is no number; looking for it first would cost more than they do.
            if any(isinstance(a, Undefined) for a in args):
                return undefined_of(*args)
            raise

    return function


def _defined(op: FloatOp) -> Callable[..., int]:
    source, target = op.args[0].type, op.result.type
    match source, target:
        case FloatType(bits=bits), FloatType(bits=to) if op.name == "fcvt":
            decode, encode = ieee_format(bits).decode, ieee_format(to).encode
            return lambda a: encode(decode(a))
        case FloatType(bits=bits), FloatType():
            return _same_width(op, ieee_format(bits))
        case FloatType(bits=bits), IntType(bits=to):
            if op.name in _COMPARISONS:
                compare, decode = _COMPARISONS[op.name], ieee_format(bits).decode
                return lambda a, b: compare(decode(a), decode(b))
            return _to_int(op, ieee_format(bits), to)
        case IntType(bits=bits), FloatType(bits=to):
            return _from_int(op, bits, ieee_format(to))
        case _:
            raise _unknown(op)


def _unknown(op: FloatOp) -> Unsupported:
    types = ", ".join(str(a.type) for a in op.args)
    return Unsupported(f"float operation {op.name}({types}) -> {op.result.type}", span=op.loc.span)


def _same_width(op: FloatOp, form: Format) -> Callable[..., int]:
    decode, encode, sign, name = form.decode, form.encode, form.sign_bit, op.name
    if name in _UNARY:
        unary = _UNARY[name]
        return lambda a: encode(unary(decode(a)))
    if name in _BINARY:
        binary, pair = _BINARY[name], form.decode_pair
        return lambda a, b: encode(binary(*pair(a, b)))
    match name:
        case "fneg":
            return lambda a: a ^ sign
        case "fabs":
            return lambda a: a & ~sign
        case "copysign":
            return lambda a, b: (a & ~sign) | (b & sign)
        case "fma":
            return lambda a, b, c: fused_multiply_add(decode(a), decode(b), decode(c), form)
        case "powi":
            return lambda a, n: encode(_pow(decode(a), float(_as_signed(n, 32))))
        case _:
            raise _unknown(op)


def _from_int(op: FloatOp, bits: int, form: Format) -> Callable[..., int]:
    match op.name:
        case "from_uint":
            return lambda a: form.round(Fraction(a))
        case "from_sint":
            return lambda a: form.round(Fraction(_as_signed(a, bits)))
        case _:
            raise _unknown(op)


def _as_signed(word: int, bits: int) -> int:
    """The signed reading of a word, without a branch on it."""
    sign = 1 << (bits - 1)
    return (word ^ sign) - sign


def _to_int(op: FloatOp, form: Format, bits: int) -> Callable[..., int]:
    match op.name:
        case "to_uint":
            low, high = 0, (1 << bits) - 1
        case "to_sint":
            low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
        case _:
            raise _unknown(op)

    def convert(a: int) -> int:
        value = form.decode(a)
        if value != value:
            return 0
        if math.isinf(value):
            clamped = high if value > 0 else low
        else:
            clamped = max(low, min(high, math.trunc(value)))
        return clamped & ((1 << bits) - 1)

    return convert


def _divide(a: float, b: float) -> float:
    if b:
        return a / b
    if a != a or not a or b != b:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _pow(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:  # 0 to a negative power, or a negative base to a fractional one
        if a:
            return math.nan
        return math.copysign(math.inf, a) if b % 2 == 1 else math.inf


def _minimum(a: float, b: float) -> float:
    if a != a or b != b:
        return b if a != a else a
    return min(a, b, key=lambda x: (x, math.copysign(1.0, x)))


def _maximum(a: float, b: float) -> float:
    if a != a or b != b:
        return b if a != a else a
    return max(a, b, key=lambda x: (x, math.copysign(1.0, x)))


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """A rounding to an integral value, which keeps the sign of zero and what is not finite."""
    return lambda a: math.copysign(float(function(a)), a) if math.isfinite(a) else a


def _half_away(a: float) -> int:
    below = math.floor(abs(a))
    return below + (abs(a) - below >= 0.5)


def _total(
    function: Callable[..., float], *, overflow: float = math.inf, domain: float = math.nan
) -> Callable[..., float]:
    """A function of `math`, with values instead of exceptions."""

    def total(*args: float) -> float:
        try:
            return function(*args)
        except OverflowError:
            return overflow
        except ValueError:
            return domain

    return total


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda a: -math.inf if a == 0 else _total(function)(a)


_UNARY: dict[str, Callable[[float], float]] = {
    "sqrt": _total(math.sqrt),
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "trunc": _whole(math.trunc),
    "round": lambda a: math.copysign(_whole(_half_away)(a), a),
    "rint": _whole(round),
    "exp": _total(math.exp),
    "exp2": _total(math.exp2),
    "log": _logarithm(math.log),
    "log2": _logarithm(math.log2),
    "log10": _logarithm(math.log10),
    "sin": _total(math.sin),
    "cos": _total(math.cos),
}

_BINARY: dict[str, Callable[[float, float], float]] = {
    "fadd": operator.add,
    "fsub": operator.sub,
    "fmul": operator.mul,
    "fdiv": _divide,
    "frem": _total(math.fmod),
    "fmin": _minimum,
    "fmax": _maximum,
    "pow": _pow,
}

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "feq": operator.eq,
    "fne": operator.ne,
    "flt": operator.lt,
    "fle": operator.le,
}


def float_add(bits: int) -> Callable[[int, int], int]:
    """Addition at a width, for the atomic `fadd`."""
    form = ieee_format(bits)
    return lambda a, b: form.encode(form.decode(a) + form.decode(b))

"""The floating-point operations that `FloatOp` names: arguments and result.

Arithmetic follows IEEE 754 at the width of the operands (PTX rounds to nearest even by default).
Comparisons are false when an argument is NaN, except `fne`.
"""

from __future__ import annotations

from enum import Enum

from cuq.base.records import dataclass


class FloatResult(Enum):
    """What type the result has."""

    SAME = "the type of the arguments"
    BOOL = "i1"
    FLOAT = "a float of the result's width"
    INT = "an integer of the result's width"


@dataclass(frozen=True, slots=True)
class FloatSignature:
    """`arity` arguments, floats unless `from_int`."""

    arity: int
    result: FloatResult = FloatResult.SAME
    from_int: bool = False


PURE = "pure."
"""Begins the names of functions of which nothing is known but that the arguments, numbers of any types,
determine the result. The interpreter computes an undefined value."""

ELECT = f"{PURE}elect_sync"
"""Of a mask, a warp and a block: how many of its lanes are below the one that `elect.sync` takes, where more are counted from the lowest
again. The interpreter takes the lowest."""

_UNARY = (
    *("fneg", "fabs", "sqrt", "floor", "ceil", "trunc", "round", "rint"),
    *("exp", "exp2", "log", "log2", "log10", "sin", "cos"),
)
_BINARY = ("fadd", "fsub", "fmul", "fdiv", "frem", "fmin", "fmax", "copysign", "pow")
_COMPARE = ("feq", "fne", "flt", "fle")

FLOAT_OPS: dict[str, FloatSignature] = {
    **{name: FloatSignature(1) for name in _UNARY},
    **{name: FloatSignature(2) for name in _BINARY},
    **{name: FloatSignature(2, FloatResult.BOOL) for name in _COMPARE},
    "fma": FloatSignature(3),
    "powi": FloatSignature(2),
    "fcvt": FloatSignature(1, FloatResult.FLOAT),
    "from_uint": FloatSignature(1, FloatResult.FLOAT, from_int=True),
    "from_sint": FloatSignature(1, FloatResult.FLOAT, from_int=True),
    "to_uint": FloatSignature(1, FloatResult.INT),
    "to_sint": FloatSignature(1, FloatResult.INT),
}
"""`rint` rounds halves to even, `round` away from zero. `fmin`/`fmax` return the other argument when one is
NaN. `fcvt` changes the width. `to_uint`/`to_sint` truncate and saturate, NaN gives 0 (Rust's `as`).
The second argument of `powi` is an i32."""

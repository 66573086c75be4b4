"""Integer operations on machine words that need more than one Python expression.

The names of the functions are those of the operations (`BinOp`); `bits` is the width. Division rounds to
zero, as in Rust.
"""

from __future__ import annotations

from collections.abc import Callable

from cuq.ir.interp.values import Undefined, signed, undefined_behaviour
from cuq.ir.ops import BinOp, RmwOp

Word = int | Undefined


def udiv(a: int, b: int, bits: int) -> int:
    if not b:
        undefined_behaviour("division by zero")
    return a // b


def urem(a: int, b: int, bits: int) -> int:
    if not b:
        undefined_behaviour("remainder by zero")
    return a % b


def sdiv(a: int, b: int, bits: int) -> int:
    """Signed quotient; the one that overflows (MIN / -1) wraps to MIN."""
    if not b:
        undefined_behaviour("division by zero")
    x, y = signed(a, bits), signed(b, bits)
    quotient = abs(x) // abs(y)
    return (-quotient if (x < 0) != (y < 0) else quotient) & ((1 << bits) - 1)


def srem(a: int, b: int, bits: int) -> int:
    """Signed remainder, with the sign of the dividend."""
    if not b:
        undefined_behaviour("remainder by zero")
    x, y = signed(a, bits), signed(b, bits)
    remainder = abs(x) % abs(y)
    return (-remainder if x < 0 else remainder) & ((1 << bits) - 1)


DIVISIONS: dict[BinOp, Callable[[int, int, int], int]] = {
    BinOp.UDIV: udiv,
    BinOp.UREM: urem,
    BinOp.SDIV: sdiv,
    BinOp.SREM: srem,
}


def outside(value: Word, low: int, high: int) -> bool | Undefined:
    """Whether an exact result is not in low..high-1."""
    return value if isinstance(value, Undefined) else not low <= value < high


def _smin(old: int, value: int, bits: int) -> int:
    return old if signed(old, bits) <= signed(value, bits) else value


def _smax(old: int, value: int, bits: int) -> int:
    return old if signed(old, bits) >= signed(value, bits) else value


RMW_WORDS: dict[RmwOp, Callable[[int, int, int], int]] = {
    RmwOp.ADD: lambda old, value, bits: (old + value) & ((1 << bits) - 1),
    RmwOp.SUB: lambda old, value, bits: (old - value) & ((1 << bits) - 1),
    RmwOp.AND: lambda old, value, bits: old & value,
    RmwOp.NAND: lambda old, value, bits: (old & value) ^ ((1 << bits) - 1),
    RmwOp.OR: lambda old, value, bits: old | value,
    RmwOp.XOR: lambda old, value, bits: old ^ value,
    RmwOp.UMIN: lambda old, value, bits: min(old, value),
    RmwOp.UMAX: lambda old, value, bits: max(old, value),
    RmwOp.SMIN: _smin,
    RmwOp.SMAX: _smax,
}
"""New value of a word from the old one and the operand; EXCH and FADD are not functions of two words."""

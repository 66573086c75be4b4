"""Bit counting and permuting, in terms of the IR's operations (Warren, "Hacker's Delight", ch. 5 and 7)."""

from __future__ import annotations

from cuq.base.errors import Unsupported
from cuq.ir.lower.cursor import Cursor, constant
from cuq.ir.ops import BinOp, Pred, Value
from cuq.ir.types import IntType


def bit_function(at: Cursor, name: str, args: tuple[Value, ...], kind: IntType, signed: bool) -> Value:
    """The intrinsic `name` of integers of type `kind`, at that width."""
    match name, args:
        case "ctpop", (x,):
            return _popcount(at, x, kind)
        case "cttz" | "cttz_nonzero", (x,):
            # Below the lowest set bit: (x & -x) - 1.
            lowest = at.binary(BinOp.AND, x, at.binary(BinOp.SUB, constant(0, kind), x))
            return _popcount(at, at.binary(BinOp.SUB, lowest, constant(1, kind)), kind)
        case "ctlz" | "ctlz_nonzero", (x,):
            return at.binary(BinOp.SUB, constant(kind.bits, kind), _popcount(at, _smear(at, x, kind), kind))
        case "bswap", (x,):
            return _reverse(at, x, kind, smallest=8)
        case "bitreverse", (x,):
            return _reverse(at, x, kind, smallest=1)
        case "rotate_left" | "rotate_right", (x, amount):
            return _rotate(at, x, amount, kind, left=name == "rotate_left")
        case "saturating_add" | "saturating_sub", (a, b):
            op = BinOp.ADD if name == "saturating_add" else BinOp.SUB
            limit: Value = constant(-1 if op is BinOp.ADD else 0, kind)
            if signed:
                # The sum of two numbers of a sign, and the difference of two of different ones, leave on the first's side.
                lowest = constant(1 << kind.bits - 1, kind)
                negative = at.compare(Pred.SLT, a, constant(0, kind))
                limit = at.select(negative, lowest, constant((1 << kind.bits - 1) - 1, kind))
            return at.select(at.overflow(op, signed, a, b), limit, at.binary(op, a, b))
        case "exact_div", (a, b):
            return at.binary(BinOp.SDIV if signed else BinOp.UDIV, a, b)
        case _:
            raise Unsupported(f"the intrinsic {name} of {kind}", span=at.span)


def _shift(at: Cursor, op: BinOp, x: Value, amount: int, kind: IntType) -> Value:
    return at.binary(op, x, constant(amount, kind))


def _mask(kind: IntType, run: int) -> int:
    """Alternating runs of `run` ones and zeros, ones lowest."""
    return sum(((1 << run) - 1) << at for at in range(0, kind.bits, 2 * run))


def _popcount(at: Cursor, x: Value, kind: IntType) -> Value:
    run = 1
    while run < kind.bits:
        mask = constant(_mask(kind, run), kind)
        low = at.binary(BinOp.AND, x, mask)
        high = at.binary(BinOp.AND, _shift(at, BinOp.LSHR, x, run, kind), mask)
        x = at.binary(BinOp.ADD, low, high)
        run *= 2
    return x


def _smear(at: Cursor, x: Value, kind: IntType) -> Value:
    """All bits below the highest set one set too."""
    distance = 1
    while distance < kind.bits:
        x = at.binary(BinOp.OR, x, _shift(at, BinOp.LSHR, x, distance, kind))
        distance *= 2
    return x


def _reverse(at: Cursor, x: Value, kind: IntType, smallest: int) -> Value:
    run = smallest
    while run < kind.bits:
        mask = constant(_mask(kind, run), kind)
        high = _shift(at, BinOp.SHL, at.binary(BinOp.AND, x, mask), run, kind)
        low = at.binary(BinOp.AND, _shift(at, BinOp.LSHR, x, run, kind), mask)
        x = at.binary(BinOp.OR, high, low)
        run *= 2
    return x


def _rotate(at: Cursor, x: Value, amount: Value, kind: IntType, left: bool) -> Value:
    # Shifts mask their amount, so that a rotation by 0 is x | x.
    back = at.binary(BinOp.SUB, constant(0, kind), amount)
    up, down = (amount, back) if left else (back, amount)
    return at.binary(BinOp.OR, at.binary(BinOp.SHL, x, up), at.binary(BinOp.LSHR, x, down))

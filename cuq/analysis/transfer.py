"""What one operation computes, as a term over the terms of its operands.

Returns, beside the value, the conditions that must hold for the behaviour to be defined (overflow of
unchecked arithmetic, pointer arithmetic that leaves i64).
"""

from __future__ import annotations

from cuq.analysis.expr import (
    ANY_CTAID,
    ANY_NCTAID,
    AXES,
    CTAID,
    NCTAID,
    NTID,
    TID,
    TRUE,
    ZERO,
    Cond,
    Fun,
    Poly,
    Sym,
    all_of,
    any_of,
    at_most,
    eq,
    lift,
    negate,
)
from cuq.analysis.ranges import lower_bound, range_of, upper_bound
from cuq.analysis.terms import (
    as_bit,
    bit_and,
    bit_or,
    bit_xor,
    compare,
    divide,
    modulo,
    shift_left,
    shift_right,
    within,
    wrap,
)
from cuq.analysis.values import Word
from cuq.base.records import dataclass
from cuq.ir.ops import Binary, BinOp, Cast, CastKind, Compare, FloatOp, NoWrap, Overflow
from cuq.ir.types import IntType, Special, Type

WARP = 32
"""Threads of a warp."""

Dims = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Geometry:
    """Launch dimensions that the contract (or an assumption) fixes; None is free.

    `no_wrap`: linear ids fit 32 bits along each axis (assumption `launch-no-wrap`).
    """

    block: Dims = (None, None, None)
    grid: Dims = (None, None, None)
    no_wrap: bool = True

    def tid(self, axis: str) -> Poly:
        """Index of a thread in its block; 0 along a dimension of size 1."""
        size = self.block[AXES.index(axis)]
        if size is None:
            return lift(TID[axis])
        return ZERO if size == 1 else lift(_below(TID[axis], size))

    def ntid(self, axis: str) -> Poly:
        """Size of a block."""
        fixed = self.block[AXES.index(axis)]
        return lift(NTID[axis] if fixed is None else fixed)

    def ctaid(self, axis: str) -> Poly:
        """Index of a block in the grid; 0 along a dimension of size 1."""
        threads, blocks = self.block[AXES.index(axis)], self.grid[AXES.index(axis)]
        index = (CTAID if self.no_wrap else ANY_CTAID)[axis]
        if blocks == 1:
            return ZERO
        if threads is None:
            # The product with a free block size has a name and bounds of its own.
            return lift(index)
        most = index.high + 1 if blocks is None else blocks
        return lift(_below(index, min(most, 2**32 // threads) if self.no_wrap else most))

    def nctaid(self, axis: str) -> Poly:
        """Size of the grid in blocks."""
        fixed = self.grid[AXES.index(axis)]
        if fixed is not None:
            return lift(fixed)
        return lift((NCTAID if self.no_wrap else ANY_NCTAID)[axis])

    def linear(self) -> Poly:
        """The place of a thread in its block, which decides its warp and lane."""
        return self.tid("x") + self.ntid("x") * (self.tid("y") + self.ntid("y") * self.tid("z"))

    def lane_in(self, mask: int) -> Cond:
        """The thread's lane is one of the mask's."""
        lane = modulo(self.linear(), lift(WARP))
        runs: list[Cond] = []
        start = None
        for i in range(WARP + 1):
            inside = i < WARP and bool(mask >> i & 1)
            if inside and start is None:
                start = i
            if not inside and start is not None:
                runs.append(all_of(at_most(lift(start), lane), at_most(lane, lift(i - 1))))
                start = None
        return any_of(*runs)

    def special(self, register: Special) -> Poly:
        """A special register as a term."""
        if register is Special.LANEID:
            return modulo(self.linear(), lift(WARP))
        axis = register.axis.value
        match register.family:
            case "tid":
                return self.tid(axis)
            case "ntid":
                return self.ntid(axis)
            case "ctaid":
                return self.ctaid(axis)
            case "nctaid":
                return self.nctaid(axis)
            case _:
                raise ValueError(register)


def _below(sym: Sym, limit: int) -> Sym:
    """The symbol with a tighter range."""
    return Sym(sym.name, sym.low, min(sym.high, limit - 1), sym.level, sym.loop, sym.text, sym.origin)


def bits_of(kind: Type) -> int:
    """Width of a register in bits."""
    return kind.bits if isinstance(kind, IntType) else 8 * kind.width


def binary(op: Binary, a: Word, b: Word, guard: Cond) -> tuple[Word, Cond]:
    """The result of an integer operation where `guard` holds, and the condition that it is defined."""
    bits = a.bits
    if op.nowrap is not NoWrap.NONE and op.op in _EXACT:
        is_signed = op.nowrap is NoWrap.SIGNED
        exact = _exact(op.op, _reading(a, is_signed), _reading(b, is_signed))
        return Word(exact, bits, is_signed), in_range(exact, bits, is_signed, guard)
    x, y = a.unsigned, b.unsigned
    match op.op:
        case BinOp.ADD | BinOp.SUB | BinOp.MUL:
            exact = _exact(op.op, x, y)
            return Word(exact if _fits(exact, bits, guard) else wrap(exact, bits), bits), TRUE
        case BinOp.UDIV:
            return Word(divide(x, y), bits), negate(eq(y))
        case BinOp.UREM:
            return Word(modulo(x, y), bits), negate(eq(y))
        case BinOp.SDIV | BinOp.SREM:
            return _signed_division(op.op, a, b), negate(eq(y))
        case BinOp.AND:
            return Word(bit_and(x, y, bits), bits), TRUE
        case BinOp.OR:
            return Word(bit_or(x, y, bits), bits), TRUE
        case BinOp.XOR:
            return Word(bit_xor(x, y, bits), bits), TRUE
        case BinOp.SHL:
            return Word(shift_left(x, y, bits), bits), TRUE
        case BinOp.LSHR:
            return Word(shift_right(x, y, bits), bits), TRUE
        case BinOp.ASHR:
            if within(x, 0, (1 << (bits - 1)) - 1):
                return Word(shift_right(x, y, bits), bits), TRUE
            return Word(lift(Fun("ashr", (x, y, lift(bits)), 0, (1 << bits) - 1)), bits), TRUE


def _fits(value: Poly, bits: int, guard: Cond) -> bool:
    """Whether intervals and the path condition show that the value is in range."""
    high = upper_bound(value, guard)
    if high is None or high >= 1 << bits:
        return False
    low = lower_bound(value, guard)
    return low is not None and low >= 0


_EXACT = (BinOp.ADD, BinOp.SUB, BinOp.MUL)


def _exact(op: BinOp, x: Poly, y: Poly) -> Poly:
    match op:
        case BinOp.ADD:
            return x + y
        case BinOp.SUB:
            return x - y
        case BinOp.MUL:
            return x * y
        case _:
            raise ValueError(op)


def _reading(word: Word, is_signed: bool) -> Poly:
    return word.signed if is_signed else word.unsigned


def in_range(value: Poly, bits: int, is_signed: bool, guard: Cond = TRUE) -> Cond:
    """The value fits a word of `bits` bits in the given reading, where `guard` holds."""
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if is_signed else (0, (1 << bits) - 1)
    a, b = lower_bound(value, guard), upper_bound(value, guard)
    below = TRUE if b is not None and b <= high else at_most(value, lift(high))
    above = TRUE if a is not None and a >= low else at_most(lift(low), value)
    return all_of(below, above)


def _signed_division(op: BinOp, a: Word, b: Word) -> Word:
    x, y = a.signed, b.signed
    low = range_of(x)[0]
    least = range_of(y)[0]
    if low is not None and low >= 0 and least is not None and least >= 0:
        return Word((divide if op is BinOp.SDIV else modulo)(x, y), a.bits)
    return Word(lift(Fun(op.value, (x, y, lift(a.bits)), 0, (1 << a.bits) - 1)), a.bits)


def overflow(op: Overflow, a: Word, b: Word) -> Word:
    """The overflow bit of checked arithmetic."""
    exact = _exact(op.op, _reading(a, op.signed), _reading(b, op.signed))
    return Word(as_bit(negate(in_range(exact, a.bits, op.signed))), 1)


def comparison(op: Compare, a: Word, b: Word) -> Word:
    return Word(as_bit(compare(op.pred.value, a.unsigned, b.unsigned, a.bits)), 1)


def cast(op: Cast, a: Word) -> Word:
    bits = bits_of(op.result.type)
    match op.kind:
        case CastKind.ZEXT:
            return Word(a.unsigned, bits)
        case CastKind.SEXT:
            return Word(a.signed, bits, True)
        case CastKind.TRUNC:
            return Word(wrap(a.native, bits), bits)
        case CastKind.BITCAST:
            return Word(a.unsigned, bits)


def float_op(op: FloatOp, args: tuple[Word, ...]) -> Word:
    """Floating point is an uninterpreted function of the operands' bit patterns."""
    bits = bits_of(op.result.type)
    kinds = ",".join(str(v.type) for v in op.args)
    term = Fun(f"{op.name}.{kinds}.{op.result.type}", tuple(a.unsigned for a in args), 0, (1 << bits) - 1)
    return Word(lift(term), bits)

"""Smart constructors: machine arithmetic as terms over mathematical integers.

Each constructor removes what interval reasoning shows to be superfluous, so that a `Mod` is left exactly
where an operation may wrap.
"""

from __future__ import annotations

from math import gcd

from cuq.analysis.expr import (
    FALSE,
    ONE,
    TRUE,
    ZERO,
    And,
    Atom,
    Cond,
    Div,
    Eq,
    Fun,
    Ite,
    Le,
    Mod,
    Ne,
    Poly,
    all_of,
    any_of,
    conjuncts,
    eq,
    le,
    less,
    lift,
    negate,
)
from cuq.analysis.ranges import lower_bound, range_of, upper_bound


def wrap(value: Poly, bits: int) -> Poly:
    """`value` modulo 2^bits."""
    return modulo(value, lift(1 << bits))


def within(value: Poly, low: int, high: int) -> bool:
    """Whether intervals show low ≤ value ≤ high."""
    a, b = range_of(value)
    return a is not None and b is not None and low <= a and b <= high


def modulo(num: Poly, den: Poly) -> Poly:
    """num mod den in [0, den), for den > 0; where den is 0, which is undefined behaviour, any value will do."""
    m = den.constant
    if m == 0:
        return ZERO
    if m is None:
        low = range_of(num)[0]
        below = range_of(den - num)[0]
        if low is not None and low >= 0 and below is not None and below >= 1:
            return num
        if num.constant == 0 or num == den:
            return ZERO
        return lift(Mod(num, den))
    if num.constant is not None:
        return lift(num.constant % m)
    if within(num, 0, m - 1):
        return num
    return _mod_constant(num, m)


def _mod_constant(num: Poly, m: int) -> Poly:
    total = ZERO
    for monomial, coeff in num.terms:
        atom = monomial[0] if len(monomial) == 1 else None
        if any(_is_wrap(a, m) for a in monomial):
            product = lift(coeff)
            for a in monomial:  # (x mod km)·y = x·y (mod m)
                product = product * (a.num if isinstance(a, Mod) and _is_wrap(a, m) else lift(a))
            total += product
        elif isinstance(atom, Ite) and (same := _common_residue(atom, coeff, m)) is not None:
            total += same
        else:
            total += Poly(((monomial, coeff),))
    reduced = Poly(tuple((t, _balanced(c, m)) for t, c in total.terms if c % m))
    if within(reduced, 0, m - 1):
        return reduced
    shared = gcd(m, *(c for _, c in reduced.terms))
    if shared > 1:
        quotient = Poly(tuple((t, c // shared) for t, c in reduced.terms))
        return modulo(quotient, lift(m // shared)) * shared
    return lift(Mod(reduced, lift(m)))


def _is_wrap(atom: Atom, m: int) -> bool:
    """Whether it is a remainder that another one modulo m makes superfluous."""
    inner = atom.den.constant if isinstance(atom, Mod) else None
    return inner is not None and inner % m == 0


def _common_residue(atom: Ite, coeff: int, m: int) -> Poly | None:
    """What both arms of a choice leave modulo m, if that is one number."""
    then = modulo(atom.then * coeff, lift(m))
    if then.constant is None or modulo(atom.other * coeff, lift(m)) != then:
        return None
    return then


def _balanced(c: int, m: int) -> int:
    """The representative of c modulo m in (-m/2, m/2]."""
    r = c % m
    return r - m if r > m // 2 else r


def divide(num: Poly, den: Poly) -> Poly:
    """Floor of num / den, for num ≥ 0 and den > 0; where den is 0, any value will do."""
    d = den.constant
    if d == 0:
        return ZERO
    if d == 1:
        return num
    if d is not None and num.constant is not None:
        return lift(num.constant // d)
    if d is not None:
        exact = Poly(tuple((t, c) for t, c in num.terms if c % d == 0))
        rest = num - exact
        if exact.terms and within(rest, 0, d - 1):
            return Poly(tuple((t, c // d) for t, c in exact.terms))
        inner = rest.atom if not exact.terms else None
        if isinstance(inner, Div) and (first := inner.den.constant) is not None:
            return divide(inner.num, lift(first * d))
    below, _ = range_of(den - num)
    if below is not None and below >= 1:
        return ZERO
    return lift(Div(num, den))


def signed(value: Poly, bits: int) -> Poly:
    """The two's complement reading of an unsigned word."""
    half = 1 << (bits - 1)
    low, high = range_of(value)
    if low is not None and high is not None and low >= 0 and high < half:
        return value
    return modulo(value + half, lift(1 << bits)) - half


def choose(cond: Cond, then: Poly, other: Poly) -> Poly:
    """`then` if cond else `other`."""
    if cond == TRUE or then == other:
        return then
    if cond == FALSE:
        return other
    if isinstance(cond, Ne):
        return choose(negate(cond), other, then)
    then, other = given(then, cond), given(other, negate(cond))
    return then if then == other else lift(Ite(cond, then, other))


def given(value: Poly, cond: Cond) -> Poly:
    """The value where `cond` holds: wraps that it excludes are dropped."""
    wraps = [a for a in value.atoms() if isinstance(a, Mod) and _excluded(a, cond)]
    if not wraps:
        return value
    total = ZERO
    for monomial, coeff in value.terms:
        product = lift(coeff)
        for atom in monomial:
            product = product * (atom.num if isinstance(atom, Mod) and atom in wraps else lift(atom))
        total += product
    return total


def tidy(cond: Cond, facts: Cond = TRUE) -> Cond:
    """The same condition where `facts` hold, in which each part uses what they and the others exclude."""
    parts = conjuncts(cond)
    wrapping = [
        p for p in parts if isinstance(p, Le | Eq | Ne) and any(isinstance(a, Mod) for a in p.poly.atoms())
    ]
    for part in sorted(wrapping, key=lambda p: p.key):
        others = parts - {part}
        poly = given(part.poly, And(others | conjuncts(facts)))
        if poly != part.poly:
            new = le(poly) if isinstance(part, Le) else eq(poly)
            parts = others | conjuncts(negate(new) if isinstance(part, Ne) else new)
    return all_of(*parts)


def _excluded(atom: Mod, cond: Cond) -> bool:
    """Whether intervals and `cond` show that the dividend is its own remainder."""
    size = atom.den.constant
    if size is None:
        return False
    high = upper_bound(atom.num, cond)
    if high is None or high >= size:
        return False
    low = lower_bound(atom.num, cond)
    return low is not None and low >= 0


def as_bit(cond: Cond) -> Poly:
    """1 if the condition holds, else 0."""
    return choose(cond, ONE, ZERO)


def as_cond(bit: Poly) -> Cond:
    """The condition that a one-bit word is 1."""
    if isinstance(atom := bit.atom, Ite):
        if atom.then == ONE and atom.other == ZERO:
            return atom.cond
        return any_of(all_of(atom.cond, as_cond(atom.then)), all_of(negate(atom.cond), as_cond(atom.other)))
    if bit.constant is not None:
        return TRUE if bit.constant else FALSE
    return eq(bit - 1)


def bit_and(a: Poly, b: Poly, bits: int) -> Poly:
    """Bitwise and; a mask of low ones is a remainder, a mask of high ones removes a remainder."""
    if bits == 1:
        return as_bit(all_of(as_cond(a), as_cond(b)))
    for x, y in ((a, b), (b, a)):
        mask = y.constant
        if mask is None:
            continue
        if mask == 0:
            return ZERO
        if mask & (mask + 1) == 0:
            return modulo(x, lift(mask + 1))
        low = mask & -mask
        if mask + low == 1 << bits:
            return x - modulo(x, lift(low))
    if a == b:
        return a
    return _bitwise("and", a, b, bits, min(_high(a, bits), _high(b, bits)))


def bit_or(a: Poly, b: Poly, bits: int) -> Poly:
    """Bitwise or."""
    if bits == 1:
        return as_bit(any_of(as_cond(a), as_cond(b)))
    if a == b or b == ZERO:
        return a
    if a == ZERO:
        return b
    return _bitwise("or", a, b, bits, _ones(max(_high(a, bits), _high(b, bits))))


def bit_xor(a: Poly, b: Poly, bits: int) -> Poly:
    """Bitwise exclusive or; with a constant of one bit, or of ones only, it is arithmetic."""
    if bits == 1:
        return as_bit(negate(equal(a, b, 1)))
    if a == b:
        return ZERO
    if b == ZERO or a == ZERO:
        return a + b
    ones = (1 << bits) - 1
    if b.constant == ones or a.constant == ones:
        return lift(2 * ones) - a - b
    for value, mask in ((a, b.constant), (b, a.constant)):
        if mask is not None and mask & (mask - 1) == 0:
            # One bit: it is added where it is 0 and taken away where it is 1.
            bit = modulo(divide(value, lift(mask)), lift(2))
            return value + mask - bit * (2 * mask)
    return _bitwise("xor", a, b, bits, _ones(max(_high(a, bits), _high(b, bits))))


def _bitwise(name: str, a: Poly, b: Poly, bits: int, high: int) -> Poly:
    if a.constant is not None and b.constant is not None:
        x, y = a.constant, b.constant
        return lift({"and": x & y, "or": x | y, "xor": x ^ y}[name])
    first, second = sorted((a, b), key=lambda p: p.key)
    return lift(Fun(name, (first, second, lift(bits)), 0, high))


def rebuild(fun: Fun, args: tuple[Poly, ...]) -> Poly:
    """The same function of other arguments; bit operations are simplified anew."""
    build = _BIT_OPERATIONS.get(fun.name)
    if build is None:
        return lift(Fun(fun.name, args, fun.low, fun.high))
    a, b, bits = args
    return build(a, b, bits.constant or 0)


def _high(value: Poly, bits: int) -> int:
    high = range_of(value)[1]
    return (1 << bits) - 1 if high is None else high


def _ones(value: int) -> int:
    return (1 << value.bit_length()) - 1


def shift_left(a: Poly, amount: Poly, bits: int) -> Poly:
    """Shift with the amount masked, as Rust's `wrapping_shl`."""
    n = modulo(amount, lift(bits))
    if n.constant is not None:
        return wrap(a * (1 << n.constant), bits)
    return lift(Fun("shl", (a, n, lift(bits)), 0, (1 << bits) - 1))


def shift_right(a: Poly, amount: Poly, bits: int) -> Poly:
    """Logical shift with the amount masked."""
    n = modulo(amount, lift(bits))
    if n.constant is not None:
        return divide(a, lift(1 << n.constant))
    return lift(Fun("lshr", (a, n, lift(bits)), 0, _high(a, bits)))


_BIT_OPERATIONS = {
    "and": bit_and,
    "or": bit_or,
    "xor": bit_xor,
    "shl": shift_left,
    "lshr": shift_right,
}


def compare(predicate: str, a: Poly, b: Poly, bits: int) -> Cond:
    """An IR comparison of unsigned words: eq, ne, ult, ule, slt, sle."""
    match predicate:
        case "eq":
            return equal(a, b, bits)
        case "ne":
            return negate(equal(a, b, bits))
        case "ult":
            return less_decided(a, b)
        case "ule":
            return negate(less_decided(b, a))
        case "slt":
            return less_decided(signed(a, bits), signed(b, bits))
        case "sle":
            return negate(less_decided(signed(b, bits), signed(a, bits)))
        case _:
            raise ValueError(predicate)


def equal(a: Poly, b: Poly, bits: int) -> Cond:
    """a = b, decided by intervals where they can."""
    if bits == 1:
        x, y = as_cond(a), as_cond(b)
        return any_of(all_of(x, y), all_of(negate(x), negate(y)))
    low, high = range_of(a - b)
    if (low is not None and low > 0) or (high is not None and high < 0):
        return FALSE
    difference = a - b
    for value, other in ((a, b), (b, a)):
        if isinstance(atom := value.atom, Ite) and other.constant is not None:
            return any_of(
                all_of(atom.cond, equal(atom.then, other, bits)),
                all_of(negate(atom.cond), equal(atom.other, other, bits)),
            )
    return eq(difference)


def less_decided(a: Poly, b: Poly) -> Cond:
    """a < b, decided by intervals where they can."""
    low, high = range_of(a - b)
    if high is not None and high < 0:
        return TRUE
    if low is not None and low >= 0:
        return FALSE
    return less(a, b)


__all__ = [
    "as_bit",
    "as_cond",
    "bit_and",
    "bit_or",
    "bit_xor",
    "choose",
    "compare",
    "divide",
    "equal",
    "given",
    "modulo",
    "rebuild",
    "shift_left",
    "shift_right",
    "signed",
    "tidy",
    "within",
    "wrap",
]

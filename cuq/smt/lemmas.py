"""Mixed-radix injectivity: what makes strides, tiles and rows linear.

If low ≤ a·Q + R ≤ high with a > 0 and R keeps clear of a whole step (high - a < R < low + a), then Q = 0
and low ≤ R ≤ high.
With low = high = 0 this is uniqueness of mixed-radix digits: for remainders of at most a - 1 in absolute
value, a·Q + R = 0 gives Q = 0 and R = 0. The lemma holds for all integers; instances for the factors that
occur in a difference of two addresses turn it into linear arithmetic. Coq: `radix_range` in Gpu/Arith.v.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

import z3

from cuq.analysis.expr import Atom, Poly, Sym, all_of, at_most, eq, less, lift
from cuq.analysis.ranges import without
from cuq.analysis.substitute import Substitution
from cuq.smt.encode import Encoder
from cuq.smt.formula import implication

_DEPTH = 4


def radix_lemmas(encoder: Encoder, difference: Poly, low: int, high: int) -> Iterator[z3.BoolRef]:
    """Instances for the statement low ≤ difference ≤ high."""
    seen: set[str] = set()
    for variant in (difference, unfold_remainders(encoder, difference)):
        yield from _instances(encoder, variant, low, high, seen, _DEPTH)


def _instances(
    encoder: Encoder, value: Poly, low: int, high: int, seen: set[str], depth: int
) -> Iterator[z3.BoolRef]:
    if value.key in seen or depth == 0:
        return
    seen.add(value.key)
    for factor, quotient, rest in _splits(value):
        premise = all_of(
            at_most(lift(1), factor),
            at_most(lift(low), value),
            at_most(value, lift(high)),
            less(rest, lift(low) + factor),
            less(lift(high) - factor, rest),
        )
        digits = all_of(eq(quotient), at_most(lift(low), rest), at_most(rest, lift(high)))
        yield implication(encoder.cond(premise), encoder.cond(digits))
        yield from _instances(encoder, quotient, 0, 0, seen, depth - 1)
        yield from _instances(encoder, rest, low, high, seen, depth - 1)


def _splits(value: Poly) -> Iterator[tuple[Poly, Poly, Poly]]:
    """Ways to read `value` as factor · quotient + rest, for factors that occur in products."""
    for atom in _factors(value):
        quotient = sum((Poly(((without(m, atom), c),)) for m, c in value.terms if atom in m), start=lift(0))
        if quotient.constant is not None:
            continue
        rest = Poly(tuple(t for t in value.terms if atom not in t[0]))
        content = gcd(*(c for _, c in quotient.terms))
        quotient = Poly(tuple((m, c // content) for m, c in quotient.terms))
        factor = lift(atom) * content
        yield factor, quotient, rest
        # A pitch such as m + 2: the rest holds a multiple of the same quotient.
        lead, coeff = next(t for t in quotient.terms if t[0])
        more = dict(rest.terms).get(lead, 0)
        if more and more % coeff == 0:
            extra = more // coeff
            yield factor + extra, quotient, rest - quotient * extra


def _factors(value: Poly) -> list[Atom]:
    """Atoms of products, in order. What only one thread has is no step of the addresses of both, and stands for one
    where nothing else in the product can."""
    products = [m for m, _ in value.terms if len(m) > 1]
    common = {a for m in products for a in m if not _is_private(a)}
    return sorted(common | {a for m in products if not common & set(m) for a in m})


def _is_private(atom: Atom) -> bool:
    return isinstance(atom, Sym) and "!" in atom.name


def unfold_remainders(encoder: Encoder, value: Poly) -> Poly:
    """`value` with symbols x of which x / d or x mod d is known replaced by d·(x / d) + x mod d."""
    replacement: dict[Sym, Poly] = {}
    present = {a for a in value.atoms() if isinstance(a, Sym)}
    for num, den in encoder.divisions():
        sym = num.atom
        if isinstance(sym, Sym) and sym in present and sym not in replacement and den.constant is None:
            whole, rest = encoder.quotient(num, den)
            replacement[sym] = den * lift(whole) + lift(rest)
    return Substitution(replacement).poly(value) if replacement else value

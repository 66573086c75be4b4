"""Polynomials in nested form: `4*(width*row + col)` for `4*width*row + 4*col`.

Expanded polynomials have lost the digits they were made of (row and column, block and thread). Proofs go
digit by digit, so the digits get names of their own again.
"""

from __future__ import annotations

from collections import Counter
from math import gcd

from cuq.analysis.expr import Atom, Level, Poly, Sym, lift
from cuq.base.records import dataclass


@dataclass(frozen=True, slots=True)
class Scaled:
    """`factor` times `rest`, where the factor is the content of the polynomial."""

    factor: int
    rest: Poly


@dataclass(frozen=True, slots=True)
class Shifted:
    """`rest` plus a constant."""

    rest: Poly
    constant: int


@dataclass(frozen=True, slots=True)
class Digits:
    """`high * radix + low`."""

    high: Poly
    radix: Atom
    low: Poly


@dataclass(frozen=True, slots=True)
class Sum:
    """Several terms that have no structure; each is an integer multiple of a product."""

    terms: tuple[tuple[tuple[Atom, ...], int], ...]


def factor(poly: Poly) -> Scaled | Shifted | Digits | Sum:
    """The outermost step of the nested form of a polynomial with at least one atom."""
    content = gcd(*(c for _, c in poly.terms))
    if content > 1 and len(poly.terms) > 1:
        return Scaled(content, Poly(tuple((m, c // content) for m, c in poly.terms)))
    if poly.offset and len(poly.terms) > 2:
        return Shifted(poly - poly.offset, poly.offset)
    radix = _radix(poly)
    if radix is None:
        return Sum(poly.terms)
    high, low = lift(0), lift(0)
    for monomial, coefficient in poly.terms:
        if radix in monomial:
            rest = list(monomial)
            rest.remove(radix)
            high += Poly(((tuple(rest), coefficient),))
        else:
            low += Poly(((monomial, coefficient),))
    return Digits(high, radix, low)


def _radix(poly: Poly) -> Atom | None:
    """The atom to divide by: it stands in products, and all threads agree on it if possible."""
    counts = Counter(atom for monomial, _ in poly.terms if len(monomial) > 1 for atom in set(monomial))
    if not counts or len(poly.terms) == 1:
        return None
    return max(counts, key=lambda atom: (_shared(atom), counts[atom], atom))


def _shared(atom: Atom) -> bool:
    return isinstance(atom, Sym) and atom.level is Level.LAUNCH

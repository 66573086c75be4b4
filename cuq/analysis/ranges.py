"""Interval reasoning on symbolic integers: cheap facts before any solver.

An interval is a pair (low, high) of integers, both included; None is unbounded.
"""

from __future__ import annotations

from functools import lru_cache

from cuq.analysis.expr import (
    AXES,
    BASE,
    TID,
    TOTAL,
    Atom,
    Cond,
    Div,
    Fun,
    Ite,
    Le,
    Mod,
    Monomial,
    Poly,
    Sym,
    Tab,
    conjuncts,
)

Interval = tuple[int | None, int | None]


def range_of(poly: Poly) -> Interval:
    """Bounds of a polynomial from those of its atoms; `base + tid` is known to stay below `total`."""
    low: int | None = 0
    high: int | None = 0
    for monomial, coeff in _group_global_ids(poly):
        a, b = _scale(_monomial(monomial), coeff)
        low = None if low is None or a is None else low + a
        high = None if high is None or b is None else high + b
    return low, high


def _group_global_ids(poly: Poly) -> list[tuple[Monomial, int]]:
    """Pairs m·base.a + m·tid.a count as m times one global id, which is below the largest `total.a`."""
    terms = dict(poly.terms)
    grouped: list[tuple[Monomial, int]] = []
    for monomial, coeff in poly.terms:
        for axis in AXES:
            if BASE[axis] in monomial and monomial in terms:
                rest = list(monomial)
                rest.remove(BASE[axis])
                partner = tuple(sorted([*rest, TID[axis]]))
                if terms.get(partner) == coeff:
                    del terms[monomial], terms[partner]
                    grouped.append(((*rest, _GLOBAL_ID[axis]), coeff))
    return grouped + list(terms.items())


_GLOBAL_ID = {a: Sym(f"gid.{a}", 0, TOTAL[a].high - 1, TID[a].level) for a in AXES}


def _monomial(monomial: Monomial) -> Interval:
    low: int | None = 1
    high: int | None = 1
    for atom in monomial:
        a, b = atom_range(atom)
        if low is None or a is None or low < 0 or a < 0:
            low, high = _product((low, high), (a, b))
        else:
            low = low * a
            high = None if high is None or b is None else high * b
    return low, high


def _product(x: Interval, y: Interval) -> Interval:
    if None in x or None in y:
        return None, None
    corners = [p * q for p in x for q in y if p is not None and q is not None]
    return min(corners), max(corners)


def _scale(x: Interval, c: int) -> Interval:
    a = None if x[0] is None else x[0] * c
    b = None if x[1] is None else x[1] * c
    return (a, b) if c >= 0 else (b, a)


def atom_range(atom: Atom) -> Interval:
    """Bounds of an atom."""
    match atom:
        case Sym() | Fun():
            return atom.low, atom.high
        case Tab():
            return 0, 256**atom.width - 1
        case _:
            return _compound_range(atom)


@lru_cache(maxsize=1 << 14)
def _compound_range(atom: Atom) -> Interval:
    """Of terms that are deep, and met again in each that they are part of."""
    match atom:
        case Mod():
            return _remainder_range(atom)
        case Div():
            low, high = range_of(atom.num)
            if low is None or low < 0:
                return None, None
            least = range_of(atom.den)[0]
            return 0, None if high is None else high // max(1, least or 1)
        case Ite():
            a, b = range_of(atom.then), range_of(atom.other)
            return (
                None if a[0] is None or b[0] is None else min(a[0], b[0]),
                None if a[1] is None or b[1] is None else max(a[1], b[1]),
            )
        case _:
            raise TypeError(atom)


def _remainder_range(atom: Mod) -> Interval:
    low, high = range_of(atom.num)
    top = range_of(atom.den)[1]
    limits = [] if top is None else [top - 1]
    if low is not None and low >= 0 and high is not None:
        limits.append(high)
    return 0, min(limits, default=None)


def upper_bound(poly: Poly, facts: Cond) -> int | None:
    """The largest value of `poly` that its range and the conjuncts `fact ≤ 0` of `facts` allow.

    From fact ≤ 0 follows poly ≤ poly - k·fact for every k > 0; k is chosen so that a term cancels.
    """
    best = range_of(poly)[1]
    coeffs = dict(poly.terms)
    for fact in conjuncts(facts):
        if isinstance(fact, Le):
            ratios = {
                coeffs[m] // c for m, c in fact.poly.terms if m and coeffs.get(m, 0) % c == 0 and m in coeffs
            }
            for k in sorted(ratios):
                high = range_of(poly - fact.poly * k)[1] if k > 0 else None
                if high is not None and (best is None or high < best):
                    best = high
    return best


def lower_bound(poly: Poly, facts: Cond) -> int | None:
    """The smallest value of `poly` that its range and the conjuncts of `facts` allow."""
    high = upper_bound(-poly, facts)
    return None if high is None else -high

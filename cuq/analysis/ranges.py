"""Interval reasoning on symbolic integers: cheap facts before any solver.

An interval is a pair (low, high) of integers, both included; None is unbounded.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    lift,
    ordered,
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
    """Pairs m·base.a + m·tid.a count as m times one global id, which is below the largest `total.a`: for any thread
    in any block, whatever these are called."""
    terms = dict(poly.terms)
    grouped: list[tuple[Monomial, int]] = []
    for monomial, coeff in poly.terms:
        for base in monomial:
            axis = _BASES.get(_plain_name(base))
            if axis is None or monomial not in terms:
                continue
            rest = without(monomial, base)
            partner = next((m for m, c in terms.items() if c == coeff and _is_thread_of(m, rest, axis)), None)
            if partner is not None:
                del terms[monomial], terms[partner]
                grouped.append(((*rest, _GLOBAL_ID[axis]), coeff))
    return grouped + list(terms.items())


def _is_thread_of(monomial: Monomial, rest: Monomial, axis: str) -> bool:
    """Whether it is `rest` times the index of a thread."""
    return len(monomial) == len(rest) + 1 and any(
        _plain_name(atom) == TID[axis].name and without(monomial, atom) == rest for atom in monomial
    )


def _plain_name(atom: Atom) -> str:
    """The name of a symbol without the thread whose it is."""
    return atom.name.partition("!")[0] if isinstance(atom, Sym) else ""


_BASES = {BASE[a].name: a for a in AXES}
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
    """The largest value of `poly` that its range and the conjuncts `fact ≤ 0` of `facts` allow."""
    return _upper_bound(poly, _known(facts), _DEPTH)


_DEPTH = 2
"""How often a factor is taken out: rows of planes of a volume."""
_WORD = 1 << 32
"""Bounds below are good enough: they are asked for to exclude that a word wraps."""


class _Known:
    """Polynomials that are at most 0, by their monomials. `limits`: those that bound one monomial by a constant or by one
    other monomial."""

    def __init__(self, facts: Iterable[Poly]) -> None:
        self.limits: dict[Monomial, Poly] = {}
        self.by_monomial: dict[Monomial, list[Poly]] = {}
        for fact in facts:
            monomial, coeff = fact.terms[-1]
            if len(fact.terms) <= 2 and coeff == 1:
                self.limits[monomial] = fact
            for monomial, _ in fact.terms:
                self.by_monomial.setdefault(monomial, []).append(fact)


@lru_cache(maxsize=256)
def _known(facts: Cond) -> _Known:
    return _Known(c.poly for c in sorted(conjuncts(facts), key=lambda c: c.key) if isinstance(c, Le))


def _upper_bound(poly: Poly, known: _Known, depth: int) -> int | None:
    best = _linear_bound(poly, known)
    if depth and (best is None or best >= _WORD):
        for factor in sorted({a for m, _ in poly.terms if len(m) > 1 for a in m}):
            best = _least(best, _factored_bound(poly, factor, known, depth))
    return best


def _linear_bound(poly: Poly, known: _Known) -> int | None:
    """From fact ≤ 0 follows poly ≤ poly - k·fact for every k > 0; k is chosen so that a term cancels."""
    best = _limited(poly, known)
    for monomial, coeff in poly.terms:
        for fact in known.by_monomial.get(monomial, ()) if monomial else ():
            k, left = divmod(coeff, dict(fact.terms)[monomial])
            if k > 0 and not left:
                best = _least(best, _limited(poly - fact * k, known))
    return best


def _limited(poly: Poly, known: _Known) -> int | None:
    """The upper end of the range, with the facts that bound one term each."""
    limited = poly
    for monomial, coeff in poly.terms:
        if coeff > 0 and monomial in known.limits:
            limited -= known.limits[monomial] * coeff
    plain = range_of(poly)[1]
    return plain if limited is poly else _least(plain, range_of(limited)[1])


def _least(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)


def _factored_bound(poly: Poly, factor: Atom, known: _Known, depth: int) -> int | None:
    """factor · quotient + rest is at most the product of the bounds of both, for a factor that is not negative."""
    low = atom_range(factor)[0]
    if low is None or low < 0:
        return None
    quotient = {without(m, factor): c for m, c in poly.terms if factor in m}
    rest = Poly(tuple(t for t in poly.terms if factor not in t[0]))
    most = _linear_bound(lift(factor), known)
    times = _upper_bound(ordered(quotient), known, depth - 1)
    more = _upper_bound(rest, known, depth - 1)
    return None if most is None or times is None or more is None else most * max(0, times) + more


def without(monomial: Monomial, atom: Atom) -> Monomial:
    """The monomial divided by one of its atoms."""
    position = monomial.index(atom)
    return monomial[:position] + monomial[position + 1 :]


def lower_bound(poly: Poly, facts: Cond) -> int | None:
    """The smallest value of `poly` that its range and the conjuncts of `facts` allow."""
    high = upper_bound(-poly, facts)
    return None if high is None else -high

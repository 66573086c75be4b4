"""Substitution of symbols by polynomials, rebuilding terms through the smart constructors."""

from __future__ import annotations

from collections.abc import Mapping

from cuq.analysis.expr import (
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
    Or,
    Poly,
    Sym,
    Tab,
    all_of,
    any_of,
    eq,
    le,
    lift,
    negate,
)
from cuq.analysis.terms import choose, divide, modulo, rebuild


class Substitution:
    """Replaces symbols by polynomials, with a memo; use one object for many terms."""

    def __init__(self, replacement: Mapping[Sym, Poly]) -> None:
        self.replacement = dict(replacement)
        self._polys: dict[str, Poly] = {}
        self._conds: dict[str, Cond] = {}
        self._atoms: dict[str, Poly] = {}

    def poly(self, poly: Poly) -> Poly:
        known = self._polys.get(poly.key)
        if known is None:
            known = self._rebuild(poly)
            self._polys[poly.key] = known
        return known

    def _rebuild(self, poly: Poly) -> Poly:
        if all(lift(a) == self.atom(a) for a in poly.atoms()):
            return poly
        total = ZERO
        for monomial, coeff in poly.terms:
            product = lift(coeff)
            for atom in monomial:
                product = product * self.atom(atom)
            total += product
        return total

    def atom(self, atom: Atom) -> Poly:
        known = self._atoms.get(atom.key)
        if known is None:
            known = self._rebuild_atom(atom)
            self._atoms[atom.key] = known
        return known

    def _rebuild_atom(self, atom: Atom) -> Poly:
        match atom:
            case Sym():
                return self.replacement.get(atom, lift(atom))
            case Div(num=num, den=den):
                return divide(self.poly(num), self.poly(den))
            case Mod(num=num, den=den):
                return modulo(self.poly(num), self.poly(den))
            case Ite(cond=cond, then=then, other=other):
                return choose(self.cond(cond), self.poly(then), self.poly(other))
            case Fun(args=args):
                return rebuild(atom, tuple(map(self.poly, args)))
            case Tab(obj=obj, width=width, offset=offset):
                return lift(Tab(obj, width, self.poly(offset)))
            case _:
                raise TypeError(atom)

    def cond(self, cond: Cond) -> Cond:
        known = self._conds.get(cond.key)
        if known is None:
            known = self._rebuild_cond(cond)
            self._conds[cond.key] = known
        return known

    def _rebuild_cond(self, cond: Cond) -> Cond:
        match cond:
            case Le(poly=p):
                return le(self.poly(p))
            case Eq(poly=p):
                return eq(self.poly(p))
            case Ne(poly=p):
                return negate(eq(self.poly(p)))
            case And(parts=parts):
                return all_of(*(self.cond(p) for p in sorted(parts, key=lambda p: p.key)))
            case Or(parts=parts):
                return any_of(*(self.cond(p) for p in sorted(parts, key=lambda p: p.key)))
            case _:
                raise TypeError(cond)

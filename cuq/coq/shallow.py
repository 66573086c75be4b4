"""Polynomials and conditions as Coq integers and propositions, for invariants and contracts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

from cuq.analysis.expr import (
    ANY_CTAID,
    ANY_NCTAID,
    BASE,
    CTAID,
    NCTAID,
    NTID,
    TID,
    TOTAL,
    And,
    Atom,
    Cond,
    Div,
    Eq,
    Le,
    Mod,
    Ne,
    Or,
    Poly,
    Sym,
)
from cuq.coq.syntax import integer
from cuq.coq.terms import sides


class NotExpressible(Exception):
    """The term has a part that has no counterpart here; facts with it are left out."""


def _coordinates() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for family, record in (
        (TID, "(tid t)"),
        (CTAID, "(bid t)"),
        (ANY_CTAID, "(bid t)"),
        (NTID, "(bdim L)"),
        (NCTAID, "(gdim L)"),
        (ANY_NCTAID, "(gdim L)"),
    ):
        names |= {sym.name: f"c{axis} {record}" for axis, sym in family.items()}
    for family, record in ((BASE, "(bid t)"), (TOTAL, "(gdim L)")):
        names |= {sym.name: f"(c{axis} {record} * c{axis} (bdim L))" for axis, sym in family.items()}
    return names


_COORDINATES = _coordinates()


class Shallow:
    """`variable` names the values of all other atoms and polynomials that have one, else None."""

    def __init__(self, params: Mapping[Sym, int], variable: Callable[[Poly | Atom], str | None]) -> None:
        self.params, self.variable = params, variable

    def poly(self, poly: Poly) -> str:
        known = self.variable(poly)
        if known is not None:
            return known
        if poly.constant is not None:
            return integer(poly.constant)
        parts = []
        for monomial, coefficient in poly.terms:
            factors = [self.atom(a) for a in monomial]
            if coefficient != 1 or not factors:
                factors.insert(0, integer(coefficient))
            parts.append(" * ".join(factors))
        return parts[0] if len(parts) == 1 and " " not in parts[0] else f"({' + '.join(parts)})"

    def atom(self, atom: Atom) -> str:
        known = self.variable(atom)
        if known is not None:
            return known
        match atom:
            case Sym() if atom.name in _COORDINATES:
                return _COORDINATES[atom.name]
            case Sym() if atom in self.params:
                return f"par L {self.params[atom]}"
            case Div(num=num, den=den):
                return f"({self.poly(num)} / {self.poly(den)})"
            case Mod(num=num, den=den):
                return f"({self.poly(num)} mod {self.poly(den)})"
            case _:
                raise NotExpressible(str(atom))

    def cond(self, cond: Cond) -> str:
        match cond:
            case Le(poly=poly):
                left, right = sides(poly)
                if left.offset == 1:
                    return f"{self.poly(left - 1)} < {self.poly(right)}"
                return f"{self.poly(left)} <= {self.poly(right)}"
            case Eq(poly=poly):
                return " = ".join(map(self.poly, sides(poly)))
            case Ne(poly=poly):
                return " <> ".join(map(self.poly, sides(poly)))
            case And(parts=parts):
                return self._joined("/\\", parts, "True")
            case Or(parts=parts):
                return self._joined("\\/", parts, "False")
            case _:
                raise TypeError(cond)

    def _joined(self, connective: str, parts: frozenset[Cond], empty: str) -> str:
        texts = [f"({self.cond(p)})" for p in sorted(parts, key=lambda p: p.key)]
        return reduce(lambda a, b: f"{a} {connective} {b}", texts) if texts else empty

"""Polynomials and conditions of the analysis as terms of the summary language.

Compound parts are bound to variables by `Let`; what the analysis does not know becomes `Unknown` with the
range of its symbol as `Assume`. Functions without a meaning in the language (floating point) are unknowns
as well: a superset of what they can return.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

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
    Fun,
    Ite,
    Le,
    Mod,
    Ne,
    Or,
    Poly,
    Sym,
    Tab,
    lift,
    syms_of,
)
from cuq.coq.factor import Digits, Scaled, Shifted, Sum, factor
from cuq.coq.scopes import Scopes
from cuq.coq.syntax import apply, binary, conjunction, disjunction, integer, total

GEOMETRY: dict[str, str] = {
    sym.name: apply(head, f"A{axis.upper()}")
    for head, family in (
        ("Tid", TID),
        ("Bid", CTAID),
        ("Bid", ANY_CTAID),
        ("Bdim", NTID),
        ("Gdim", NCTAID),
        ("Gdim", ANY_NCTAID),
    )
    for axis, sym in family.items()
} | {
    product.name: binary("Mul", apply(head, f"A{axis.upper()}"), apply("Bdim", f"A{axis.upper()}"))
    for head, family in (("Bid", BASE), ("Gdim", TOTAL))
    for axis, product in family.items()
}

"""Coordinates by the names of their symbols: a contract may give a symbol a tighter range."""

_BITWISE = {"and": "BAnd", "or": "BOr", "xor": "BXor"}
_WORDS = {1 << bits: bits for bits in (8, 16, 32, 64, 128)}


def sides(poly: Poly) -> tuple[Poly, Poly]:
    """left, right with poly = left - right and no negative coefficient in either."""
    left = Poly(tuple(t for t in poly.terms if t[1] > 0))
    return left, left - poly


class Terms:
    """Writes terms into the open regions of `scopes`; read-only memory is numbered as it comes up."""

    def __init__(self, scopes: Scopes, params: Mapping[Sym, int]) -> None:
        self.scopes, self.params = scopes, params
        self.tables: dict[tuple[str, int], int] = {}

    def expr(self, poly: Poly) -> str:
        if poly.constant is not None:
            return apply("Int", integer(poly.constant))
        known = self.scopes.find(poly)
        if known is not None:
            return f"Var {known}"
        match factor(poly):
            case Scaled(factor=content, rest=rest):
                return binary("Mul", f"Int {content}", self.named(rest))
            case Shifted(rest=rest, constant=constant):
                return binary("Add", self.named(rest), apply("Int", integer(constant)))
            case Digits(high=high, radix=radix, low=low):
                product = binary("Mul", self.named(high), self.atom(radix))
                return binary("Add", product, self.named(low)) if low.terms else product
            case Sum(terms=terms):
                return total([self._monomial(m, c) for m, c in sorted(terms, key=_order)])
            case never:
                assert_never(never)

    def named(self, poly: Poly) -> str:
        """The polynomial as an expression without structure: compound ones are bound to a variable."""
        if poly.constant is not None or poly.atom is not None:
            return self.expr(poly)
        if self.scopes.find(poly) is None:
            self._bind(poly, str(poly), syms_of(poly), lambda: self.expr(poly))
        return self.expr(poly)

    def cond(self, cond: Cond) -> str:
        match cond:
            case Le(poly=poly):
                left, right = sides(poly)
                if left.offset == 1:
                    return apply("Cmp", "Lt", self.named(left - 1), self.named(right))
                return apply("Cmp", "Le", self.named(left), self.named(right))
            case Eq(poly=poly):
                return apply("Cmp", "Eq", *map(self.named, sides(poly)))
            case Ne(poly=poly):
                return apply("Cmp", "Ne", *map(self.named, sides(poly)))
            case And(parts=parts):
                return conjunction([self.cond(p) for p in sorted(parts, key=lambda p: p.key)])
            case Or(parts=parts):
                return disjunction([self.cond(p) for p in sorted(parts, key=lambda p: p.key)])
            case _:
                raise TypeError(cond)

    def atom(self, atom: Atom) -> str:
        if isinstance(atom, Sym):
            return self._symbol(atom)
        if self.scopes.find(atom) is None:
            term = lift(atom)
            self._bind(atom, str(atom), syms_of(term), lambda: self._operation(atom), self._range(atom))
        return f"Var {self.scopes.find(atom)}"

    def _monomial(self, monomial: tuple[Atom, ...], coefficient: int) -> str:
        factors = [self.atom(a) for a in monomial]
        if coefficient != 1 or not factors:
            factors.insert(0, apply("Int", integer(coefficient)))
        product = factors[0]
        for other in factors[1:]:
            product = binary("Mul", product, other)
        return product

    def _symbol(self, sym: Sym) -> str:
        if sym.name in GEOMETRY:
            return GEOMETRY[sym.name]
        if sym in self.params:
            return f"Par {self.params[sym]}"
        variable = self.scopes.symbol(sym)
        if not self.scopes.holds(sym):
            self.scopes.define(sym)
            home = self.scopes.home({sym})
            home.statements += [f"Unknown {variable}", _within(variable, sym.low, sym.high)]
        return f"Var {variable}"

    def _operation(self, atom: Atom) -> str | None:
        match atom:
            case Div(num=num, den=den):
                return binary("Div", self.named(num), self.named(den))
            case Mod(num=num, den=den):
                bits = _WORDS.get(den.constant or 0)
                if bits is not None:
                    return apply("Wrap", str(bits), self.named(num))
                return binary("Mod", self.named(num), self.named(den))
            case Ite(cond=cond, then=then, other=other):
                return apply("Ite", self.cond(cond), self.named(then), self.named(other))
            case Fun(name=name, args=(first, second, _)) if name in _BITWISE:
                return binary(_BITWISE[name], self.named(first), self.named(second))
            case Fun(name="shl", args=(value, amount, bits)):
                return apply("Wrap", str(bits.constant), binary("Shl", self.named(value), self.named(amount)))
            case Fun(name="lshr", args=(value, amount, _)):
                return binary("Shr", self.named(value), self.named(amount))
            case Fun():
                return None
            case Tab(obj=obj, width=width, offset=offset):
                table = self.tables.setdefault((obj, width), len(self.tables))
                return apply("Tab", str(table), self.named(offset))
            case _:
                raise TypeError(atom)

    @staticmethod
    def _range(atom: Atom) -> tuple[int, int] | None:
        match atom:
            case Fun(low=low, high=high):
                return low, high
            case Tab(width=width):
                return 0, (1 << 8 * width) - 1
            case _:
                return None

    def _bind(
        self,
        term: Poly | Atom,
        text: str,
        symbols: set[Sym],
        value: Callable[[], str | None],
        bounds: tuple[int, int] | None = None,
    ) -> None:
        written = value()  # before the variable gets its number: parts are numbered first
        home = self.scopes.home(symbols)
        variable = self.scopes.variable(text)
        home.statements.append(
            f"Unknown {variable}" if written is None else apply("Let", str(variable), written)
        )
        if bounds is not None:
            home.statements.append(_within(variable, *bounds))
        home.bound[term.key] = variable


def _within(variable: int, low: int, high: int) -> str:
    at_least = apply("Cmp", "Le", apply("Int", integer(low)), f"Var {variable}")
    at_most = apply("Cmp", "Le", f"Var {variable}", apply("Int", integer(high)))
    return apply("Assume", conjunction([at_least, at_most]))


def _order(term: tuple[tuple[Atom, ...], int]) -> tuple[int, list[str]]:
    """Blocks before threads, products before constants."""
    monomial, _ = term
    level = min((a.level for a in monomial if isinstance(a, Sym)), default=9)
    return -len(monomial), [str(level), *map(str, monomial)]

"""Conditions and polynomials as formulas of the solver.

Products of variables are one variable each (the *linear* reading), together with lemmas that hold of every
product; a formula without a solution in that reading has none at all. The *exact* reading keeps them as
products.
"""

from __future__ import annotations

from collections.abc import Callable

import z3

from cuq.analysis.expr import (
    AXES,
    BASE,
    CTAID,
    NCTAID,
    NTID,
    TOTAL,
    And,
    Atom,
    Cond,
    Div,
    Eq,
    Fun,
    Ite,
    Le,
    Level,
    Mod,
    Monomial,
    Ne,
    Or,
    Poly,
    Sym,
    Tab,
    eq,
    lift,
)
from cuq.analysis.ranges import atom_range, range_of
from cuq.analysis.terms import modulo
from cuq.smt.formula import (
    at_most,
    conjunction,
    disjunction,
    equal,
    function,
    implication,
    integer,
    negation,
    product,
    total,
    variable,
)

_POWERS = 12
"""Masks and sizes that bit operations have lemmas about: those of blocks."""
_BIT_VECTORS: dict[str, Callable[[z3.BitVecRef, z3.BitVecRef], z3.BitVecRef]] = {
    "and": lambda x, y: x & y,
    "or": lambda x, y: x | y,
    "xor": lambda x, y: x ^ y,
    "shl": lambda x, y: x << y,
    "lshr": z3.LShR,
}


class Encoder:
    """Terms to formulas. `definitions` are constraints on the auxiliary variables made on the way."""

    def __init__(self, *, exact: bool = False) -> None:
        self.exact = exact
        self.definitions: list[z3.BoolRef] = []
        self.syms: dict[Sym, z3.ArithRef] = {}
        self.tables: dict[Tab, z3.ArithRef] = {}
        self._atoms: dict[Atom, z3.ArithRef] = {}
        self._monomials: dict[Monomial, z3.ArithRef] = {}
        self._conds: dict[str, z3.BoolRef] = {}
        self._quotients: dict[tuple[Poly, Poly], tuple[Sym, Sym]] = {}
        self._integers: dict[int, z3.ArithRef] = {}
        self._xors: dict[Poly, list[tuple[Poly, z3.ArithRef]]] = {}
        """For each operand of an `xor`: the other operands, and the results."""

    # --- terms ---------------------------------------------------------------------------------------

    def poly(self, poly: Poly) -> z3.ArithRef:
        terms = [self._term(m, c) for m, c in poly.terms]
        if not terms:
            return self._integer(0)
        return terms[0] if len(terms) == 1 else total(terms)

    def _term(self, monomial: Monomial, coeff: int) -> z3.ArithRef:
        if not monomial:
            return self._integer(coeff)
        value = self.monomial(monomial)
        return value if coeff == 1 else product((self._integer(coeff), value))

    def _integer(self, value: int) -> z3.ArithRef:
        known = self._integers.get(value)
        if known is None:
            known = self._integers[value] = integer(value)
        return known

    def monomial(self, monomial: Monomial) -> z3.ArithRef:
        if len(monomial) == 1:
            return self.atom(monomial[0])
        known = self._monomials.get(monomial)
        if known is None:
            known = self._product(monomial)
            self._monomials[monomial] = known
        return known

    def _product(self, monomial: Monomial) -> z3.ArithRef:
        factors = [self.atom(a) for a in monomial]
        if self.exact:
            return product(factors)
        value = variable("*".join(a.key[:12] for a in monomial))
        first, rest = monomial[0], monomial[1:]
        self._product_lemmas(value, first, self.monomial(rest), rest)
        return value

    def _product_lemmas(self, value: z3.ArithRef, a: Atom, rest: z3.ArithRef, others: Monomial) -> None:
        """Facts about value = a · rest that need no multiplication."""
        x = self.atom(a)
        zero, one = self._integer(0), self._integer(1)
        add = self.definitions.append
        for p, q in ((x, rest), (rest, x)):
            add(implication(equal(p, zero), equal(value, zero)))
            add(implication(equal(p, one), equal(value, q)))
        if all((low := atom_range(o)[0]) is not None and low >= 0 for o in (a, *others)):
            add(at_most(zero, value))
            positive = conjunction((at_most(one, x), at_most(one, rest)))
            add(implication(positive, conjunction((at_most(x, value), at_most(rest, value)))))

    def atom(self, atom: Atom) -> z3.ArithRef:
        known = self._atoms.get(atom)
        if known is None:
            known = self._define(atom)
            self._atoms[atom] = known
        return known

    def _define(self, atom: Atom) -> z3.ArithRef:
        match atom:
            case Sym(name=name, low=low, high=high):
                value = variable(name)
                self._bound(value, low, high)
                self.syms[atom] = value
                if self.exact:
                    self._geometry(atom, value)
                return value
            case Div(num=num, den=den):
                return self.atom(self.quotient(num, den)[0])
            case Mod(num=num, den=den):
                return self.atom(self.quotient(num, den)[1])
            case Ite(cond=cond, then=then, other=other):
                value = variable(f"ite.{atom.key}")
                chosen = self.cond(cond)
                self.definitions.append(implication(chosen, equal(value, self.poly(then))))
                self.definitions.append(implication(negation(chosen), equal(value, self.poly(other))))
                return value
            case Fun(name=name, args=args, low=low, high=high):
                value = function(name, len(args))(*map(self.poly, args))
                self._bound(value, low, high)
                self._bits(name, args, value)
                return value
            case Tab(obj=obj, width=width, offset=offset):
                value = function(f"mem.{obj}.{width}", 1)(self.poly(offset))
                self._bound(value, 0, 256**width - 1)
                self.tables[atom] = value
                return value
            case _:
                raise TypeError(atom)

    def _geometry(self, sym: Sym, value: z3.ArithRef) -> None:
        """`base` and `total` are products by definition."""
        for axis in AXES:
            name, tag, owner = sym.name.partition("!")
            if name == BASE[axis].name:
                index = CTAID[axis]
                own = Sym(f"{index.name}{tag}{owner}", index.low, index.high, index.level, text=index.text)
                self.definitions.append(value == self.atom(own) * self.atom(NTID[axis]))
            elif name == TOTAL[axis].name:
                self.definitions.append(value == self.atom(NCTAID[axis]) * self.atom(NTID[axis]))

    def quotient(self, num: Poly, den: Poly) -> tuple[Sym, Sym]:
        """Quotient and remainder of num / den as symbols, defined for den > 0."""
        key = (num, den)
        if key not in self._quotients:
            whole = Sym(f"quot.{num.key}/{den.key}", -(1 << 200), 1 << 200, Level.THREAD)
            low, high = atom_range(Div(num, den))
            if low is not None and high is not None:
                whole = Sym(whole.name, low, high, Level.THREAD)
            _, top = atom_range(Mod(num, den))
            rest = Sym(f"rem.{num.key}/{den.key}", 0, 1 << 200 if top is None else top, Level.THREAD)
            self._quotients[key] = (whole, rest)
            divisor = self.poly(den)
            exact = self.cond(eq(den * lift(whole) + lift(rest) - num))
            proper = negation(at_most(divisor, self.atom(rest)))
            divided = conjunction((exact, proper))
            self.definitions.append(implication(at_most(self._integer(1), divisor), divided))
        return self._quotients[key]

    def _bits(self, name: str, args: tuple[Poly, ...], value: z3.ArithRef) -> None:
        """What bit operations mean: all of it in the exact reading; in the linear one low masks, how large a result can
        be, and that `xor` undoes itself."""
        if name not in _BIT_VECTORS:
            return
        a, b, size = args
        bits = size.constant or 0
        if self.exact:
            x, y = (z3.Int2BV(self.poly(side), bits) for side in (a, b))
            self.definitions.append(value == z3.BV2Int(_BIT_VECTORS[name](x, y)))
        elif name == "and":
            # A constant that is a low mask is a remainder already.
            variable_masks = ((a, b), (b, a)) if a.constant is None and b.constant is None else ()
            for word, mask in variable_masks:
                high = range_of(mask)[1]
                for power in range(min(bits, _POWERS - 1) if high is not None and high < 1 << 64 else 0):
                    low_bits = self.poly(modulo(word, lift(1 << power)))
                    is_mask = self.poly(mask) == (1 << power) - 1
                    self.definitions.append(z3.Implies(is_mask, value == low_bits))
        elif name in ("or", "xor"):
            for power in range(1, min(bits, _POWERS)):
                most = self._integer((1 << power) - 1)
                both = conjunction((at_most(self.poly(a), most), at_most(self.poly(b), most)))
                self.definitions.append(implication(both, at_most(value, most)))
            if name == "xor":
                self._involution(a, b, value)

    def _involution(self, a: Poly, b: Poly, value: z3.ArithRef) -> None:
        """With the same second operand: equal results have equal first ones, and a result that is the first operand of
        another one gives that one's."""
        for one, with_, result in ((a, b, value), (b, a, value)):
            for other, partner in self._xors.get(with_, ()):
                x, y = self.poly(one), self.poly(other)
                self.definitions.append(implication(equal(result, partner), equal(x, y)))
                self.definitions.append(implication(equal(result, y), equal(partner, x)))
                self.definitions.append(implication(equal(partner, x), equal(result, y)))
            self._xors.setdefault(with_, []).append((one, result))

    def divisions(self) -> list[tuple[Poly, Poly]]:
        """The divisions met so far: (num, den)."""
        return list(self._quotients)

    def _bound(self, value: z3.ArithRef, low: int, high: int) -> None:
        self.definitions.append(at_most(self._integer(low), value))
        self.definitions.append(at_most(value, self._integer(high)))

    # --- conditions ----------------------------------------------------------------------------------

    def cond(self, cond: Cond) -> z3.BoolRef:
        known = self._conds.get(cond.key)
        if known is None:
            known = self._encode(cond)
            self._conds[cond.key] = known
        return known

    def _encode(self, cond: Cond) -> z3.BoolRef:
        match cond:
            case Le(poly=p):
                return self._compare(p, "le")
            case Eq(poly=p):
                return self._compare(p, "eq")
            case Ne(poly=p):
                return negation(self._compare(p, "eq"))
            case And(parts=parts):
                return conjunction([self.cond(p) for p in sorted(parts, key=lambda p: p.key)])
            case Or(parts=parts):
                return disjunction([self.cond(p) for p in sorted(parts, key=lambda p: p.key)])
            case _:
                raise TypeError(cond)

    def _compare(self, poly: Poly, relation: str) -> z3.BoolRef:
        left = self.poly(Poly(tuple(t for t in poly.terms if t[1] > 0)))
        right = self.poly(-Poly(tuple(t for t in poly.terms if t[1] < 0)))
        return at_most(left, right) if relation == "le" else equal(left, right)

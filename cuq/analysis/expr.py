"""Symbolic integers in polynomial normal form, and conditions over them.

Every machine word is read as its unsigned value, a mathematical integer; wrapping is an explicit `Mod`.
A `Poly` is a sum of integer multiples of monomials; a monomial is a product of *atoms*: symbols and terms
that are not polynomial. Equal polynomials are equal objects in the sense of `==`, which is what makes
uniformity, strides and closed forms visible without a solver.

The order of atoms is that of their digests, so it does not depend on what was built before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import IntEnum
from hashlib import blake2b
from typing import Final

from cuq.base.records import dataclass


class Level(IntEnum):
    """Who agrees on the value of a symbol (within one loop iteration, if it belongs to a loop)."""

    LAUNCH = 0
    BLOCK = 1
    THREAD = 2


def _digest(*parts: object) -> str:
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=10).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Atom:
    """Base of all atoms; `key` is a digest of the structure and decides equality and order."""

    key: str = field(init=False, repr=False)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Atom) and self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)

    def __lt__(self, other: Atom) -> bool:
        return self.key < other.key


@dataclass(frozen=True, slots=True, eq=False)
class Sym(Atom):
    """A variable with a range.

    `loop` is the loop in each iteration of which it has another value (None: one value per thread),
    `text` how reports call it, `origin` what it stands for when it is an unknown.
    """

    name: str
    low: int
    high: int
    level: Level
    loop: int | None = None
    text: str = ""
    origin: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _digest("sym", self.name, self.low, self.high, self.level, self.loop))

    def __str__(self) -> str:
        return self.text or self.name


@dataclass(frozen=True, slots=True, eq=False)
class Div(Atom):
    """Floor of num / den, for den > 0."""

    num: Poly
    den: Poly

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _digest("div", self.num.key, self.den.key))

    def __str__(self) -> str:
        return f"({self.num}) / {_factor(self.den)}"


@dataclass(frozen=True, slots=True, eq=False)
class Mod(Atom):
    """Remainder of num / den in [0, den), for den > 0. A constant power of two is a machine wrap."""

    num: Poly
    den: Poly

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _digest("mod", self.num.key, self.den.key))

    def __str__(self) -> str:
        value = self.den.constant
        if value in (1 << 8, 1 << 16, 1 << 32, 1 << 64):
            return f"u{value.bit_length() - 1}({self.num})"
        return f"({self.num}) % {_factor(self.den)}"


@dataclass(frozen=True, slots=True, eq=False)
class Ite(Atom):
    """`then` if `cond` else `other`."""

    cond: Cond
    then: Poly
    other: Poly

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _digest("ite", self.cond.key, self.then.key, self.other.key))

    def __str__(self) -> str:
        return f"(if {self.cond} then {self.then} else {self.other})"


@dataclass(frozen=True, slots=True, eq=False)
class Fun(Atom):
    """A function of its arguments known only by name and range: bit operations, floating point."""

    name: str
    args: tuple[Poly, ...]
    low: int
    high: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _digest("fun", self.name, self.high, *(a.key for a in self.args)))

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.args))})"


@dataclass(frozen=True, slots=True, eq=False)
class Tab(Atom):
    """The `width` bytes at `offset` of an object that no thread of the launch writes, as unsigned word."""

    obj: str
    width: int
    offset: Poly

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _digest("tab", self.obj, self.width, self.offset.key))

    def __str__(self) -> str:
        return f"{self.obj}[byte {self.offset}]"


Monomial = tuple[Atom, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Poly:
    """A polynomial: distinct monomials with non-zero coefficients, in the order of their keys."""

    terms: tuple[tuple[Monomial, int], ...]
    _key: str = field(init=False, repr=False)

    @property
    def key(self) -> str:
        """A digest of the terms; made when it is asked for, as most sums are only passed through."""
        try:
            return self._key
        except AttributeError:
            text = ";".join(f"{c}*{','.join(a.key for a in m)}" for m, c in self.terms)
            key = text if len(text) <= 24 else _digest("poly", text)
            object.__setattr__(self, "_key", key)
            return key

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Poly) and self.terms == other.terms)

    def __hash__(self) -> int:
        return hash(self.terms)

    @property
    def constant(self) -> int | None:
        """The value, if there is no atom in it."""
        if not self.terms:
            return 0
        return self.terms[0][1] if len(self.terms) == 1 and not self.terms[0][0] else None

    @property
    def offset(self) -> int:
        """The constant term."""
        return next((c for m, c in self.terms if not m), 0)

    @property
    def atom(self) -> Atom | None:
        """The atom that this polynomial is, if it is just one."""
        if len(self.terms) == 1 and self.terms[0][1] == 1 and len(self.terms[0][0]) == 1:
            return self.terms[0][0][0]
        return None

    def atoms(self) -> set[Atom]:
        """Atoms of the monomials; not those inside of atoms."""
        return {a for m, _ in self.terms for a in m}

    def __add__(self, other: Poly | int) -> Poly:
        other = lift(other)
        if not other.terms:
            return self
        if not self.terms:
            return other
        sums = dict(self.terms)
        for m, c in other.terms:
            sums[m] = sums.get(m, 0) + c
        return ordered(sums)

    def __neg__(self) -> Poly:
        return Poly(tuple((m, -c) for m, c in self.terms))

    def __sub__(self, other: Poly | int) -> Poly:
        return self + -lift(other)

    def __mul__(self, other: Poly | int) -> Poly:
        other = lift(other)
        sums: dict[Monomial, int] = {}
        for m, c in self.terms:
            for n, d in other.terms:
                product = _product(m, n)
                sums[product] = sums.get(product, 0) + c * d
        return ordered(sums)

    def __str__(self) -> str:
        return _render(self)


def _product(m: Monomial, n: Monomial) -> Monomial:
    if not m or not n:
        return m or n
    return _geometry(sorted(m + n))


def _geometry(atoms: list[Atom]) -> Monomial:
    """Names the products of launch geometry: ctaid·ntid is `base`, nctaid·ntid is `total`."""
    for small, (by, product) in _PRODUCTS.items():
        while small in atoms and by in atoms:
            atoms.remove(small)
            atoms.remove(by)
            atoms.append(product)
            atoms.sort()
    return tuple(atoms)


def ordered(sums: Mapping[Monomial, int]) -> Poly:
    """The polynomial with these coefficients."""
    terms = [(m, c) for m, c in sums.items() if c]
    terms.sort(key=lambda t: (len(t[0]), [a.key for a in t[0]]))
    return Poly(tuple(terms))


def lift(value: Poly | Atom | int) -> Poly:
    """A constant or an atom as polynomial."""
    if isinstance(value, Poly):
        return value
    if isinstance(value, Atom):
        return Poly((((value,), 1),))
    return Poly((((), value),)) if value else ZERO


ZERO: Final = Poly(())
ONE: Final = Poly((((), 1),))


# --- launch geometry ---------------------------------------------------------------------------------

AXES: Final = ("x", "y", "z")
_BLOCK_LIMIT = {"x": 1024, "y": 1024, "z": 64}
_GRID_LIMIT = {"x": 2**31 - 1, "y": 65535, "z": 65535}

TID = {a: Sym(f"tid.{a}", 0, _BLOCK_LIMIT[a] - 1, Level.THREAD, text=f"thread.{a}") for a in AXES}
CTAID = {a: Sym(f"ctaid.{a}", 0, _GRID_LIMIT[a] - 1, Level.BLOCK, text=f"blockIdx.{a}") for a in AXES}
NTID = {a: Sym(f"ntid.{a}", 1, _BLOCK_LIMIT[a], Level.LAUNCH, text=f"block.{a}") for a in AXES}
NCTAID = {a: Sym(f"nctaid.{a}", 1, _GRID_LIMIT[a], Level.LAUNCH, text=f"grid.{a}") for a in AXES}
_THREADS = {a: min(_GRID_LIMIT[a] * _BLOCK_LIMIT[a], 2**32) for a in AXES}
BASE = {a: Sym(f"base.{a}", 0, _THREADS[a] - 1, Level.BLOCK, text=f"blockIdx.{a}*block.{a}") for a in AXES}
"""First global id of a block: ctaid · ntid, in launches whose linear ids fit 32 bits."""
TOTAL = {a: Sym(f"total.{a}", 1, _THREADS[a], Level.LAUNCH, text=f"grid.{a}*block.{a}") for a in AXES}
"""Threads of the launch along an axis: nctaid · ntid, in such launches."""
ANY_CTAID = {a: Sym(f"any.ctaid.{a}", 0, s.high, s.level, text=s.text) for a, s in CTAID.items()}
ANY_NCTAID = {a: Sym(f"any.nctaid.{a}", 1, s.high, s.level, text=s.text) for a, s in NCTAID.items()}
"""Block index and grid size where linear ids may wrap: their products have no name."""

_PRODUCTS: Final[dict[Atom, tuple[Atom, Atom]]] = {
    **{CTAID[a]: (NTID[a], BASE[a]) for a in AXES},
    **{NCTAID[a]: (NTID[a], TOTAL[a]) for a in AXES},
}


# --- conditions --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Cond:
    """Base of conditions; `key` decides equality. The negation is made when it is asked for."""

    key: str = field(init=False, repr=False)
    _negation: Cond = field(init=False, repr=False)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Cond) and self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True, eq=False)
class Le(Cond):
    """poly ≤ 0."""

    poly: Poly

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", "le:" + self.poly.key)

    def __str__(self) -> str:
        return _comparison(self.poly, "≤")


@dataclass(frozen=True, slots=True, eq=False)
class Eq(Cond):
    """poly = 0."""

    poly: Poly

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", "eq:" + self.poly.key)

    def __str__(self) -> str:
        return _comparison(self.poly, "=")


@dataclass(frozen=True, slots=True, eq=False)
class Ne(Cond):
    """poly ≠ 0."""

    poly: Poly

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", "ne:" + self.poly.key)

    def __str__(self) -> str:
        return _comparison(self.poly, "≠")


@dataclass(frozen=True, slots=True, eq=False)
class And(Cond):
    """All of `parts` (at least two, none of them an And); the empty one is `TRUE`."""

    parts: frozenset[Cond]

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", "and:" + _digest(*sorted(p.key for p in self.parts)))

    def __str__(self) -> str:
        if not self.parts:
            return "true"
        return " and ".join(
            f"({p})" if isinstance(p, Or) else str(p) for p in sorted(self.parts, key=lambda p: p.key)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Or(Cond):
    """One of `parts` (at least two, none of them an Or); the empty one is `FALSE`."""

    parts: frozenset[Cond]

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", "or:" + _digest(*sorted(p.key for p in self.parts)))

    def __str__(self) -> str:
        if not self.parts:
            return "false"
        return " or ".join(
            f"({p})" if isinstance(p, And) else str(p) for p in sorted(self.parts, key=lambda p: p.key)
        )


TRUE: Final[Cond] = And(frozenset())
FALSE: Final[Cond] = Or(frozenset())


def conjuncts(cond: Cond) -> frozenset[Cond]:
    """The condition as a set of which all must hold."""
    return cond.parts if isinstance(cond, And) else frozenset((cond,))


def all_of(*conds: Cond) -> Cond:
    """Conjunction, flattened; contradicting literals give FALSE."""
    parts: set[Cond] = set()
    for cond in conds:
        if cond == FALSE:
            return FALSE
        parts |= conjuncts(cond)
    for part in parts:
        if not isinstance(part, Or) and negate(part) in parts:
            return FALSE
    return next(iter(parts)) if len(parts) == 1 else And(frozenset(parts))


def any_of(*conds: Cond) -> Cond:
    """Disjunction that finds complementary paths: (a and b) or (a and not b) is a."""
    alternatives = [conjuncts(c) for c in dict.fromkeys(conds) if c != FALSE]
    while (merged := _merge_once(alternatives)) is not None:
        alternatives = merged
    if not alternatives:
        return FALSE
    common = frozenset.intersection(*alternatives)
    rests = [a - common for a in alternatives]
    if any(not r for r in rests):
        return all_of(*common)
    parts: set[Cond] = set()
    for rest in rests:
        one = all_of(*rest)
        parts |= one.parts if isinstance(one, Or) else {one}
    return all_of(*common, next(iter(parts)) if len(parts) == 1 else Or(frozenset(parts)))


def _merge_once(alternatives: list[frozenset[Cond]]) -> list[frozenset[Cond]] | None:
    for i, a in enumerate(alternatives):
        for j in range(i + 1, len(alternatives)):
            b = alternatives[j]
            rest = [x for k, x in enumerate(alternatives) if k not in (i, j)]
            if a <= b:
                return [a, *rest]
            if b <= a:
                return [b, *rest]
            only_a, only_b = a - b, b - a
            if len(only_b) == 1 and negate(next(iter(only_b))) == all_of(*only_a):
                return [a & b, *rest]
            if len(only_a) == 1 and negate(next(iter(only_a))) == all_of(*only_b):
                return [a & b, *rest]
    return None


def negate(cond: Cond) -> Cond:
    try:
        return cond._negation
    except AttributeError:
        negation = _negate(cond)
        object.__setattr__(cond, "_negation", negation)
        return negation


def _negate(cond: Cond) -> Cond:
    match cond:
        case Le(poly=p):
            return le(ONE - p)
        case Eq(poly=p):
            return Ne(p)
        case Ne(poly=p):
            return Eq(p)
        case And(parts=parts):
            return any_of(*(negate(p) for p in sorted(parts, key=lambda p: p.key)))
        case Or(parts=parts):
            return all_of(*(negate(p) for p in parts))
        case _:
            raise TypeError(cond)


def le(poly: Poly) -> Cond:
    """poly ≤ 0, decided if constant."""
    value = poly.constant
    if value is not None:
        return TRUE if value <= 0 else FALSE
    return Le(poly)


def eq(poly: Poly) -> Cond:
    """poly = 0, decided if constant; the sign of the polynomial is normalised."""
    value = poly.constant
    if value is not None:
        return TRUE if value == 0 else FALSE
    return Eq(poly if poly.terms[-1][1] > 0 else -poly)


def less(a: Poly, b: Poly) -> Cond:
    """a < b."""
    return le(a - b + 1)


def at_most(a: Poly, b: Poly) -> Cond:
    """a ≤ b."""
    return le(a - b)


# --- traversal ---------------------------------------------------------------------------------------


def children(atom: Atom) -> Iterator[Poly | Cond]:
    """Direct subterms of an atom."""
    match atom:
        case Sym():
            return
        case Div(num=n, den=d) | Mod(num=n, den=d):
            yield n
            yield d
        case Ite(cond=c, then=t, other=o):
            yield c
            yield t
            yield o
        case Fun(args=args):
            yield from args
        case Tab(offset=o):
            yield o
        case _:
            raise TypeError(atom)


def atoms_of(term: Poly | Cond) -> set[Atom]:
    """All atoms of a term, those inside of atoms included."""
    seen: set[Atom] = set()
    visited: set[str] = set()
    todo: list[Poly | Cond] = [term]
    while todo:
        item = todo.pop()
        if item.key in visited:
            continue
        visited.add(item.key)
        match item:
            case Poly():
                for atom in item.atoms():
                    if atom not in seen:
                        seen.add(atom)
                        todo.extend(children(atom))
            case Le(poly=p) | Eq(poly=p) | Ne(poly=p):
                todo.append(p)
            case And(parts=parts) | Or(parts=parts):
                todo.extend(parts)
            case _:
                raise TypeError(item)
    return seen


def syms_of(term: Poly | Cond) -> set[Sym]:
    """All symbols of a term."""
    return {a for a in atoms_of(term) if isinstance(a, Sym)}


# --- text --------------------------------------------------------------------------------------------


def _factor(poly: Poly) -> str:
    return str(poly) if poly.constant is not None or poly.atom is not None else f"({poly})"


def _render(poly: Poly, sign: Callable[[int], bool] = lambda _: True) -> str:
    out = ""
    for monomial, coeff in sorted(poly.terms, key=lambda t: (not t[0], t[1] < 0, [str(a) for a in t[0]])):
        if not sign(coeff):
            continue
        body = "*".join(str(a) for a in monomial)
        size = abs(coeff)
        text = str(size) if not body else body if size == 1 else f"{size}*{body}"
        out += (" - " if coeff < 0 else " + ") + text if out else ("-" if coeff < 0 else "") + text
    return out or "0"


def _comparison(poly: Poly, relation: str) -> str:
    left = Poly(tuple(t for t in poly.terms if t[1] > 0))
    right = -Poly(tuple(t for t in poly.terms if t[1] < 0))
    if relation == "≤" and left.offset == 1:
        return f"{left - 1} < {right}"
    return f"{left} {relation} {right}"

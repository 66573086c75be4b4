"""Terms and conditions evaluated for concrete values: what they mean, without the analysis or the solver.

Symbols are looked up by name, so that one value serves all ranges that a symbol is given. `Unset` stands for
a value that nothing has defined (a load that was not executed): it goes through terms, and conditions are
decided without it where they can be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b

from cuq.analysis.expr import And, Atom, Cond, Div, Eq, Fun, Ite, Le, Mod, Ne, Or, Poly, Sym, Tab

Env = Mapping[str, int]
Table = Callable[[str, int, int], int]
"""Object, byte offset, width: the word that is there."""


class Unset(Exception):
    """The value of a symbol that nothing has defined."""


def zeros(obj: str, offset: int, width: int) -> int:
    """Memory without contents."""
    return 0


def value(poly: Poly, env: Env, table: Table = zeros) -> int:
    """The number that a term is; raises Unset."""
    total = 0
    for monomial, coeff in poly.terms:
        product = coeff
        for atom in monomial:
            product *= _atom(atom, env, table)
        total += product
    return total


def _atom(atom: Atom, env: Env, table: Table) -> int:
    match atom:
        case Sym(name=name):
            if name not in env:
                raise Unset(name)
            return env[name]
        case Div(num=num, den=den):
            x, y = value(num, env, table), value(den, env, table)
            return x // y if y > 0 else 0
        case Mod(num=num, den=den):
            x, y = value(num, env, table), value(den, env, table)
            return x % y if y > 0 else 0
        case Ite(cond=cond, then=then, other=other):
            return value(then if holds(cond, env, table) else other, env, table)
        case Fun(name=name, args=args, high=high):
            return _function(name, tuple(value(a, env, table) for a in args), high)
        case Tab(obj=obj, width=width, offset=offset):
            return table(obj, value(offset, env, table), width)
        case _:
            raise TypeError(atom)


def _function(name: str, args: tuple[int, ...], high: int) -> int:
    match name, args:
        case "and", (x, y, _):
            return x & y
        case "or", (x, y, _):
            return x | y
        case "xor", (x, y, _):
            return x ^ y
        case "shl", (x, y, bits):
            return (x << y) & ((1 << bits) - 1)
        case "lshr", (x, y, bits):
            return x >> (y % bits)
        case "ashr", (x, y, bits):
            signed = x - (1 << bits) if x >> (bits - 1) else x
            return (signed >> (y % bits)) & ((1 << bits) - 1)
        case (("sdiv" | "srem"), (x, y, bits)):
            if y == 0:
                return 0
            quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
            return (quotient if name == "sdiv" else x - y * quotient) & ((1 << bits) - 1)
        case _:
            # Any function will do, as long as it is one.
            digest = blake2b(repr((name, args)).encode(), digest_size=8).digest()
            return int.from_bytes(digest, "little") % (high + 1)


def holds(cond: Cond, env: Env, table: Table = zeros) -> bool:
    """Whether a condition is true; raises Unset if that depends on an unset value."""
    match cond:
        case Le(poly=p):
            return value(p, env, table) <= 0
        case Eq(poly=p):
            return value(p, env, table) == 0
        case Ne(poly=p):
            return value(p, env, table) != 0
        case And(parts=parts) | Or(parts=parts):
            deciding = isinstance(cond, Or)
            unset: Unset | None = None
            for part in parts:
                try:
                    if holds(part, env, table) is deciding:
                        return deciding
                except Unset as error:
                    unset = error
            if unset is not None:
                raise unset
            return not deciding
        case _:
            raise TypeError(cond)

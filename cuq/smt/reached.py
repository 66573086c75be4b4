"""Bounds of variables by the limit at which a loop ends: `p != end`, as iterators over slices have it.

Lemma. A variable starts at `init` and each iteration adds the constant s > 0; the loop goes on only while the variable
is not `limit`, which no iteration changes; limit ≥ init, and limit - init is a multiple of s. Then the variable is at
most `limit` in every iteration, and never wraps: it starts so, and what is below the limit and a multiple of s away from
it is so after one more step. The same downwards for s < 0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from cuq.analysis.expr import (
    Atom,
    Cond,
    Mod,
    Ne,
    Poly,
    Sym,
    at_most,
    conjuncts,
    eq,
    less,
    lift,
    negate,
    syms_of,
)
from cuq.analysis.summary import Carried, Form, Loop
from cuq.analysis.terms import modulo
from cuq.smt.problem import Alternative, Answer, Solution

Ask = Callable[[tuple[Cond, ...], tuple[Alternative, ...]], Solution]

_WORD = 1 << 64


def bounds_by_limits(
    loop: Loop, context: tuple[Cond, ...], ask: Ask, known: Collection[Cond] = ()
) -> Iterator[tuple[Sym, Cond]]:
    """Variables of the loop with what the lemma says of them beyond what is `known`; `context` holds whenever the loop
    is entered."""
    for variable in loop.carried:
        step = None if variable.step is None else variable.step.constant
        if variable.form is not Form.AFFINE or not step:
            continue
        for limit in _limits(loop, variable):
            value = lift(variable.sym)
            bound = at_most(value, limit) if step > 0 else at_most(limit, value)
            if bound in known:
                continue
            low, high = (variable.init, limit) if step > 0 else (limit, variable.init)
            largest = (1 << (variable.bits or 63)) - 1
            against = (
                less(high, low),
                less(low, lift(0)),
                less(lift(largest), high),
                negate(eq(modulo(high - low, lift(abs(step))))),
            )
            if ask(context, tuple(Alternative((cond,)) for cond in against)).answer is Answer.UNSAT:
                yield variable.sym, bound


def _limits(loop: Loop, variable: Carried) -> Iterator[Poly]:
    """What the variable must not be for the loop to go on, where no iteration changes that."""
    # As it is, or as the word that it is as an address.
    spellings = (variable.sym, Mod(lift(variable.sym), lift(_WORD)))
    for part in conjuncts(loop.again):
        for atom in spellings:
            limit = limit_of(part.poly, atom) if isinstance(part, Ne) else None
            if limit is not None and all(sym.loop != loop.id for sym in syms_of(limit)):
                yield limit


def limit_of(poly: Poly, atom: Atom) -> Poly | None:
    """e where poly = ±(atom - e)."""
    coeff = dict(poly.terms).get((atom,))
    if coeff not in (1, -1):
        return None
    rest = poly - lift(atom) * coeff
    return -rest if coeff == 1 else rest

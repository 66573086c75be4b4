"""What is told to the solver is true: no concrete assignment is excluded by definitions or lemmas.

In the linear reading a product is a variable of its own, which may have too many values but never too few; an
`unsat` means something only because of that.
"""

from __future__ import annotations

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from cuq.analysis.expr import Div, Level, Mod, Poly, Sym, all_of, at_most, eq, less, lift
from cuq.analysis.terms import bit_and, bit_or, bit_xor, choose, shift_left, shift_right
from cuq.smt.encode import Encoder
from cuq.smt.formula import full_solver
from cuq.smt.lemmas import radix_lemmas
from tests.analysis.concrete import value

# The ranges include 0 (divisors!) and, for `d`, negative values.
SYMS = (*(Sym(n, 0, 9, Level.THREAD) for n in "abc"), Sym("d", -5, 5, Level.THREAD))
ENVS = st.fixed_dictionaries({s.name: st.integers(s.low, s.high) for s in SYMS})


@st.composite
def polys(draw: st.DrawFn, depth: int = 3) -> Poly:
    """Sums, products, quotients, remainders, choices, bit operations."""
    kind = draw(st.integers(0, 9)) if depth else draw(st.integers(0, 1))
    if kind == 0:
        return lift(draw(st.integers(-4, 8)))
    if kind == 1:
        return lift(draw(st.sampled_from(SYMS)))
    a, b = draw(polys(depth - 1)), draw(polys(depth - 1))
    match kind:
        case 2 | 3:
            return a + b * draw(st.sampled_from((1, -1, 2, 4)))
        case 4 | 5:
            return a * b
        case 6:
            return lift(Div(a, lift(draw(st.sampled_from(SYMS[:3])))))
        case 7:
            return lift(Mod(a, lift(draw(st.sampled_from(SYMS[:3])))))
        case 8:
            return choose(less(a, b), a, b - 1)
        case _:
            x, y = (lift(draw(st.sampled_from(SYMS[:3]))) for _ in range(2))
            operation = draw(st.sampled_from((bit_and, bit_or, bit_xor, shift_left, shift_right)))
            return operation(x, y, 8)


def _fixed(solver: z3.Solver, encoder: Encoder, env: dict[str, int]) -> None:
    for sym in SYMS:
        solver.add(encoder.atom(sym) == env[sym.name])


@settings(max_examples=120, deadline=None)
@given(polys(), ENVS, st.booleans())
def test_definitions_admit_every_assignment(poly: Poly, env: dict[str, int], exact: bool) -> None:
    encoder, solver = Encoder(exact=exact), full_solver()
    solver.set("timeout", 2_000)
    solver.add(encoder.cond(eq(poly - value(poly, env))))
    _fixed(solver, encoder, env)
    # What is divided by 0 may have any value, and 0 is one.
    solver.add(encoder.definitions)
    assert solver.check() != z3.unsat


@settings(max_examples=80, deadline=None)
@given(polys(), ENVS, st.booleans())
def test_definitions_are_never_contradictory(poly: Poly, env: dict[str, int], exact: bool) -> None:
    """Also where a divisor is 0: a contradiction would hide every model, not only this one."""
    encoder, solver = Encoder(exact=exact), full_solver()
    solver.set("timeout", 2_000)
    encoder.poly(poly)
    _fixed(solver, encoder, env)
    solver.add(encoder.definitions)
    assert solver.check() != z3.unsat


@st.composite
def differences(draw: st.DrawFn) -> Poly:
    """Sums of products, as distances of addresses are."""
    total = lift(draw(st.integers(-3, 3)))
    for _ in range(draw(st.integers(1, 4))):
        factors = draw(st.lists(st.sampled_from(SYMS), min_size=1, max_size=3))
        term = lift(draw(st.sampled_from((1, -1, 2, 4, -4))))
        for factor in factors:
            term = term * lift(factor)
        total = total + term
    return total


@settings(max_examples=150, deadline=None)
@given(differences(), ENVS, st.integers(-3, 0), st.integers(0, 3))
def test_radix_lemmas_are_true_of_real_products(
    difference: Poly, env: dict[str, int], low: int, high: int
) -> None:
    encoder, solver = Encoder(exact=True), full_solver()
    solver.add(list(radix_lemmas(encoder, difference, low, high)))
    _fixed(solver, encoder, env)
    solver.add(encoder.definitions)
    assert solver.check() == z3.sat


A, B, C, D = map(lift, SYMS)


@pytest.mark.parametrize(
    "difference", [A * D + C, A * B - A * C + D, (A * B - A * C + D) * 4, A * D + D * 2 + B - C]
)
@pytest.mark.parametrize(("low", "high"), [(0, 0), (-3, 3), (-1, 0)])
def test_radix_lemmas_have_no_counterexample(difference: Poly, low: int, high: int) -> None:
    """All small values at once, the boundary cases of the premises among them."""
    encoder, solver = Encoder(exact=True), full_solver()
    lemmas = list(radix_lemmas(encoder, difference, low, high))
    assert lemmas
    solver.add(z3.Not(z3.And(lemmas)), *encoder.definitions)
    solver.add([z3.And(encoder.atom(s) >= -3, encoder.atom(s) <= 4) for s in SYMS])
    assert solver.check() == z3.unsat


def test_a_lemma_that_is_needed_is_there() -> None:
    """a·(b - c) + r = 0 with |r| < a has no solution but b = c: unsat in the linear reading with lemmas only."""
    a, b, c, r = (Sym(n, 0, 1 << 20, Level.THREAD) for n in ("size", "row", "other", "column"))
    difference = lift(a) * lift(b) - lift(a) * lift(c) + lift(r)
    answers = []
    for lemmas in (False, True):
        encoder, solver = Encoder(), full_solver()
        conds = all_of(less(lift(r), lift(a)), at_most(lift(c) + 1, lift(b)), eq(difference))
        solver.add(encoder.cond(conds))
        if lemmas:
            solver.add(list(radix_lemmas(encoder, difference, 0, 0)))
        solver.add(encoder.definitions)
        answers.append(solver.check())
    assert answers == [z3.sat, z3.unsat]

"""Formulas of the solver, built without the checks and coercions of z3's operators.

Every argument is known to be of the right sort here; with the operators most of the time of a query goes
into finding that out again. The functions below are z3's own, a level deeper.
"""

from __future__ import annotations

from collections.abc import Sequence

import z3
from z3 import z3core


class _Context:
    """What formulas are made in. z3's answers depend on what else its context has seen."""

    def __init__(self) -> None:
        self.owner = z3.Context()
        self.ref = self.owner.ref()
        self.int = z3.IntSort(self.owner)
        self.bool = z3.BoolSort(self.owner)
        self.asked = False


_now = _Context()


def renew() -> None:
    """Start afresh, so that answers do not depend on earlier questions. Formulas made before cannot be used with later
    ones."""
    global _now
    if _now.asked:
        _now = _Context()


def simple_solver() -> z3.Solver:
    """The solver without preprocessing."""
    _now.asked = True
    return z3.SimpleSolver(ctx=_now.owner)


def full_solver() -> z3.Solver:
    _now.asked = True
    return z3.Solver(ctx=_now.owner)


def function(name: str, arity: int) -> z3.FuncDeclRef:
    """A function of integers to integers that nothing is known of."""
    return z3.Function(name, *([_now.int] * (arity + 1)))


def integer(value: int) -> z3.IntNumRef:
    return z3.IntNumRef(z3core.Z3_mk_numeral(_now.ref, str(value), _now.int.ast), _now.owner)


def variable(name: str) -> z3.ArithRef:
    return z3.ArithRef(
        z3core.Z3_mk_const(_now.ref, z3core.Z3_mk_string_symbol(_now.ref, name), _now.int.ast), _now.owner
    )


def proposition(name: str) -> z3.BoolRef:
    return z3.BoolRef(
        z3core.Z3_mk_const(_now.ref, z3core.Z3_mk_string_symbol(_now.ref, name), _now.bool.ast), _now.owner
    )


def total(terms: Sequence[z3.ArithRef]) -> z3.ArithRef:
    """The sum of at least one term."""
    return z3.ArithRef(z3core.Z3_mk_add(_now.ref, len(terms), _array(terms)), _now.owner)


def product(factors: Sequence[z3.ArithRef]) -> z3.ArithRef:
    """The product of at least one factor."""
    return z3.ArithRef(z3core.Z3_mk_mul(_now.ref, len(factors), _array(factors)), _now.owner)


def at_most(left: z3.ArithRef, right: z3.ArithRef) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_le(_now.ref, left.ast, right.ast), _now.owner)


def equal(left: z3.ArithRef, right: z3.ArithRef) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_eq(_now.ref, left.ast, right.ast), _now.owner)


def negation(of: z3.BoolRef) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_not(_now.ref, of.ast), _now.owner)


def conjunction(parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_and(_now.ref, len(parts), _array(parts)), _now.owner)


def disjunction(parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_or(_now.ref, len(parts), _array(parts)), _now.owner)


def implication(premise: z3.BoolRef, conclusion: z3.BoolRef) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_implies(_now.ref, premise.ast, conclusion.ast), _now.owner)


def assert_all(solver: z3.Solver, formulas: Sequence[z3.BoolRef]) -> None:
    for formula in formulas:
        z3core.Z3_solver_assert(_now.ref, solver.solver, formula.ast)


def _array(parts: Sequence[z3.ExprRef]) -> object:
    return (z3.Ast * len(parts))(*(part.ast for part in parts))

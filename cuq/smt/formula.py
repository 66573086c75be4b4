"""Formulas of the solver, built without the checks and coercions of z3's operators.

Every argument is known to be of the right sort here; with the operators most of the time of a query goes
into finding that out again. The functions below are z3's own, a level deeper.
"""

from __future__ import annotations

from collections.abc import Sequence

import z3
from z3 import z3core

CONTEXT = z3.main_ctx()
_REF = CONTEXT.ref()
_INT = z3.IntSort()
_BOOL = z3.BoolSort()


def integer(value: int) -> z3.IntNumRef:
    return z3.IntNumRef(z3core.Z3_mk_numeral(_REF, str(value), _INT.ast), CONTEXT)


def variable(name: str) -> z3.ArithRef:
    return z3.ArithRef(z3core.Z3_mk_const(_REF, z3core.Z3_mk_string_symbol(_REF, name), _INT.ast), CONTEXT)


def proposition(name: str) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_const(_REF, z3core.Z3_mk_string_symbol(_REF, name), _BOOL.ast), CONTEXT)


def total(terms: Sequence[z3.ArithRef]) -> z3.ArithRef:
    """The sum of at least one term."""
    return z3.ArithRef(z3core.Z3_mk_add(_REF, len(terms), _array(terms)), CONTEXT)


def product(factors: Sequence[z3.ArithRef]) -> z3.ArithRef:
    """The product of at least one factor."""
    return z3.ArithRef(z3core.Z3_mk_mul(_REF, len(factors), _array(factors)), CONTEXT)


def at_most(left: z3.ArithRef, right: z3.ArithRef) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_le(_REF, left.ast, right.ast), CONTEXT)


def equal(left: z3.ArithRef, right: z3.ArithRef) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_eq(_REF, left.ast, right.ast), CONTEXT)


def negation(of: z3.BoolRef) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_not(_REF, of.ast), CONTEXT)


def conjunction(parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_and(_REF, len(parts), _array(parts)), CONTEXT)


def disjunction(parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_or(_REF, len(parts), _array(parts)), CONTEXT)


def implication(premise: z3.BoolRef, conclusion: z3.BoolRef) -> z3.BoolRef:
    return z3.BoolRef(z3core.Z3_mk_implies(_REF, premise.ast, conclusion.ast), CONTEXT)


def assert_all(solver: z3.Solver, formulas: Sequence[z3.BoolRef]) -> None:
    for formula in formulas:
        z3core.Z3_solver_assert(_REF, solver.solver, formula.ast)


def _array(parts: Sequence[z3.ExprRef]) -> object:
    return (z3.Ast * len(parts))(*(part.ast for part in parts))

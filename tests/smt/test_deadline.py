"""Time limits never turn into answers."""

from __future__ import annotations

import pytest

from cuq.analysis.expr import Level, Sym, at_most, lift
from cuq.smt.problem import Alternative, Answer, Problem, solve


@pytest.mark.parametrize("timeout_ms", [0, 1, 2, 5, 1000])
def test_unsatisfiable_wishes_are_not_an_answer(timeout_ms: int) -> None:
    """`small` cannot be had here; the problem itself has a solution, whatever the time allowed."""
    big = Sym("big", 0, 1 << 40, Level.LAUNCH)
    problem = Problem((), (Alternative((at_most(lift(1 << 30), lift(big)),)),))
    assert solve(problem, small=(big,), timeout_ms=timeout_ms).answer is not Answer.UNSAT

"""What a solver answers does not depend on what it was asked in an earlier check."""

from __future__ import annotations

from cuq.analysis.expr import TRUE
from cuq.checks.options import Options
from cuq.smt.formula import renew, variable
from cuq.smt.problem import Alternative, Problem, solve
from tests.fixtures.pipeline import check_dump
from tests.fixtures.table import FIXTURES


def test_a_context_without_questions_is_kept() -> None:
    """A worker makes the first one ahead of time."""
    renew()
    before = variable("x").ctx
    renew()
    assert variable("x").ctx == before


def test_renew_after_a_question() -> None:
    before = variable("x").ctx
    solve(Problem((), (Alternative((TRUE,)),)))
    renew()
    assert variable("x").ctx != before


def test_each_check_has_a_context_of_its_own() -> None:
    fixture = FIXTURES[0]
    check_dump(fixture, Options())
    before = variable("x").ctx
    check_dump(fixture, Options())
    assert variable("x").ctx != before

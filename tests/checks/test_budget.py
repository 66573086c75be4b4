"""The budget of a kernel bounds its analysis as well as its queries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cuq.checks.options import Options
from cuq.checks.result import Property, Verdict
from cuq.checks.run import check_kernel
from cuq.checks.session import Session
from cuq.ir.module import Kernel
from cuq.smt import problem
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES

(GRID_STRIDE,) = (fixture for fixture in FIXTURES if fixture.name == "grid_stride/grid_stride")


@pytest.mark.parametrize(
    ("left", "asks"),
    [
        pytest.param(1.0, True, id="facts about loops are asked for"),
        pytest.param(0.4, False, id="not when half of the time is gone"),
    ],
)
def test_facts_take_half_of_it(left: float, asks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    task = task_of(load(GRID_STRIDE), Options())
    assert isinstance(task.kernel, Kernel)
    asked: list[object] = []

    def solve(*args: object, **how: object) -> problem.Solution:
        asked.append(args)
        return problem.Solution(problem.Answer.UNKNOWN)

    monkeypatch.setattr("cuq.checks.session.solve", solve)
    monkeypatch.setattr(Session, "left_ms", lambda self: int(left * self.options.budget_ms))
    Session(task.kernel, task.contract, Options())
    assert bool(asked) is asks


def test_nothing_is_asked_without_time() -> None:
    task = task_of(load(GRID_STRIDE), Options())
    assert isinstance(task.kernel, Kernel)
    result = check_kernel(task.kernel, task.contract, replace(Options(), budget_ms=0))
    verdicts = {check.property: check.verdict for check in result.checks}
    assert verdicts[Property.RACE] is Verdict.UNKNOWN
    assert all(check.queries == 0 for check in result.checks)

"""Conditions under which a racy kernel does not race: what is found, and that it is true as a contract."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cuq.analysis.summary import Access
from cuq.checks.causes import in_the_way
from cuq.checks.options import Options
from cuq.checks.race import check_race
from cuq.checks.result import Property, Verdict
from cuq.checks.session import Session
from cuq.contract.contract import Requirement
from cuq.contract.parser import parse_condition
from cuq.ir.module import Kernel
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES

BY_NAME = {fixture.name: fixture for fixture in FIXTURES}
RACE = Options(properties=frozenset({Property.RACE}))

CASES = [
    pytest.param("saxpy/saxpy_block_local", ("grid.x == 1",), id="one block"),
    pytest.param("block_shift/block_shift_no_barrier", ("block.x == 1",), id="one thread in a block"),
    pytest.param("grid_stride/grid_stride_block", ("n <= block.x",), id="a parameter within a block"),
    pytest.param(
        "rows/scale_matrix_guard", ("width >= grid.x * block.x",), id="a parameter beyond the launch"
    ),
    pytest.param("rows/column_sums_block_row", ("height <= block.y",), id="another axis"),
    pytest.param(
        "saxpy/saxpy_strided_wrap", ("n <= 65536 && incy <= 65536",), id="no launch in which a product wraps"
    ),
    pytest.param("histogram/histogram_plain", (), id="none but what does nothing"),
    pytest.param("saxpy/saxpy_shifted", (), id="one element, at last, is no condition"),
]


@pytest.mark.parametrize(("name", "conditions"), CASES)
def test_conditions(name: str, conditions: tuple[str, ...]) -> None:
    task = task_of(load(BY_NAME[name]), RACE)
    assert isinstance(task.kernel, Kernel)
    found = check_race(Session(task.kernel, task.contract, RACE), aligned=True)
    assert found.verdict is Verdict.REFUTED
    assert found.conditions == conditions
    for text in found.conditions:
        requirement = Requirement(parse_condition(text, task.contract.span), task.contract.span)
        contract = replace(task.contract, requires=(*task.contract.requires, requirement))
        assert check_race(Session(task.kernel, contract, RACE), aligned=True).verdict is Verdict.VERIFIED


UNDECIDED = Options(properties=frozenset({Property.RACE}), budget_ms=4_000)


@pytest.mark.slow
def test_a_contract_that_settles_what_is_not_decided() -> None:
    """Without its contract the kernel races only where a product wraps, in launches too large to be replayed."""
    task = task_of(load(BY_NAME["nested/double_loop"]), UNDECIDED)
    assert isinstance(task.kernel, Kernel)
    contract = replace(task.contract, requires=())
    found = check_race(Session(task.kernel, contract, UNDECIDED), aligned=True)
    assert found.verdict is Verdict.UNKNOWN
    assert found.conditions == ("rows <= 65536 && columns <= 65536",)
    assert all("may wrap at 64 bits" in obstacle.reason for obstacle in found.obstacles)


def test_causes_name_what_is_not_followed() -> None:
    """One for each kind of value and operation that keeps the analysis from deciding."""
    for name, words in CAUSES.items():
        task = task_of(load(BY_NAME[name]), RACE)
        assert isinstance(task.kernel, Kernel)
        session = Session(task.kernel, replace(task.contract, requires=()), RACE)
        offsets = [item.offset for item, _ in session.items if isinstance(item, Access)]
        assert words in in_the_way(session.expansion, *offsets), name


CAUSES = {
    "saxpy/saxpy_strided_wrap": "may wrap at 32 bits",
    "gather/scatter": "the contents of `",
    "ticket/compact": " at ",
}

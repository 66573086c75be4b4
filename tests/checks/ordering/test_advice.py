"""What is said of a race that a stronger ordering, or an initial value, would prevent."""

from __future__ import annotations

import pytest

from cuq.checks.options import Options
from cuq.checks.race import check_race
from cuq.checks.result import Property
from cuq.checks.session import Session
from cuq.contract import Contract
from cuq.ir.module import Kernel
from tests.fixtures.pipeline import check_dump, load, task_of
from tests.fixtures.table import FIXTURES

BY_NAME = {fixture.name: fixture for fixture in FIXTURES}
RACE = Options(properties=frozenset({Property.RACE}))

CASES = [
    pytest.param("handoff/handoff_relaxed", "Release instead of Relaxed at 23:14", id="a flag"),
    pytest.param(
        "handoff/chain_relaxed", "Acquire instead of Relaxed at 24:34", id="a flag of another block"
    ),
    pytest.param("lock/spin_lock_taken_relaxed", "Acquire instead of Relaxed at 22:10", id="taking a lock"),
    pytest.param("lock/spin_lock_relaxed", "Release instead of Relaxed at 26:10", id="freeing a lock"),
    pytest.param("last_block/last_block_release", "AcqRel instead of Release at 29:14", id="a count"),
    pytest.param("lock/ticket_lock_relaxed", "Acquire instead of Relaxed at 27:19", id="a turn"),
]


@pytest.mark.parametrize(("name", "said"), CASES)
def test_a_stronger_ordering(name: str, said: str) -> None:
    race = check_dump(BY_NAME[name], RACE)[Property.RACE]
    assert race.findings
    for finding in race.findings:
        assert finding.help[0] == f"{said} would order the accesses: there is no race then"


@pytest.mark.parametrize(
    "name",
    ["handoff/handoff_early", "lock/spin_lock_after", "last_block/grid_barrier_short", "saxpy/saxpy_shifted"],
)
def test_nothing_is_said_that_would_not_help(name: str) -> None:
    race = check_dump(BY_NAME[name], RACE)[Property.RACE]
    assert all("would order" not in text for finding in race.findings for text in finding.help)


def test_an_initial_value() -> None:
    task = task_of(load(BY_NAME["lock/spin_lock"]), RACE)
    assert isinstance(task.kernel, Kernel)
    result = check_race(Session(task.kernel, Contract(None, task.contract.span), RACE), aligned=True)
    (said,) = {finding.help[0] for finding in result.findings}
    assert (
        said
        == "if `lock` holds 0 when the launch begins, there is no race: //@ cuq: kernel=spin_lock init.lock=0"
    )

"""A sample of the automatic mutants: none that a launch breaks is `verified`, and the judge can find fault."""

from __future__ import annotations

import pytest

from cuq.checks.result import CheckResult, Property, Verdict
from tests.fixtures.table import FIXTURES
from tests.mutation.run import judged

BY_NAME = {fixture.name: fixture for fixture in FIXTURES}

SAMPLE = [
    ("block_shift/block_shift", slice(None, None, 3), "a barrier and shared memory"),
    ("saxpy/saxpy_u32", slice(None, None, 3), "indices and guards"),
    ("handoff/handoff", slice(None, None, 2), "orderings of a flag"),
    ("lock/spin_lock", slice(None, None, 2), "orderings of a lock"),
    ("last_block/last_block", slice(None, None, 4), "a count"),
    ("enums/stored", slice(None, 2), "reads of what a variant leaves open, which an assumption excludes"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "only", "why"), SAMPLE, ids=[f"{s[0]}: {s[2]}" for s in SAMPLE])
def test_no_broken_mutant_is_verified(name: str, only: slice, why: str) -> None:
    found = judged(BY_NAME[name], only)
    assert any(mutant.broken for mutant in found)
    assert [mutant for mutant in found if mutant.missed] == []


@pytest.mark.slow
def test_a_blind_check_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    verified = CheckResult(Property.RACE, Verdict.VERIFIED)
    monkeypatch.setattr("cuq.checks.run.check_race", lambda session, aligned: verified)
    found = judged(BY_NAME["block_shift/block_shift"], slice(None, None, 3))
    assert any(mutant.missed for mutant in found)


def test_an_assumption_excludes_only_where_it_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cuq.checks.session.Session.may_read_undefined", False)
    found = judged(BY_NAME["enums/stored"], slice(None, 2))
    assert any("undefined value" in what for mutant in found for what in mutant.missed)

"""Of broken mutants, none is certified; and it would be noticed."""

from __future__ import annotations

import pytest

from cuq.checks.result import Property
from cuq.coq.prove import Level, ProofResult, Status
from tests.coq.mutants import tried
from tests.fixtures.table import FIXTURES

BY_NAME = {fixture.name: fixture for fixture in FIXTURES}

SAMPLE = {
    "block_shift/block_shift": "a barrier and shared memory",
    "saxpy/saxpy_u32": "indices and guards",
    "lock/spin_lock": "a claim about a lock, whose orderings are changed",
    "ticket/compact": "a claim about numbers that are drawn",
    "cuda_oxide/oxide_warp_swap": "lanes that meet",
}


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLE)
def test_no_broken_mutant_is_certified(name: str) -> None:
    found = tried(BY_NAME[name], 2)
    assert found
    assert [mutant for mutant in found if mutant.certified] == []


def test_a_certificate_of_one_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def proves(*_: object, **__: object) -> tuple[ProofResult, ...]:
        return (ProofResult(Property.RACE, Status.PROVED, Level.PROGRAM, ()),)

    monkeypatch.setattr("tests.coq.mutants.prove", proves)
    assert all(mutant.certified for mutant in tried(BY_NAME["saxpy/saxpy_u32"], 1))

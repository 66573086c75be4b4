"""`prove` with a real coqc: safe kernels are proved, broken twins are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cuq.base.errors import ToolchainError
from cuq.checks.options import Options
from cuq.checks.result import Finding, Property
from cuq.checks.run import check_kernel
from cuq.coq import coqc
from cuq.coq.prove import Level, Status, prove, prove_race
from cuq.coq.race_witness import race_witness
from tests.coq.kernels import session

PROVED = {
    "saxpy/saxpy_u32": "straight-line code under a guard",
    "grid_stride/grid_stride": "a loop whose counter has a closed form",
    "reduction/tree": "a loop with a barrier, whose counter is halved",
    "transpose/transpose_tiled": "two dimensions, a fixed block, a product with a parameter",
}
NOT_PROVED = {
    "saxpy/saxpy_shifted": (Property.RACE, "reads a neighbour's element"),
    "grid_stride/grid_stride_block": (Property.RACE, "the stride is that of a block"),
    "reduction/tree_no_barrier": (Property.RACE, "no barrier between the steps"),
    "transpose/transpose_no_barrier": (Property.RACE, "the tile is read before it is complete"),
    "reduction/tree_divergent": (Property.DIVERGENCE, "the barrier is under the guard of the step"),
}


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", PROVED)
def test_safe_kernels_are_proved(name: str) -> None:
    for result in prove(session(name)):
        assert result.status is Status.PROVED, f"{result.property}: {result.reason}\n{result.log}"
        assert "launch-no-wrap" in result.assumptions


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", NOT_PROVED)
def test_broken_twins_are_not(name: str) -> None:
    prop, _ = NOT_PROVED[name]
    (result,) = prove(session(name), (prop,))
    assert result.status is Status.NOT_PROVED
    assert result.reason


RACES = {
    "saxpy/saxpy_shifted": "no barrier before it",
    "reduction/tree_no_barrier": "in a loop, after a barrier that the other threads have to pass as well",
    "transpose/transpose_no_barrier": "in shared memory",
    "grid_stride/grid_stride_block": "threads of two blocks",
    "histogram/histogram_plain": "at an address that was loaded",
    "last_block/last_block_late": "behind a branch on what an update returned, which is not what it wrote",
}
"""Kernels whose race is proved from the replayed launch, and where it is."""


def _finding(name: str) -> Finding:
    about = session(name)
    result = check_kernel(about.kernel, about.contract, Options())
    checks = [c for c in result.checks if c.property is Property.RACE]
    return next(f for c in checks for f in c.findings if f.confirmed)


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", RACES)
def test_races_are_proved(name: str) -> None:
    result = prove_race(session(name), _finding(name))
    assert result is not None
    assert (result.status, result.level) == (Status.FALSE, Level.PROGRAM)


def test_a_launch_that_shows_no_race_is_no_witness() -> None:
    assert race_witness(session("saxpy/saxpy_u32"), _finding("saxpy/saxpy_shifted")) is None


@pytest.mark.coqc
@pytest.mark.slow
def test_a_wrong_witness_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coq runs the threads itself: where the accesses are others, it finds no conflict."""
    name = "saxpy/saxpy_shifted"
    text = race_witness(session(name), _finding(name))
    assert text is not None
    wrong = re.sub(r"\(\d+%nat, \d+%nat\)", "(7%nat, 7%nat)", text)
    monkeypatch.setattr("cuq.coq.prove.race_witness", lambda *_: wrong)
    assert prove_race(session(name), _finding(name)) is None


@pytest.mark.coqc
def test_time_runs_out() -> None:
    (result,) = prove(session("reduction/tree"), (Property.RACE,), timeout=0.01)
    assert (result.status, result.reason) == (Status.NOT_PROVED, "no proof within 0.01 s")


def test_no_coqc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("COQC", raising=False)
    coqc.find_coqc.cache_clear()
    try:
        with pytest.raises(ToolchainError) as caught:
            coqc.find_coqc()
        assert caught.value.help == coqc.INSTALL
    finally:
        coqc.find_coqc.cache_clear()

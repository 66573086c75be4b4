"""`prove` with a real coqc: safe kernels are proved, broken twins are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.base.errors import ToolchainError
from cuq.checks.result import Property
from cuq.coq import coqc
from cuq.coq.prove import Status, prove
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

"""`cuq run`: one launch on the CPU, as given or drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.kernels import RACY, SAFE, Cuq
from tests.fixtures.table import ROOT

DIVERGENT = ROOT / "block_shift/block_shift_guarded_barrier.mir"
PANICS = ROOT / "oob/index_unguarded.mir"
OUT_OF_BOUNDS = ROOT / "oob/unchecked_last.mir"
CONTRACT = ROOT / "saxpy/saxpy_strided.mir"
SHARED = ROOT / "block_shift/block_shift.mir"


def document(text: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(text)
    return result


def test_computes(cuq: Cuq) -> None:
    """y = a·x + y, for 7 of 8 threads."""
    launch = ("--block", "4", "--grid", "2", "--arg", "n=7", "--arg", "a=2.5", "--arg", "x=iota")
    outcome = cuq("run", SAFE, *launch, "--arg", "y=1,2,0.5", "--show", "y:4", "--show", "y:8")
    assert (outcome.code, outcome.err) == (0, "")
    assert "clean: kernel `saxpy_u32`" in outcome.out
    assert "launch: block 4×1×1, grid 2×1×1, n = 7, a = 2.5" in outcome.out
    assert "= y: 1.0, 4.5, 5.5, 7.5\n" in outcome.out
    assert "= y: 1.0, 4.5, 5.5, 7.5, 10.0, 12.5, 15.0, 0.0\n" in outcome.out
    assert "says nothing of other launches" in outcome.out


def test_reports_a_race(cuq: Cuq) -> None:
    outcome = cuq("run", RACY, "--block", "2", "--grid", "1", "--arg", "n=2")
    assert (outcome.code, outcome.err) == (1, "")
    assert "error[CUQ-R001]: data race on `y`" in outcome.out
    assert "thread (0,0,0) reads `y[1]`" in outcome.out
    assert "thread (1,0,0) writes `y[1]`" in outcome.out
    assert "found: kernel `saxpy_shifted`, 1 finding\n" in outcome.out


@pytest.mark.parametrize(
    ("path", "args", "code"),
    [
        (DIVERGENT, ("--block", "4", "--grid", "1", "--arg", "n=3"), "CUQ-D002"),
        (PANICS, ("--block", "4", "--grid", "1", "--arg", "y.len=3"), "CUQ-P001"),
        (OUT_OF_BOUNDS, ("--block", "4", "--grid", "1", "--arg", "y.len=3"), "CUQ-B001"),
    ],
)
def test_reports_what_else_goes_wrong(cuq: Cuq, path: Path, args: tuple[str, ...], code: str) -> None:
    outcome = cuq("run", path, *args, "--format", "json")
    result = document(outcome.out)
    assert outcome.code == result["exit_code"] == 1
    assert {finding["code"] for finding in result["findings"]} == {code}


def test_the_seed_is_all_that_is_random(cuq: Cuq) -> None:
    first, again, other = (cuq("run", SAFE, "--seed", seed).out for seed in "334")
    assert first == again != other


def test_launches_up_to_the_first_that_shows_something(cuq: Cuq) -> None:
    result = document(cuq("run", DIVERGENT, "--launches", "50", "--format", "json").out)
    assert result["result"] == "found"
    assert 1 < result["launches"] < 50
    seed = str(result["seed"])
    assert (
        document(cuq("run", DIVERGENT, "--seed", seed, "--format", "json").out)["findings"]
        == result["findings"]
    )


def test_launches_keep_to_the_contract(cuq: Cuq, tmp_path: Path) -> None:
    """One beyond it has to be asked for."""
    for suffix in (".mir", ".hir"):
        (tmp_path / f"saxpy_strided{suffix}").write_text(CONTRACT.with_suffix(suffix).read_text())
    (tmp_path / "cuq.toml").write_text('[kernel.saxpy_strided]\nrequires = ["incy >= 1"]\n')
    args = ("run", tmp_path / "saxpy_strided.mir", "--block", "2", "--arg", "n=2", "--arg", "incy=0")
    outcome = cuq(*args)
    assert outcome.code == 2
    assert "no launch within the contract" in outcome.err
    assert cuq(*args, "--no-contract").code == 1
    drawn = document(cuq("run", args[1], "--format", "json").out)
    assert int(drawn["launch"]["params"]["incy"]) >= 1


def test_schedules(cuq: Cuq) -> None:
    for schedule in ("forward", "backward", "mixed"):
        outcome = cuq("run", SAFE, "--schedule", schedule, "--format", "json")
        assert (outcome.code, document(outcome.out)["schedule"]) == (0, schedule)


def test_a_launch_that_does_not_end(cuq: Cuq) -> None:
    outcome = cuq("run", SHARED, "--block", "32", "--grid", "8", "--steps", "3")
    assert outcome.code == 4
    assert "unfinished: kernel" in outcome.out
    assert "unfinished: the" in outcome.out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--arg", "m=1"), "no parameter `m`"),
        (("--arg", "n"), "not of the form NAME=VALUE"),
        (("--arg", "n=many"), "not a value of type i32"),
        (("--arg", "n=5000000000"), "does not fit"),
        (("--arg", "x=some"), "nothing that memory can hold"),
        (("--block", "0"), "not a size"),
        (("--block", "1x1x1x1"), "not a size"),
        (("--show", "z"), "no memory is called `z`"),
        (("--show", "y:many"), "not of the form NAME:NUMBER"),
        (("--kernel", "sexpy"), "no kernel matches"),
        (("--schedule", "sideways"), "sideways"),
    ],
)
def test_usage_errors(cuq: Cuq, args: tuple[str, ...], message: str) -> None:
    outcome = cuq("run", SAFE, *args)
    assert outcome.code == 2
    assert outcome.out == ""
    assert message in outcome.err


@pytest.mark.slow
def test_several_kernels_need_a_name(cuq: Cuq) -> None:
    outcome = cuq("run", ROOT / "saxpy")
    assert outcome.code == 2
    assert "saxpy_u32" in outcome.err
    assert cuq("run", ROOT / "saxpy", "--kernel", "saxpy_u32").code == 0

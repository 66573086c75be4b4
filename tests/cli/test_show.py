"""`cuq show` and `cuq list`."""

import json
from pathlib import Path

import pytest

from cuq.cli import asking
from cuq.cli.show import STAGES
from cuq.cli.stages import TEXTS
from tests.cli.kernels import RACY, SAFE, Cuq
from tests.fixtures.table import ROOT

BARRIERS = ROOT / "reduction/tree.mir"

STARTS = {
    "mir": "fn saxpy_u32(",
    "ir": "kernel saxpy_u32 {",
    "summary": "kernel saxpy_u32\n",
    "query": "query: two threads of one block on y",
    "smt2": "; two threads of one block on y",
    "coq": "(* Kernel saxpy_u32.",
}


def test_every_stage_has_its_text() -> None:
    assert STAGES.keys() == TEXTS.keys() == STARTS.keys()


@pytest.mark.parametrize("stage", STAGES)
def test_stages(stage: str, cuq: Cuq) -> None:
    outcome = cuq("show", stage, "saxpy_u32", SAFE)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(STARTS[stage])
    assert outcome.out.endswith("\n")
    assert not outcome.out.endswith("\n\n")
    assert cuq("show", stage, "*", BARRIERS).code == 0


def test_smt2_is_what_z3_reads(cuq: Cuq) -> None:
    import z3

    text = cuq("show", "smt2", "*", SAFE).out
    scripts = [part for part in text.split("(reset)") if "check-sat" in part]
    assert scripts
    for script in scripts:
        solver = z3.Solver()
        solver.from_string(script)
        assert solver.check() == z3.unsat


def test_errors(cuq: Cuq) -> None:
    outcome = cuq("show", "irr", "*", SAFE)
    assert outcome.code == 2
    assert "did you mean `ir`?" in outcome.err
    outcome = cuq("show", "ir", "saxpy", SAFE)
    assert outcome.code == 2
    assert "no kernel matches `saxpy`" in outcome.err
    assert cuq("show", "ir", "*", ROOT / "callee/unknown_callee.mir").code in (0, 4)


def test_list(cuq: Cuq) -> None:
    table = cuq("list", SAFE, RACY).out
    assert table.splitlines()[0].split() == ["kernel", "place", "parameters", "contract"]
    assert "n: u32, a: f32, x: *const f32, y: *mut f32" in table
    rows = json.loads(cuq("list", SAFE, "--format", "json").out)
    assert [row["kernel"] for row in rows] == ["saxpy_u32"]
    assert "CUQ-R001  race" in cuq("list").out


def test_doctor(cuq: Cuq) -> None:
    outcome = cuq("doctor")
    assert outcome.code in (0, 5)
    assert "✓ python" in outcome.out
    probes = json.loads(cuq("doctor", "--json").out)
    assert all(probe["ok"] or probe["fix"] for probe in probes)
    broken = cuq("doctor", "--rustc", "/nowhere/rustc")
    assert broken.code == 5
    assert "fix: " in broken.out


@pytest.mark.parametrize("command", [("show", "ir", "saxpy_u32"), ("list",)])
def test_a_kernel_that_cannot_be_lowered_is_not_just_missing(
    command: tuple[str, ...], cuq: Cuq, monkeypatch: pytest.MonkeyPatch, crashes: Path
) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(asking, "lower_kernel", failing)
    outcome = cuq(*command, SAFE)
    assert outcome.code == 70
    assert "saxpy_u32: internal error: ZeroDivisionError: oops" in outcome.err
    assert len(list(crashes.iterdir())) == 1

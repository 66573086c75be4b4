"""`cuq prove` and `cuq export`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.kernels import RACY, SAFE, Cuq
from tests.fixtures.kinds import ROOT


@pytest.mark.coqc
@pytest.mark.slow
def test_prove(cuq: Cuq) -> None:
    outcome = cuq("prove", SAFE)
    assert outcome.code == 0
    assert "race: proved, of the program" in outcome.out
    assert "divergence: proved, of the program" in outcome.out
    assert "given distinct-params" in outcome.out


@pytest.mark.coqc
@pytest.mark.slow
def test_what_races_is_proved_to_race(cuq: Cuq) -> None:
    outcome = cuq("prove", RACY)
    assert outcome.code == 1
    assert "race: proved to happen, of the program" in outcome.out
    assert "which Coq ran itself" in outcome.out


@pytest.mark.coqc
@pytest.mark.slow
def test_what_is_left_to_a_person_is_said(cuq: Cuq) -> None:
    outcome = cuq("prove", ROOT / "halving/fold_mask_64.mir")
    assert outcome.code == 4
    assert "race: not proved automatically" in outcome.out
    assert "cuq export" in outcome.out


def test_export_leaves_the_users_file_alone(cuq: Cuq, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert cuq("export", SAFE, "-o", folder).code == 0
    (folder / "Proofs.v").write_text("mine")
    (folder / "ProgramProofs.v").write_text("mine, too")
    (folder / "Kernel.v").write_text("stale")
    outcome = cuq("export", SAFE, "-o", folder)
    assert "left as it is" in outcome.out
    assert (folder / "Proofs.v").read_text() == "mine"
    assert (folder / "ProgramProofs.v").read_text() == "mine, too"
    assert "Definition kernel" in (folder / "Kernel.v").read_text()
    assert "Definition program" in (folder / "Program.v").read_text()


def test_what_cannot_be_stated_is_not_exported(cuq: Cuq, tmp_path: Path) -> None:
    """An access whose width is not a constant: neither language says it."""
    outcome = cuq("export", ROOT / "bytes/copy_records_count.mir", "-o", tmp_path / "out")
    assert outcome.code != 0
    assert "width is not a constant" in outcome.err


def test_export_to_what_is_no_folder(cuq: Cuq, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = cuq("export", SAFE, "-o", tmp_path / "file")
    assert outcome.code == 2
    assert "cannot write" in outcome.err


@pytest.mark.coqc
@pytest.mark.slow
def test_an_exported_project_builds(cuq: Cuq, tmp_path: Path) -> None:
    assert cuq("export", SAFE, "-o", tmp_path / "out").code == 0
    done = subprocess.run(["make"], cwd=tmp_path / "out", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Closed under the global context" in done.stdout

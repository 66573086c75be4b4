"""docs/manual-proof.md: automation leaves the proof open, and the proof on that page closes it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from cuq.coq.export import export
from tests.coq.kernels import session

PAGE = Path(__file__).resolve().parents[2] / "docs/manual-proof.md"

pytestmark = [pytest.mark.coqc, pytest.mark.slow]


def test_the_proof_on_the_page(tmp_path: Path) -> None:
    export(session("halving/fold_mask_64"), tmp_path)
    assert _made(tmp_path).returncode != 0, "the page is about a proof that is not found"
    (proof,) = re.findall(r"```coq\n(From.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    (tmp_path / "ProgramProofs.v").write_text(proof, encoding="utf-8")
    done = _made(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Closed under the global context" in done.stdout


def _made(folder: Path) -> subprocess.CompletedProcess[str]:
    """Of the page's own command."""
    assert "make -f Makefile.coq ProgramProofs.vo" in PAGE.read_text(encoding="utf-8")
    subprocess.run(["make", "Makefile.coq"], cwd=folder, check=True, capture_output=True)
    command = ["make", "-f", "Makefile.coq", "ProgramProofs.vo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

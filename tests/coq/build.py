"""Running coqc on files beside the theories."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cuq.coq.coqc import find_coqc

COQ = Path(__file__).resolve().parents[2] / "coq"


def coqc(file: Path) -> str:
    """What coqc prints about a file, with the theories built: what is up to date is not built again."""
    subprocess.run(["make", "-s", "-C", str(COQ), "-j2"], check=True, capture_output=True)
    return subprocess.run(
        [str(find_coqc().path), "-q", "-Q", "theories", "Cuq", str(file)],
        cwd=COQ,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

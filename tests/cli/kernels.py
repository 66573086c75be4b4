"""Source text and MIR for tests of the command line, and a way to run it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from cuq.cli.main import run
from cuq.toolchain import find_rustc
from tests.fixtures.table import ROOT

SAFE = ROOT / "saxpy/saxpy_u32.mir"
RACY = ROOT / "saxpy/saxpy_shifted.mir"


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Cuq:
    """Runs a command line in this process, as `main` does."""

    capture: pytest.CaptureFixture[str]

    def __call__(self, *args: str | Path) -> Outcome:
        code = run([str(arg) for arg in args])
        text = self.capture.readouterr()
        assert "Traceback" not in text.out + text.err
        return Outcome(code, text.out, text.err)


def needs_rustc() -> None:
    """Skips where no compiler fits."""
    from cuq.base.errors import ToolchainError

    try:
        find_rustc()
    except ToolchainError as error:
        pytest.skip(error.message)

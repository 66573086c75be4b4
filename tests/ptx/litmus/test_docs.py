"""The example of the documentation is what the command prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.cli.main import run

ROOT = Path(__file__).resolve().parents[3]


def test_the_example_is_true(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    shown = (ROOT / "docs/memory-model.md").read_text().partition("$ cuq ")[2].partition("```")[0]
    command, *lines = shown.strip().splitlines()
    assert run(command.split()) == 0
    printed = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("Time")]
    assert lines == printed[: len(lines)]

"""Outcomes come back from the file as they were; a line that was cut off is run again."""

from __future__ import annotations

from pathlib import Path

from cuq.checks.result import Property, Verdict
from tests.soundness import record
from tests.soundness.outcome import Outcome
from tests.soundness.run import table

DECIDED = Outcome(
    3,
    {Property.RACE: Verdict.REFUTED, Property.UB: Verdict.VERIFIED},
    {Property.RACE},
    ["race: found"],
    40,
    seconds=0.25,
)
CRASHED = Outcome(4, crash="KeyError: 1")
REJECTED = Outcome(5, rejected="no launch")


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "outcomes"
    assert record.read(path) == {}
    for one in (DECIDED, CRASHED, REJECTED):
        record.append(path, one)
    assert list(record.read(path).values()) == [DECIDED, CRASHED, REJECTED]


def test_a_cut_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "outcomes"
    record.append(path, DECIDED)
    record.append(path, CRASHED)
    path.write_text(path.read_text()[:-4])
    assert list(record.read(path)) == [3]


def test_contradictions_and_crashes_are_counted() -> None:
    text = table([DECIDED, CRASHED, REJECTED])
    assert (
        "3 kernels, 40 launches interpreted, 1 kernels with a contradiction, 1 rejected, 1 crashes." in text
    )
    assert "| race | 0 | 1 | 0 | 0 | 1 |" in text

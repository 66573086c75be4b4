"""The human report against golden files (`pytest tests/report --promote` writes them)."""

from pathlib import Path

import pytest

from cuq.report.formats import Context
from cuq.report.gate import Gate
from cuq.report.human import render
from cuq.report.style import Style
from tests.golden import Golden
from tests.report import samples


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_golden(name: str, tmp_path: Path, golden: Golden) -> None:
    golden(f"report/golden/{name}.txt", render(samples.SAMPLES[name], samples.context(tmp_path)))


@pytest.mark.parametrize("width", [20, 60])
def test_narrow(width: int, tmp_path: Path, golden: Golden) -> None:
    """Facts and labels wrap, long source lines are cut around what is marked."""
    context = samples.context(tmp_path, style=Style(width=width))
    golden(f"report/golden/narrow_{width}.txt", render(samples.SAMPLES["race"], context))


def test_quiet_leaves_out_what_holds(tmp_path: Path) -> None:
    text = render(samples.SAMPLES["several"], samples.context(tmp_path, quiet=True))
    assert "verified: kernel" not in text
    assert "error[CUQ-R001]" in text


def test_colour_is_only_added(tmp_path: Path) -> None:
    """Without its escape sequences the coloured report is the plain one."""
    import re

    for run in samples.SAMPLES.values():
        plain = render(run, samples.context(tmp_path))
        coloured = render(run, samples.context(tmp_path, style=Style(colour=True)))
        assert coloured != plain
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
        assert "\x1b" not in plain


def test_denied_panic_is_an_error(tmp_path: Path) -> None:
    text = render(samples.SAMPLES["panic"], samples.context(tmp_path, gate=Gate(deny_panic=True)))
    assert "error[CUQ-P001]" in text
    assert "refuted: kernel `reduce`" in text


def test_timings_table(tmp_path: Path) -> None:
    text = render(samples.SAMPLES["verified"], samples.context(tmp_path, timings=True))
    assert "rustc      100.0 ms    62 %" in text


def test_source_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Escape sequences and direction marks in a source line are shown as replacement signs."""
    base: Context = samples.context(tmp_path)
    lines = samples.REDUCE.split("\n")
    lines[6] = "        \x1b[2J \u202e s[t] += 1;"
    (tmp_path / "src/reduce.rs").write_text("\n".join(lines))
    text = render(samples.SAMPLES["race"], base)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\ufffd[2J \ufffd s[t]" in text

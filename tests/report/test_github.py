"""Workflow annotations and the summary table."""

from dataclasses import replace
from pathlib import Path

from cuq.checks.result import RunError
from cuq.report.github import LIMIT, render, summary
from tests.golden import Golden
from tests.report import samples


def lines(name: str, root: Path) -> list[str]:
    return render(samples.SAMPLES[name], samples.context(root)).splitlines()


def test_golden(tmp_path: Path, golden: Golden) -> None:
    text = "".join(render(run, samples.context(tmp_path)) for run in samples.SAMPLES.values())
    golden("report/golden/github.txt", text)
    several = samples.run(
        *(kernel for run in samples.SAMPLES.values() for kernel in run.kernels),
        errors=(RunError("a\n| b", 3),),
    )
    golden("report/golden/github_summary.md", summary(several, samples.context(tmp_path)))


def test_levels(tmp_path: Path) -> None:
    assert [line.split()[0] for line in lines("suppressed_and_not", tmp_path)] == ["::error", "::notice"]
    assert [line.split()[0] for line in lines("panic", tmp_path)] == ["::warning"]
    assert lines("verified", tmp_path) == []


def test_escaping(tmp_path: Path) -> None:
    """A message cannot end its line or start a command; a path cannot end its field."""
    finding = replace(
        samples.RACE,
        message="100 %\r\n::error::x",
        span=samples.span(1, 1, 2, "a,b:c%.rs"),
        events=(),
    )
    run = samples.run(samples.kernel(samples.refuted(finding)))
    [line] = render(run, samples.context(tmp_path)).splitlines()
    assert line.startswith(
        "::error file=a%2Cb%3Ac%25.rs,line=1,endLine=1,col=1,endColumn=2,title=CUQ-R001::100 %25%0D%0A::error::x%0A"
    )


def test_at_most_ten_of_a_level(tmp_path: Path) -> None:
    findings = [replace(samples.RACE, message=f"race {n}") for n in range(25)]
    run = samples.run(samples.kernel(samples.refuted(*findings)))
    out = render(run, samples.context(tmp_path)).splitlines()
    assert len(out) == LIMIT
    assert out[-1] == "::error title=cuq::and 16 more of this level: see the log or the SARIF report"
    exactly = samples.run(samples.kernel(samples.refuted(*findings[:LIMIT])))
    assert "more of this level" not in render(exactly, samples.context(tmp_path))

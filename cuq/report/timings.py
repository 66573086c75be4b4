"""Where the time of a run went, as a small table."""

from __future__ import annotations

from cuq.checks.result import RunResult


def table(run: RunResult) -> list[str]:
    """One line a stage: milliseconds and share of the whole."""
    total = dict(run.timings_ms).get("total", 0.0)
    width = max((len(stage) for stage, _ in run.timings_ms), default=0)
    return [
        f"{stage:<{width}}  {time:>9.1f} ms" + (f"  {100 * time / total:>4.0f} %" if total else "")
        for stage, time in run.timings_ms
    ]

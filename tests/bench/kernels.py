"""Analysis and solving of the safe fixtures, for all launches of their contracts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cuq.checks.options import Options
from cuq.cli import work
from tests.bench.measure import RUNS, Cost, forked, typical
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES, Fixture

TOPICS = (
    "saxpy", "vecadd", "grid_stride", "block_shift", "reduction", "scan", "transpose", "matmul", "stencil",
    "histogram", "double_buffer", "early_return", "oob",
)  # fmt: skip
MOST_MS = 300

MEASURED = tuple(f for f in FIXTURES if f.is_safe and f.name.partition("/")[0] in TOPICS)


def cost(fixture: Fixture) -> Cost:
    task = task_of(load(fixture), Options())
    return typical([forked(partial(work.check, task)) for _ in range(RUNS)])


def report() -> Iterator[str]:
    work.warm()
    yield "| kernel | wall ms | processor ms | |"
    yield "|---|---:|---:|---|"
    for fixture in MEASURED:
        taken = cost(fixture)
        within = "" if taken.wall <= MOST_MS else f"more than {MOST_MS}"
        yield f"| `{fixture.name}` | {taken.wall:.0f} | {taken.cpu:.0f} | {within} |"

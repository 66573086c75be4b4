"""Analysis and solving of safe kernels, for all launches of their contracts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from cuq.checks.options import Options
from cuq.cli import work
from tests.bench.measure import RUNS, Cost, forked, typical
from tests.fixtures.pipeline import load, read_source, task_of, tasks_of
from tests.fixtures.table import FIXTURES, Fixture

TOPICS = (
    "saxpy", "vecadd", "grid_stride", "nested", "block_shift", "reduction", "scan", "transpose", "matmul", "stencil",
    "histogram", "double_buffer", "early_return", "oob",
)  # fmt: skip
MOST_MS = 300

MEASURED = tuple(f for f in FIXTURES if f.is_safe and f.name.partition("/")[0] in TOPICS)

AIMED = (
    "saxpy/saxpy_u32", "grid_stride/grid_stride", "reduction/tree", "reduction/upward", "stencil/halo_1d",
    "transpose/transpose_tiled", "matmul/matmul_tiled", "histogram/histogram", "nested/double_loop",
    "nested/grid_stride_2d",
)  # fmt: skip
"""With the kernels of `PLANAR`, those for which a median and a slowest are aimed at: each kind in launches of one
and of two dimensions."""
PLANAR = Path(__file__).with_name("planar.rs")
MEDIAN_MS, SLOWEST_MS = 60, 400


def cost(task: work.Task) -> Cost:
    return typical([forked(partial(work.check, task), work.warm) for _ in range(RUNS)])


def _task(fixture: Fixture) -> work.Task:
    return task_of(load(fixture), Options())


def planar() -> list[work.Task]:
    """The kernels of the file, read by rustc. Raises ToolchainError without one."""
    found = tasks_of(read_source(PLANAR), Options())
    return [replace(task, name=f"{PLANAR.name}: {task.name}") for task in found]


def aimed() -> Iterator[str]:
    """The median and the slowest beside what is aimed at."""
    work.warm()
    named = [replace(_task(f), name=f"`{f.name}`") for f in FIXTURES if f.name in AIMED]
    yield "| kernel | wall ms | processor ms |"
    yield "|---|---:|---:|"
    walls: list[float] = []
    for task in (*named, *planar()):
        taken = cost(task)
        walls.append(taken.wall)
        yield f"| {task.name} | {taken.wall:.0f} | {taken.cpu:.0f} |"
    yield f"| median (at most {MEDIAN_MS}) | {median(walls):.0f} | |"
    yield f"| slowest (at most {SLOWEST_MS}) | {max(walls):.0f} | |"


def report() -> Iterator[str]:
    work.warm()
    yield "| kernel | wall ms | processor ms | |"
    yield "|---|---:|---:|---|"
    for fixture in MEASURED:
        taken = cost(_task(fixture))
        within = "" if taken.wall <= MOST_MS else f"more than {MOST_MS}"
        yield f"| `{fixture.name}` | {taken.wall:.0f} | {taken.cpu:.0f} | {within} |"

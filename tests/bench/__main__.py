"""`python -m tests.bench [FILE]`: measure, print, and write docs/performance.md."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from cuq.base.errors import ToolchainError
from cuq.base.files import write_atomic
from tests.bench import growth, kernels, litmus, whole
from tests.bench.measure import RUNS
from tests.bench.plot import panels

INTRODUCTION = f"""\
# Performance

Written by `make bench`. Medians of {RUNS} runs on a machine with {os.cpu_count()} cores; what counts are the \
ratios and the order of magnitude.

"""

WHOLE = """\
## A whole check beside the compiler

`cuq check` of `saxpy/saxpy_u32.rs`, from the start of the process to its end, and rustc making PTX of the same
file, with `core` built. Of cuq's time, two runs of rustc (for MIR and for HIR), the start of Python and the
loading of the solver are the most.

"""

AIMED = """
## The classical kernels

All five properties, every launch dimension symbolic; in a process that has loaded the engine, as a worker has when
rustc is done.

"""

GROWTH = """
## Growth

Generated kernels (`tests/bench/growth.py`): barrier intervals in a row, accesses in one interval, barriers under
conditions that a parameter decides, and long kernels of tiles with a loop each.

![Milliseconds of a check by the size of the kernel](growth.svg)

"""

KERNELS = f"""
## Analysis and solving

The safe kernels, all five properties, every launch dimension symbolic unless the kernel's contract fixes it.
The aim is at most {kernels.MOST_MS} ms for each.

"""

LITMUS = f"""
## Litmus tests

Public tests, beside the project in `shared/litmus`, each decided by the engine that `cuq litmus` chooses. The aim is at most
{litmus.MEDIAN_MS} ms for the median and {litmus.MOST_MS} ms for the slowest.

"""

MEMORY = f"""
## Memory

The largest process of a whole check, rustc among them. The aim is at most {whole.MOST_MB} MB.

"""


def lines(picture: Path) -> Iterator[str]:
    """The page. The picture is written when its figures are there."""
    yield INTRODUCTION
    yield WHOLE
    yield from (f"{line}\n" for line in whole.report())
    yield AIMED
    yield from (f"{line}\n" for line in kernels.aimed())
    yield GROWTH
    measured = {family: growth.measure(family) for family in growth.FAMILIES}
    write_atomic(
        picture, panels([(f.name, [(p.size, p.ms) for p in points]) for f, points in measured.items()])
    )
    yield from (f"{line}\n" for line in growth.report(measured))
    yield KERNELS
    yield from (f"{line}\n" for line in kernels.report())
    yield LITMUS
    yield from (f"{line}\n" for line in litmus.report())
    yield MEMORY
    yield from (f"{line}\n" for line in whole.memory())


def main(path: Path) -> int:
    text = ""
    try:
        for part in lines(path.with_name("growth.svg")):
            print(part, end="", flush=True)
            text += part
    except ToolchainError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return error.exit_code
    write_atomic(path, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/performance.md")))

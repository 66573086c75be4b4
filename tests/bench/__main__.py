"""`python -m tests.bench [FILE]`: measure, print, and write docs/performance.md."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from cuq.base.errors import ToolchainError
from cuq.base.files import write_atomic
from tests.bench import kernels, whole
from tests.bench.measure import RUNS

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

KERNELS = f"""
## Analysis and solving

The safe kernels, all five properties, every launch dimension symbolic unless the kernel's contract fixes it.
The aim is at most {kernels.MOST_MS} ms for each.

"""

MEMORY = f"""
## Memory

The largest process of a whole check, rustc among them. The aim is at most {whole.MOST_MB} MB.

"""


def lines() -> Iterator[str]:
    yield INTRODUCTION
    yield WHOLE
    yield from (f"{line}\n" for line in whole.report())
    yield KERNELS
    yield from (f"{line}\n" for line in kernels.report())
    yield MEMORY
    yield from (f"{line}\n" for line in whole.memory())


def main(path: Path) -> int:
    text = ""
    try:
        for part in lines():
            print(part, end="", flush=True)
            text += part
    except ToolchainError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return error.exit_code
    write_atomic(path, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/performance.md")))

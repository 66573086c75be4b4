"""`cuq check` as a process: its time beside that of rustc, its memory."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cuq.toolchain import CompileOptions, compile_ptx, find_rustc
from cuq.toolchain.core import CoreKind, core_flags
from cuq.toolchain.flags import ENVIRONMENT, PTX_FLAGS, input_flags
from tests.bench.measure import RUNS, Cost, process, typical
from tests.fixtures.table import ROOT

SAXPY = ROOT / "saxpy/saxpy_u32.rs"
LARGEST = ROOT / "matmul/matmul_tiled.rs"
MOST_TIMES = 8
MOST_MB = 300

CUQ = (str(Path(sys.executable).with_name("cuq")), "check")


def compiler() -> tuple[str, ...]:
    """rustc from the saxpy file to PTX, with `core` ready."""
    compile_ptx(SAXPY, CompileOptions())
    rustc = find_rustc()
    flags = (*core_flags(rustc, CoreKind.PTX), *input_flags(edition="2021", overflow_checks=False))
    return (str(rustc.path), str(SAXPY), *flags, *PTX_FLAGS)


def compared() -> tuple[Cost, Cost]:
    """rustc and `cuq check` on the same file, in turns, so that both meet the same machine."""
    rustc = compiler()
    process((*CUQ, str(SAXPY)))
    ours: list[Cost] = []
    theirs: list[Cost] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(RUNS):
            theirs.append(process((*rustc, f"--emit=asm={folder}/saxpy.ptx"), ENVIRONMENT))
            ours.append(process((*CUQ, str(SAXPY))))
    return typical(theirs), typical(ours)


def report() -> Iterator[str]:
    theirs, ours = compared()
    yield "| | wall ms | processor ms |"
    yield "|---|---:|---:|"
    yield f"| `rustc --emit=asm` | {theirs.wall:.0f} | {theirs.cpu:.0f} |"
    yield f"| `cuq check` | {ours.wall:.0f} | {ours.cpu:.0f} |"
    yield f"| ratio (at most {MOST_TIMES}) | {ours.wall / theirs.wall:.1f} | {ours.cpu / theirs.cpu:.1f} |"


def memory() -> Iterator[str]:
    yield "| file | MB |"
    yield "|---|---:|"
    for file in (SAXPY, LARGEST):
        cost = typical([process((*CUQ, str(file))) for _ in range(RUNS)])
        yield f"| `{file.relative_to(ROOT)}` | {cost.memory:.0f} |"

"""How the time of a check grows with the kernel: generated kernels of growing size, every launch dimension symbolic."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cuq.checks.options import Options
from cuq.checks.result import Property, Verdict
from cuq.cli import work
from tests.bench.measure import RUNS, forked, typical
from tests.fixtures.pipeline import read_source, task_of

_HEAD = """\
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
use core::arch::nvptx::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {{
    loop {{}}
}}

//@ cuq: kernel=generated requires="block.x <= 256"
#[no_mangle]
pub unsafe extern "ptx-kernel" fn generated(x: *mut u32, flags: u32) {{
    #[link_section = ".shared"]
    static mut S: [u32; 256] = [0; 256];
    let s = &raw mut S as *mut u32;
    let size = _block_dim_x() as usize;
    let t = _thread_idx_x() as usize;
    let i = _block_idx_x() as usize * size + t;
    let all = _grid_dim_x() as usize * size;
    let mut v = flags;
{body}
    *x.add(i) = v;
}}
"""


def phases(count: int) -> str:
    """A shared tile is written and read from the other end, with a barrier after each."""
    return (
        "    *s.add(t) = v;\n    _syncthreads();\n    v += *s.add(size - 1 - t);\n    _syncthreads();\n"
        * count
    )


def accesses(count: int) -> str:
    """Writes to as many rows of a matrix, all in one interval."""
    return "".join(f"    *x.add({row} * all + i) = v + {row};\n" for row in range(1, count + 1))


def conditional_barriers(count: int) -> str:
    """Barriers under conditions that a parameter decides: 2 to the power of `count` ways through the kernel."""
    step = "    if flags & (1 << {bit}) != 0 {{\n        *s.add(t) = v;\n        _syncthreads();\n        v += *s.add(size - 1 - t);\n        _syncthreads();\n    }}\n"
    return "".join(step.format(bit=bit) for bit in range(count))


def long(count: int) -> str:
    """Tiles that are loaded, mixed in registers, and stored: straight code with loops and guards."""
    return "".join(
        f"""\
    if v != {tile} {{
        v = v.rotate_left({tile % 31 + 1}) ^ (*x.add({tile + 1} * all + i)).wrapping_mul({2 * tile + 1});
    }}
    *s.add(t) = v;
    _syncthreads();
    let mut k = 0;
    while k < size {{
        v = v.wrapping_add(*s.add(k)) ^ (v >> {tile % 7 + 1});
        k += 1;
    }}
    _syncthreads();
    *x.add({tile + 1} * all + i) = v;
"""
        for tile in range(count)
    )


@dataclass(frozen=True, slots=True)
class Family:
    """Kernels of one kind. most_ms: for the largest, where there is an aim."""

    name: str
    body: Callable[[int], str]
    sizes: tuple[int, ...]
    most_ms: int | None = None


FAMILIES = (
    Family("phases", phases, (5, 20, 80)),
    Family("accesses", accesses, (5, 20, 60)),
    Family("uniform conditional barriers", conditional_barriers, (4, 8, 16), 1_000),
    Family("tiles", long, (2, 6, 20)),
)


LONG_LINES, LONG_MS = 2_000, 5_000
"""The aim for a kernel of that many lines of MIR."""


@dataclass(frozen=True, slots=True)
class Point:
    """One kernel: its size, the lines of its MIR body, and the milliseconds of analysis and solving."""

    size: int
    lines: int
    ms: float


def measure(family: Family) -> tuple[Point, ...]:
    """Raises AssertionError for a kernel that is not verified: times of failures say nothing."""
    return tuple(_point(family, size) for size in family.sizes)


def _point(family: Family, size: int) -> Point:
    task, lines = prepared(family, size)
    result = work.check(task)
    verdicts = {check.property: check.verdict for check in result.checks}
    assert verdicts[Property.RACE] is verdicts[Property.DIVERGENCE] is Verdict.VERIFIED, (family.name, size)
    cost = typical([forked(partial(work.check, task), work.warm) for _ in range(RUNS)])
    return Point(size, lines, cost.wall)


def prepared(family: Family, size: int) -> tuple[work.Task, int]:
    """The kernel as a worker is given it, read by rustc, and the lines of its MIR. Raises ToolchainError without one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.rs"
        path.write_text(_HEAD.format(body=family.body(size)))
        file = read_source(path)
    (mir,) = (kernel.mir for kernel in file.kernels)
    (item,) = (item for item in mir.items if item.name == "generated")
    return task_of(file, Options()), item.text.count("\n")


def report(measured: dict[Family, tuple[Point, ...]]) -> Iterator[str]:
    yield "| kernels | size | lines of MIR | ms | ms for each step more | aim |"
    yield "|---|---:|---:|---:|---:|---|"
    for family, points in measured.items():
        for before, point in zip((None, *points), points, strict=False):
            step = "" if before is None else f"{(point.ms - before.ms) / (point.size - before.size):.1f}"
            most = family.most_ms if point is points[-1] else None
            most = (
                LONG_MS
                if family.body is long and before and before.lines < LONG_LINES <= point.lines
                else most
            )
            aim = "" if most is None else f"at most {most}: {'kept' if point.ms <= most else 'missed'}"
            yield f"| {family.name} | {point.size} | {point.lines} | {point.ms:.0f} | {step} | {aim} |"

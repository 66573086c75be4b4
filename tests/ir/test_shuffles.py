"""Shuffles of a whole warp against the pseudocode of the PTX ISA (`shfl.sync`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.base.errors import ToolchainError
from cuq.ir.interp import LaunchConfig, run
from cuq.ir.lower import EntryFacts, lower_kernel
from cuq.mir.file import MirFile
from cuq.toolchain import compile_mir, find_rustc

MODES = ("up", "down", "bfly", "idx")
OPERANDS = [
    # (by, clamp): whole warp, segments of 8 lanes, a limit in the middle, an operand above 31
    *((by, 31) for by in (0, 1, 17)),
    (1, 0),
    (3, 0x181F),
    (2, 0x1800),
    (5, 0x0007),
    (33, 31),
]
CASES = [(mode, by, clamp) for mode in MODES for by, clamp in OPERANDS]


def isa(mode: str, lane: int, b: int, c: int) -> tuple[int, bool]:
    """Source lane and predicate, in the ISA's words; the ISA reads the source only if it is in range."""
    bval, cval, mask = b & 0x1F, c & 0x1F, c >> 8 & 0x1F
    max_lane = (lane & mask) | (cval & ~mask & 0x1F)
    min_lane = lane & mask
    if mode == "up":
        j = lane - bval
        valid = j >= max_lane
    elif mode == "down":
        j = lane + bval
        valid = j <= max_lane
    elif mode == "bfly":
        j = lane ^ bval
        valid = j <= max_lane
    else:
        j = min_lane | (bval & ~mask & 0x1F)
        valid = j <= max_lane
    return (j if valid else lane), valid


@pytest.fixture(scope="module")
def mir(tmp_path_factory: pytest.TempPathFactory) -> MirFile:
    try:
        find_rustc()
    except ToolchainError:
        pytest.skip("no rustc with core or library sources for nvptx64")
    kernels = [
        f"""
#[no_mangle] pub unsafe extern "ptx-kernel" fn k{i}(p: *mut u32) {{
    let (lane, x, valid): (u32, u32, u32);
    core::arch::asm!("mov.u32 {{0}}, %laneid;", out(reg32) lane);
    core::arch::asm!(
        "{{{{ .reg .pred q; shfl.sync.{mode}.b32 {{0}}|q, {{2}}, {by}, {clamp}, -1;",
        "selp.u32 {{1}}, 1, 0, q; }}}}",
        out(reg32) x, out(reg32) valid, in(reg32) lane + 100,
    );
    *p.add(2 * lane as usize) = x;
    *p.add(2 * lane as usize + 1) = valid;
}}"""
        for i, (mode, by, clamp) in enumerate(CASES)
    ]
    path = Path(tmp_path_factory.mktemp("shuffles")) / "shuffles.rs"
    path.write_text("#![no_std]\n#![feature(abi_ptx, asm_experimental_arch)]\n" + "".join(kernels))
    return MirFile(compile_mir(path).mir, str(path))


@pytest.mark.rustc
@pytest.mark.parametrize("case", CASES, ids=str)
def test_shuffles_follow_the_isa(mir: MirFile, case: tuple[str, int, int]) -> None:
    kernel = lower_kernel(mir, f"k{CASES.index(case)}", EntryFacts())
    report = run(kernel, LaunchConfig(block=(32, 1, 1), grid=(1, 1, 1), lengths={"p": 64}))
    assert report.clean
    mode, by, clamp = case
    for lane in range(32):
        source, valid = isa(mode, lane, by, clamp)
        assert report.word("p", 8 * lane, 4) == source + 100, lane
        assert report.word("p", 8 * lane + 4, 4) == int(valid), lane

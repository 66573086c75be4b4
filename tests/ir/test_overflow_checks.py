"""Overflow asserts inlined from `core` are there with overflow checks off, and are not in the program then."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.ir.lower import EntryFacts, lower_kernel
from cuq.ir.ops import Panic, PanicKind
from cuq.mir.file import MirFile
from cuq.toolchain import CompileOptions, compile_mir
from tests.cli.kernels import needs_rustc

SOURCE = """\
#![no_std]
#![feature(abi_ptx)]
#[no_mangle]
pub unsafe extern "ptx-kernel" fn total(y: *mut u32, a: &[u32]) {
    *y = a.iter().sum();
}
"""


@pytest.mark.rustc
@pytest.mark.parametrize("checks", [False, True])
def test_sum_panics_only_with_checks(checks: bool, tmp_path: Path) -> None:
    needs_rustc()
    path = tmp_path / "total.rs"
    path.write_text(SOURCE)
    compilation = compile_mir(path, CompileOptions(overflow_checks=checks))
    kernel = lower_kernel(
        MirFile(compilation.mir, "total.mir"), "total", EntryFacts(("total",), overflow_checks=checks)
    )
    ends = [block.terminator for block in kernel.blocks]
    assert any(isinstance(e, Panic) and e.kind is PanicKind.OVERFLOW for e in ends) is checks

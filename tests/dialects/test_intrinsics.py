"""Every intrinsic of cuda-oxide's catalogue is classified, in all its spellings."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from cuq.ir.dialects.dialects import Dialects, builtin_table, dialects_for
from cuq.ir.dialects.model import PureFunction, Unknown
from tests.fixtures.table import ROOT

CATALOGUE = ROOT.parents[1] / "shared/reference/cuda-oxide-intrinsics.json"


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    if not CATALOGUE.is_file():
        pytest.skip(f"no {CATALOGUE.name} beside the clone")
    found: dict[str, dict[str, Any]] = json.loads(CATALOGUE.read_text())
    return found


@cache
def dialects() -> Dialects:
    return dialects_for(["cuda_device::", "cuda_intrinsics::"])


def test_every_intrinsic_has_a_row() -> None:
    rows = {entry.pattern.rpartition("::")[2] for _, entry in builtin_table("cuda_intrinsics").globs}
    assert rows == catalogue().keys()


def test_every_spelling_has_the_same_meaning() -> None:
    different = []
    for number, intrinsic in catalogue().items():
        spellings = [f"cuda_intrinsics::sreg::{number}", *intrinsic["paths"]]
        meanings = {repr(dialects().meaning(path)) for path in spellings}
        if len(meanings) != 1 or "None" in meanings:
            different.append((number, intrinsic["catalog_id"], meanings))
    assert different == []


def test_what_touches_memory_or_other_threads_is_never_pure() -> None:
    """Only arithmetic is a function of its arguments; only registers and timers are numbers of no effect."""
    harmless = ("scalar", "floating", "packed", "convert", "integer")
    registers = ("launch", "debug", "execution", "warp.hardware", "shared.dynamic", "shared.total")
    wrong = []
    for number, intrinsic in catalogue().items():
        meaning, key = dialects().meaning(f"cuda_intrinsics::x::{number}"), intrinsic["operation_key"]
        if isinstance(meaning, PureFunction) and not key.startswith(harmless):
            wrong.append((number, key))
        if isinstance(meaning, Unknown) and not key.startswith((*registers, "warp.active")):
            wrong.append((number, key))
    assert wrong == []


@pytest.mark.parametrize(
    "path",
    [
        "cuda_device::threadIdx_x",
        "cuda_device::thread::threadIdx_x",
        "cuda_device::atomic::BlockAtomicI64::fetch_min",
        "<cuda_device::SharedArray as core::ops::IndexMut>::index_mut",
        "cuda_device::warp::shuffle_xor_f32_sync",
        "cuda_device::DynamicSharedArray::offset",
        "cuda_std::thread::sync_threads",
        "cuda_std::atomic::mid::atomic_fetch_add_u32_device",
        "<f32 as cuda_std::GpuFloat>::sqrt",
        "core::arch::nvptx::_thread_idx_x",
        "core::core_arch::nvptx::thread_idx_x",
        "core::intrinsics::gpu::gpu_launch_sized_workgroup_mem",
        "core::intrinsics::atomic_umax",
    ],
)
def test_spellings_are_known(path: str) -> None:
    assert dialects_for(["cuda_device::", "cuda_std::"]).meaning(path) is not None

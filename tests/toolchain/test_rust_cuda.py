"""Crates in the manner of rust-cuda: kernels with an attribute, crates that only its builder makes `no_std`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuq.cli.main import run
from tests.toolchain.test_crates import package, with_cargo

pytestmark = with_cargo

STD = """\
//! The part of `cuda_std` that the kernels below need, written as rust-cuda writes it.
#![feature(stdarch_nvptx)]
extern crate alloc;
macro_rules! in_range {
    ($read:path, $range:expr) => {{
        let value = unsafe { $read() as u32 };
        if !$range.contains(&value) { unsafe { core::hint::unreachable_unchecked() } } else { value }
    }};
}
#[inline(always)]
pub fn index() -> usize {
    let block = in_range!(core::arch::nvptx::_block_idx_x, 0..2147483647);
    let size = in_range!(core::arch::nvptx::_block_dim_x, 1..=1024);
    let thread = in_range!(core::arch::nvptx::_thread_idx_x, 0..LIMIT);
    block as usize * size as usize + thread as usize
}
#[derive(Clone, Copy)]
pub struct Rgb { pub r: u8, pub g: u8, pub b: u8 }
#[inline(always)]
pub fn words() -> usize { deep::bits() as usize / 32 }
pub fn boxed(x: u32) -> alloc::boxed::Box<u32> { alloc::boxed::Box::new(x) }
"""
DEEP = """\
//! A crate that the kernels' own does not name.
#![no_std]
mod private {
    pub trait Float { const BITS: u32; }
    impl Float for f32 { const BITS: u32 = 32; }
    #[inline(always)]
    pub fn of<F: Float>() -> u32 { F::BITS }
}
#[inline(always)]
pub fn bits() -> u32 { private::of::<f32>() }
"""
KERNELS = """\
use cuda_std::{index, Rgb};

#[cfg_attr(target_arch = "nvptx64", nvvm_internal::kernel())]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scale(x: *mut f32, n: usize) {
    let i = index();
    if i < n { *x.add(PLACE) *= 2.0 }
}

#[cfg_attr(target_arch = "nvptx64", nvvm_internal::kernel())]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copy(x: *const Rgb, y: *mut Rgb) {
    let i = index();
    *y.add(PLACE) = *x.add(i);
}

#[cfg_attr(target_arch = "nvptx64", nvvm_internal::kernel())]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spread(x: *mut u32) {
    let i = index() * cuda_std::words();
    *x.add(PLACE) = 1;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn helper(x: *mut f32) { *x = 1.0 }
"""


def make(folder: Path, place: str, limit: int = 1024) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["app", "cuda_std", "deep"]\nresolver = "2"\n',
        "cuda_std/Cargo.toml": package("cuda_std", '[dependencies]\ndeep = { path = "../deep" }\n'),
        "deep/Cargo.toml": package("deep"),
        "deep/src/lib.rs": DEEP,
        "cuda_std/src/lib.rs": STD.replace("LIMIT", str(limit)),
        "app/Cargo.toml": package("app", '[dependencies]\ncuda_std = { path = "../cuda_std" }\n'),
        "app/src/lib.rs": KERNELS.replace("PLACE", place),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def verdicts(capsys: pytest.CaptureFixture[str], prop: str) -> dict[str, str]:
    run(["check", "app", "--format", "json", "--check", prop])
    said = capsys.readouterr()
    return {k["name"]: k["checks"][0]["verdict"] for k in json.loads(said.out)["kernels"]}


@pytest.mark.parametrize(("place", "expected"), [("i", "verified"), ("i / 2", "refuted")])
def test_kernels(
    place: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, place)
    assert verdicts(capsys, "race") == dict.fromkeys(("scale", "copy", "spread"), expected)


@pytest.mark.parametrize(("limit", "expected"), [(1024, "verified"), (1000, "refuted")])
def test_promised_ranges_are_read(
    limit: int,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """They are promoted constants of the dependency. A thread that is outside of one is undefined behaviour; and a
    struct that is copied byte by byte is not misaligned."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "i", limit)
    assert verdicts(capsys, "ub") == dict.fromkeys(("scale", "copy", "spread"), expected)


def test_the_users_wrapper_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "i")
    script = tmp_path / "wrapper"
    script.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\nexec "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("RUSTC_WRAPPER", str(script))
    assert verdicts(capsys, "race") == dict.fromkeys(("scale", "copy", "spread"), "verified")
    assert "--crate-name cuda_std" in (tmp_path / "calls").read_text()

"""The stand-ins for `cuda_std` and `cuda_device`: when they are used, that they compile, what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.base.errors import ToolchainError
from cuq.toolchain import CompileOptions, RustcError, compile_mir, find_rustc
from cuq.toolchain.discover import Rustc
from cuq.toolchain.shims import SHIM_PREFIX, crates_of, shim_flags


@pytest.mark.parametrize(
    ("source", "crates"),
    [
        ("use cuda_std::prelude::*;", ("cuda_std",)),
        ("use cuda_std::{\n    kernel,\n};\nuse cuda_device::thread;", ("cuda_std", "cuda_device")),
        ("use ::cuda_device as d;", ("cuda_device",)),
        ("extern crate cuda_device;", ("cuda_device",)),
        ("fn f() { cuda_device::thread::sync_threads() }", ("cuda_device",)),
        ("#[cuda_std::kernel]\nfn f() {}", ("cuda_std",)),
        # names that only look like them
        ("use my_cuda_std::x;", ()),
        ("use cuda_stdlib::x;", ()),
        ("use core::arch::nvptx::*;", ()),
        ("let cuda_device = 1;", ()),
    ],
)
def test_uses_are_found(source: str, crates: tuple[str, ...]) -> None:
    assert crates_of(source) == crates


def needs_rustc() -> None:
    try:
        find_rustc()
    except ToolchainError:
        pytest.skip("no rustc with core or library sources for nvptx64")


def hir(tmp_path: Path, source: str, edition: str = "2021") -> str:
    needs_rustc()
    path = tmp_path / "k.rs"
    path.write_text(source)
    return compile_mir(path, CompileOptions(edition=edition)).hir_text


@pytest.mark.rustc
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "use cuda_std::kernel;\n#[kernel]\npub unsafe fn k(x: *mut u32) { *x = 1; }",
            'unsafe extern "ptx-kernel" fn k',
        ),
        ("use cuda_device::kernel;\n#[kernel]\npub fn k(x: &[u32]) {}", 'extern "ptx-kernel" fn k'),
        (
            "use cuda_device::kernel;\n#[kernel]\npub fn k(x: &[u32]) {\n    #[unroll(4)]\n    for _ in x {}\n}",
            'extern "ptx-kernel" fn k',
        ),
        # lifetimes are no parameters of a generic function
        ("use cuda_device::kernel;\n#[kernel]\npub fn k<'a>(x: &'a [u32]) {}", "#[attr = NoMangle]"),
        (
            "use cuda_device::{kernel, launch_bounds};\n#[kernel]\n#[launch_bounds(128, 2)]\npub fn k() {}",
            "__launch_bounds_config",
        ),
        (
            "use cuda_device::{kernel, launch_bounds};\n#[launch_bounds(128)]\n#[kernel]\npub fn k() {}",
            "__launch_bounds_config",
        ),
        (
            "use cuda_device::{cuda_module, kernel};\n#[cuda_module]\nmod m {\n    use super::*;\n    #[kernel]\n    pub fn k() {}\n}",
            'extern "ptx-kernel" fn k',
        ),
        (
            "use cuda_std::address_space;\n#[address_space(shared)]\nstatic mut S: [u32; 4] = [0; 4];",
            ".shared",
        ),
    ],
)
def test_attributes_expand(tmp_path: Path, source: str, expected: str) -> None:
    assert expected in hir(tmp_path, source)


@pytest.mark.rustc
@pytest.mark.parametrize("edition", ["2018", "2021", "2024"])
def test_every_edition_can_use_them(tmp_path: Path, edition: str) -> None:
    source = "use cuda_device::{kernel, thread};\n#[kernel]\npub fn k() { thread::sync_threads() }"
    assert "ptx-kernel" in hir(tmp_path, source, edition)


@pytest.mark.rustc
def test_a_generic_kernel_has_no_symbol(tmp_path: Path) -> None:
    text = hir(tmp_path, "use cuda_device::kernel;\n#[kernel]\npub fn k<T: Copy>(x: &[T]) {}")
    assert 'extern "ptx-kernel" fn k' in text
    assert "NoMangle" not in text


@pytest.mark.rustc
@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("use cuda_std::kernel;\n#[kernel]\nstruct S;", "`kernel` is for functions"),
        (
            "use cuda_std::address_space;\n#[address_space(local)]\nstatic X: u32 = 0;",
            "address_space is one of",
        ),
        ("use cuda_device::thread;\nfn f() { thread::no_such_thing() }", "no_such_thing"),
    ],
)
def test_wrong_uses_are_errors_of_the_source(tmp_path: Path, source: str, message: str) -> None:
    with pytest.raises(RustcError, match=message):
        hir(tmp_path, source)


@pytest.mark.rustc
def test_dumps_name_no_folder_of_this_machine(tmp_path: Path) -> None:
    needs_rustc()
    path = tmp_path / "k.rs"
    path.write_text(
        "use cuda_std::prelude::*;\n#[kernel]\npub unsafe fn k(x: *mut u32) { *x = thread::index(); }"
    )
    mir = compile_mir(path).mir
    assert SHIM_PREFIX in mir
    assert "site-packages" not in mir
    assert "toolchain/shims" not in mir


def test_a_compiler_that_cannot_build_them_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiler without `core` for the host, or without a linker, cannot build attribute macros."""
    monkeypatch.setenv("CUQ_CACHE_DIR", str(tmp_path / "cache"))
    compiler = tmp_path / "rustc"
    compiler.write_text("#!/bin/sh\necho 'error: linker `cc` not found' >&2\nexit 1\n")
    compiler.chmod(0o755)
    with pytest.raises(ToolchainError, match="linker `cc` not found") as caught:
        shim_flags(Rustc(compiler, "rustc 1.96.0", tmp_path, None), (), ("cuda_std",))
    assert str(compiler) in caught.value.message
    assert caught.value.help is not None
    assert not [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]


def test_nothing_is_built_for_a_source_that_uses_none(tmp_path: Path) -> None:
    assert shim_flags(Rustc(tmp_path / "no-rustc", "", tmp_path, None), (), ()) == ()

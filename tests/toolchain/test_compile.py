"""The compiler runs, with the rustc of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.base.errors import InputError, ToolchainError
from cuq.toolchain import Compilation, CompileOptions, RustcError, compile_mir, compile_ptx, find_rustc

try:
    find_rustc()
    _fit = True
except ToolchainError:
    _fit = False

pytestmark = [
    pytest.mark.rustc,
    pytest.mark.skipif(not _fit, reason="no rustc with core or library sources for nvptx64"),
]

DEFAULTS = CompileOptions()

KERNEL = """\
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
mod m {
    #[unsafe(no_mangle)]
    pub unsafe extern "ptx-kernel" fn k(x: &[u32], out: *mut u32) {
        #[unsafe(link_section = ".shared")]
        static mut S: [u32; 32] = [0; 32];
        let t = core::arch::nvptx::_thread_idx_x() as usize;
        S[t] = x[t] + 1;
        core::arch::nvptx::_syncthreads();
        for (i, v) in x.iter().enumerate() {
            *out.add(i) = *v + S[31 - t];
        }
    }
}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compiled(text: str, name: str = "k.rs", options: CompileOptions = DEFAULTS) -> Compilation:
    source = Path(name)
    source.write_text(text)
    return compile_mir(source, options)


def test_mir_and_the_facts_of_hir(here: Path) -> None:
    result = compiled(KERNEL)
    (kernel,) = result.hir.kernels
    assert (kernel.path, kernel.symbol, kernel.parameters) == ("m::k", "k", ("x", "out"))
    assert "\nfn m::k(_1: &[u32], _2: *mut u32) -> () {\n" in result.mir
    assert "(static: m::k::S, size: 128, align: 4)" in result.mir
    assert result.hir.shared_statics == {"m::k::S"}
    assert result.rustc_ms > 0
    assert list(here.iterdir()) == [here / "k.rs"], "nothing else is written"


def test_paths_in_the_text_name_no_machine(here: Path) -> None:
    mir = compiled(KERNEL).mir
    assert "// at k.rs:8:17: " in mir, "the user's path as given"
    assert " at /rustc/library/core/src/" in mir
    files = {word for word in mir.split() if word.startswith("/") and ".rs:" in word}
    assert {file for file in files if not file.startswith("/rustc/library/")} == set()


def test_library_calls_are_inlined(here: Path) -> None:
    """The analysis does not know callees: only intrinsics may be left, and dead checks of preconditions."""
    calls = [line.strip() for line in compiled(KERNEL).mir.splitlines() if ") -> [return: " in line]
    known = ("nvptx::", "::precondition_check(")
    assert [call for call in calls if not any(name in call for name in known)] == []


def test_a_file_without_no_std_compiles(here: Path) -> None:
    assert compiled(KERNEL.replace("#![no_std]\n", "")).hir.kernels


@pytest.mark.parametrize("name", ["my kernels.rs", "7.rs", "saxpy-v2.rs", "core.rs", "été.rs"])
def test_any_file_name_is_good(here: Path, name: str) -> None:
    assert compiled(KERNEL, name).hir.kernels


def test_lints_do_not_stop_the_run(here: Path) -> None:
    """What the user's own build denies by lint is an error of that build, and often what cuq is to find."""
    certain = KERNEL.replace("#![no_std]", "#![no_std]\n#![deny(warnings)]").replace("x[t]", "[1, 2][5]")
    assert "index out of bounds" in compiled(certain).mir


@pytest.mark.parametrize("checks", [False, True])
def test_overflow_checks_are_those_of_the_profile(here: Path, checks: bool) -> None:
    """Inlined library code has the checks in any profile; code generation then drops them."""
    mir = compiled(KERNEL, options=CompileOptions(overflow_checks=checks)).mir
    (addition,) = [line for line in mir.splitlines() if " = Add" in line and "at k.rs:9:" in line]
    assert ("AddWithOverflow(" in addition) is checks


def test_the_edition_is_the_users(here: Path) -> None:
    gen = KERNEL + "fn f() { let gen = 1u32; let _ = gen; }"
    assert compiled(gen).hir.kernels
    with pytest.raises(RustcError, match="gen"):
        compiled(gen, options=CompileOptions(edition="2024"))


def test_an_error_of_the_user_is_shown_as_rustc_shows_it(here: Path) -> None:
    with pytest.raises(RustcError) as caught:
        compiled(KERNEL.replace("S[t] =", "missing ="))
    assert caught.value.exit_code == 3
    assert str(caught.value.span) == "k.rs:9:9"
    assert "error[E0425]: cannot find value `missing` in this scope\n --> k.rs:9:9" in caught.value.rendered
    assert "$message_type" not in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00garbage", b"fn broken( { x", b"print('python')\n"])
def test_what_is_not_rust_is_an_input_error(here: Path, content: bytes) -> None:
    Path("bad.rs").write_bytes(content)
    with pytest.raises(RustcError):
        compile_mir(Path("bad.rs"))


def test_an_empty_file_has_no_kernels(here: Path) -> None:
    assert compiled("").hir.kernels == ()


@pytest.mark.parametrize("path", ["absent.rs", "."])
def test_an_unreadable_file(here: Path, path: str) -> None:
    with pytest.raises(InputError, match="cannot read"):
        compile_mir(Path(path))


def test_a_compiler_that_does_not_finish(here: Path) -> None:
    with pytest.raises(ToolchainError, match="did not finish"):
        compiled(KERNEL, options=CompileOptions(timeout=0.0))


@pytest.mark.slow
def test_ptx(here: Path) -> None:
    Path("k.rs").write_text(KERNEL + "#[panic_handler] fn p(_: &core::panic::PanicInfo) -> ! { loop {} }")
    assert ".visible .entry k(" in compile_ptx(Path("k.rs"))

"""`cuq check --infer`: what is written where, and that nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.base.span import Span
from cuq.checks.result import CheckResult, KernelResult, Property, RunResult, Verdict
from cuq.cli.infer import write_contracts
from cuq.cli.main import run
from tests.cli.kernels import needs_rustc

SOURCE = """\
#![no_std]
#![feature(abi_ptx, stdarch_nvptx)]
use core::arch::nvptx::*;
#[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }

mod kernels {
    use super::*;

    /// Per block.
    #[no_mangle]
    pub unsafe extern "ptx-kernel" fn per_block(out: *mut u32) {
        *out.add(_thread_idx_x() as usize) = 1;
    }
}

#[no_mangle] pub unsafe extern "ptx-kernel" fn shared(out: *mut u32) { *out = 1; }

#[no_mangle]
pub unsafe extern "ptx-kernel" fn strided(
    out: *mut u32,
    n: u32,
) {
    let i = _thread_idx_x() as u32;
    if i < n {
        *out.add(2 * i as usize) = 1;
    }
}
"""
PER_BLOCK = '//@ cuq: kernel=kernels::per_block requires="grid.x == 1"'
STRIDED = '//@ cuq: kernel=strided requires="grid.x == 1"'


@pytest.mark.rustc
def test_contracts_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Above functions with their attributes; with them the kernels are verified, and nothing is left to write."""
    needs_rustc()
    monkeypatch.chdir(tmp_path)
    Path("k.rs").write_text(SOURCE)
    arguments = ["check", "k.rs", "--check", "race", "-q", "--infer"]
    assert run(arguments) == 1
    said = capsys.readouterr().err
    assert f"wrote to k.rs:9: {PER_BLOCK}" in said
    assert f"wrote to k.rs:19: {STRIDED}" in said
    lines = Path("k.rs").read_text().splitlines()
    assert lines[8:10] == [f"    {PER_BLOCK}", "    /// Per block."]
    assert lines[18:20] == [STRIDED, "#[no_mangle]"]
    assert [line for line in lines if "cuq:" not in line] == SOURCE.splitlines()
    run([*arguments, "--kernel", "per_block", "--kernel", "strided"])
    assert "wrote" not in capsys.readouterr().err
    assert Path("k.rs").read_text().splitlines() == lines
    assert run(["check", "k.rs", "--check", "race", "--kernel", "per_block", "--kernel", "strided"]) == 0


def result(file: str, line: int, name: str = "k") -> KernelResult:
    race = CheckResult(Property.RACE, Verdict.REFUTED, conditions=("n <= 4", "n <= 2"))
    return KernelResult(name, file, Span(file, line, 1, line, 2), (), (race,))


def written(*kernels: KernelResult) -> list[str]:
    return [str(one) for one in write_contracts(RunResult(kernels))]


def test_line_ends_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("k.rs").write_bytes(b"// \xc3\xa4\r\n#[kernel]\r\npub fn k() {}")
    assert written(result("k.rs", 3)) == ['wrote to k.rs:2: //@ cuq: kernel=k requires="n <= 4"']
    assert (
        Path("k.rs").read_bytes()
        == b'// \xc3\xa4\r\n//@ cuq: kernel=k requires="n <= 4"\r\n#[kernel]\r\npub fn k() {}'
    )


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        pytest.param("k.mir", "fn k() -> () {}", "k", id="a dump"),
        pytest.param("k.rs", "kernel!(k)\n", "k", id="a function that a macro makes"),
        pytest.param("k.rs", "fn kk() {}\n", "k", id="another function"),
    ],
)
def test_no_place(file: str, text: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(file).write_text(text)
    assert written(result(file, 1, name)) == [
        f'no place in {file} for the contract: //@ cuq: kernel=k requires="n <= 4"'
    ]
    assert Path(file).read_text() == text


def test_an_instance_has_its_functions_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("k.rs").write_text("fn k<T>() {\n}\n")
    assert written(result("k.rs", 1, "m::k::<f32>"))[0].startswith("wrote to k.rs:1: ")


def test_a_file_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cuq.base.errors import UsageError

    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"cannot write contracts into gone\.rs: No such file"):
        write_contracts(RunResult((result("gone.rs", 1),)))

"""Input that is wrong: the right exit code, a clear message, no traceback."""

import os
from pathlib import Path

import pytest

from cuq.cli.inputs import input_files
from cuq.toolchain import discover, find_rustc
from tests.cli.kernels import RACY, SAFE, Cuq, needs_rustc

KERNEL = """\
#![feature(abi_ptx)]
#![feature(stdarch_nvptx)]
use core::arch::nvptx::*;
{directive}
#[no_mangle]
pub unsafe extern "ptx-kernel" fn copy(n: u32, x: *const u32, y: *mut u32) {{
    let i = _block_idx_x() as u32 * _block_dim_x() as u32 + _thread_idx_x() as u32;
    if i < n {{
        *y.add(i as usize) = *x.add(i as usize);
    }}
}}
"""

MIR = SAFE.read_text()

DUMPS: list[tuple[str, bytes, int, str]] = [
    ("an empty file", b"", 3, "no MIR in this file"),
    ("only white space", b"\n\n  \n", 3, "no MIR in this file"),
    ("not MIR", b"hello\n", 3, "not MIR: hello"),
    ("binary garbage", bytes(range(256)) * 8, 3, "it is not text"),
    ("NUL bytes", b"\0\0\0\0", 3, "not MIR"),
    ("a MIR file that ends in the middle of a block", MIR[: MIR.index("bb1: {") + 20].encode(), 3, "error"),
    ("an unknown statement", MIR.replace("bb0: {\n", "bb0: {\n        frobnicate(_1);\n", 1).encode(), 3, "error"),
    ("no kernel in it", b"fn f(_1: u32) -> u32 {\n    let mut _0: u32;\n\n    bb0: {\n        _0 = copy _1;\n        return;\n    }\n}\n", 2, "no kernel found"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code", "message"), [d[1:] for d in DUMPS], ids=[d[0] for d in DUMPS])
def test_dumps(data: bytes, code: int, message: str, tmp_path: Path, cuq: Cuq) -> None:
    path = tmp_path / "k.mir"
    path.write_bytes(data)
    outcome = cuq("check", path)
    assert outcome.code == code
    assert message in outcome.out + outcome.err
    assert "internal error" not in outcome.out + outcome.err


@pytest.mark.parametrize("cut", range(100, len(MIR), len(MIR) // 12))
def test_truncated_dumps(cut: int, tmp_path: Path, cuq: Cuq) -> None:
    """Wherever the file ends: never a verdict over half a kernel."""
    path = tmp_path / "k.mir"
    path.write_text(MIR[:cut])
    outcome = cuq("check", path)
    assert outcome.code in (2, 3)
    assert "proved" not in outcome.out


SOURCES: list[tuple[str, bytes, int, str]] = [
    ("not Rust", b"this is not Rust\n", 3, "error: expected"),
    ("an empty file", b"", 2, "no kernel found"),
    ("no kernel", b"pub fn f() {}\n", 2, "no kernel found"),
    ("binary garbage", bytes(range(256)) * 8, 3, "not text in UTF-8"),
    ("a type error", KERNEL.format(directive="").replace("i < n", "i < true").encode(), 3, "mismatched types"),
    ("an unknown kernel in a contract", KERNEL.format(directive="//@ cuq: kernel=coppy block=[32,1,1]").encode(), 2, "did you mean `copy`?"),
    ("an unknown parameter in a contract", KERNEL.format(directive='//@ cuq: kernel=copy requires="m > 1"').encode(), 2, "no parameter `m`"),
    ("an unknown key in a contract", KERNEL.format(directive="//@ cuq: kernel=copy blok=[1,1,1]").encode(), 2, "did you mean `block`?"),
    ("a contract that no launch satisfies", KERNEL.format(directive='//@ cuq: kernel=copy requires="n > 1 && n < 1"').encode(), 2, "no launch satisfies"),
    ("a generic kernel", KERNEL.format(directive="").replace("copy(", "copy<T>(").encode(), 4, "not modelled: a generic kernel (`copy`)"),
    ("a comment without end", b"/* \n", 3, "error"),
    ("a directive without a colon", b"//@ cuq kernel=copy\n", 2, "`:` is missing"),
]  # fmt: skip


@pytest.mark.rustc
@pytest.mark.parametrize(("data", "code", "message"), [s[1:] for s in SOURCES], ids=[s[0] for s in SOURCES])
def test_sources(data: bytes, code: int, message: str, tmp_path: Path, cuq: Cuq) -> None:
    needs_rustc()
    path = tmp_path / "k.rs"
    path.write_bytes(data)
    outcome = cuq("check", path)
    assert outcome.code == code, outcome
    assert message in outcome.out + outcome.err
    assert "internal error" not in outcome.out + outcome.err


@pytest.mark.rustc
def test_a_good_file_beside_a_bad_one(tmp_path: Path, cuq: Cuq) -> None:
    """3 goes before 0; the good one has its verdicts."""
    needs_rustc()
    (tmp_path / "bad.rs").write_text("fn\n")
    (tmp_path / "good.rs").write_text(KERNEL.format(directive=""))
    outcome = cuq("check", tmp_path)
    assert outcome.code == 3
    assert "verified: kernel `copy`" in outcome.out


def test_a_folder_without_kernels(tmp_path: Path, cuq: Cuq) -> None:
    outcome = cuq("check", tmp_path)
    assert outcome.code == 2
    assert "no kernel found" in outcome.err
    assert outcome.out == ""
    assert cuq("check", tmp_path, "--allow-empty").code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can read every file")
def test_a_file_without_permission(tmp_path: Path, cuq: Cuq) -> None:
    path = tmp_path / "k.mir"
    path.write_text(MIR)
    path.chmod(0)
    outcome = cuq("check", path)
    assert outcome.code == 3
    assert "Permission denied" in outcome.out


@pytest.mark.parametrize("suffix", [".mir", ".rs"])
def test_a_file_that_cannot_be_read(
    suffix: str, tmp_path: Path, cuq: Cuq, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for the superuser, and for what fails while reading."""
    path = tmp_path / f"k{suffix}"
    path.write_text("")

    def refuse(self: Path, *_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_text", refuse)
    outcome = cuq("check", path)
    assert outcome.code == 3
    assert f"cannot read {path}: Permission denied" in outcome.out


@pytest.mark.parametrize("suffix", [".mir", ".rs"])
def test_a_file_that_vanishes(suffix: str, tmp_path: Path, cuq: Cuq, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gone between the moment it was found and the moment it is read."""
    path = tmp_path / f"k{suffix}"
    path.write_text("")

    def remove(paths: tuple[Path, ...]) -> object:
        files = input_files(paths)
        path.unlink()
        return files

    monkeypatch.setattr("cuq.cli.pipeline.input_files", remove)
    outcome = cuq("check", path)
    assert outcome.code == 3
    assert f"cannot read {path}: No such file or directory" in outcome.out


def test_a_vanished_source_does_not_disturb_the_report(tmp_path: Path, cuq: Cuq) -> None:
    """A dump whose source is elsewhere: places instead of source lines."""
    path = tmp_path / "k.mir"
    path.write_text(RACY.read_text().replace("saxpy_shifted.rs", "gone.rs"))
    outcome = cuq("check", path)
    assert outcome.code == 1
    assert "gone.rs:" in outcome.out


def test_no_compiler(tmp_path: Path, cuq: Cuq) -> None:
    path = tmp_path / "k.rs"
    path.write_text("")
    other = tmp_path / "l.rs"
    other.write_text("")
    outcome = cuq("check", path, other, "--rustc", tmp_path / "rustc")
    assert outcome.code == 5
    assert outcome.out.count("is not a program") == 1  # said once, not for each file
    assert "help: " in outcome.out
    # Dumps need none.
    assert cuq("check", SAFE, "--rustc", tmp_path / "rustc").code == 0


@pytest.mark.rustc
def test_a_chosen_compiler(tmp_path: Path, cuq: Cuq) -> None:
    needs_rustc()
    path = tmp_path / "k.rs"
    path.write_text(KERNEL.format(directive=""))
    assert cuq("check", path, "--rustc", find_rustc().path).code == 0


@pytest.mark.rustc
def test_mir_of_a_release_that_is_not_known(
    tmp_path: Path, cuq: Cuq, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_rustc()
    path = tmp_path / "k.rs"
    path.write_text(KERNEL.format(directive=""))
    assert "was not known when this cuq was made" not in cuq("check", path).out
    monkeypatch.setattr(discover, "KNOWN_RELEASES", ((1, 1),))
    assert f"the MIR of rustc {find_rustc().release} was not known" in cuq("check", path).out


def test_what_is_not_modelled_is_unknown(cuq: Cuq) -> None:
    outcome = cuq("check", SAFE.parents[1] / "callee/unknown_callee.mir")
    assert outcome.code == 4
    assert "unknown: kernel `unknown_callee`" in outcome.out


def test_a_dump_without_hir_says_what_it_cannot_know(tmp_path: Path, cuq: Cuq) -> None:
    """Shared memory is an attribute of HIR: without it the static counts as global, and the report says so."""
    source = SAFE.parents[1] / "reduction/tree.mir"
    (tmp_path / "tree.mir").write_text(source.read_text())
    outcome = cuq("check", tmp_path)
    assert outcome.code == 1
    assert "taken to be in global memory" in outcome.out
    (tmp_path / "tree.hir").write_text(source.with_suffix(".hir").read_text())
    outcome = cuq("check", tmp_path)
    assert outcome.code == 0
    assert "taken to be in global memory" not in outcome.out

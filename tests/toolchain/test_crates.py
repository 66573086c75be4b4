"""Crates and workspaces, by a real cargo: dependencies, features, targets, build scripts, errors, freshness."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cuq.base.errors import InputError, ToolchainError
from cuq.cli.cargo import arguments
from cuq.cli.main import run
from cuq.toolchain import find_rustc
from cuq.toolchain.cargo import Unit, find_cargo
from cuq.toolchain.crate_ptx import crate_ptx, ptx_arguments
from cuq.toolchain.crates import externs, kept, overflow_checks
from cuq.toolchain.discover import Rustc
from cuq.toolchain.flags import DEPENDENCY_FLAGS, GPU_CRATE_FLAGS, GPU_DEPENDENCY_FLAGS


def _missing() -> str:
    try:
        find_cargo(find_rustc())
    except ToolchainError as error:
        return error.message
    return ""


MISSING = _missing()
with_cargo = [
    pytest.mark.rustc,
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=MISSING or "cargo is there"),
]

ROOT = "#![no_std]\n#![feature(abi_ptx, stdarch_nvptx)]\n"
PANIC = "#[panic_handler]\nfn panic(_: &core::panic::PanicInfo) -> ! { loop {} }\n"
KERNEL = """\
use core::arch::nvptx::*;
//@ cuq: block=[256,1,1]
#[no_mangle]
pub unsafe extern "ptx-kernel" fn NAME(y: *mut u32, n: u32) {
    let i = helper::index(_block_idx_x(), _block_dim_x(), _thread_idx_x());
    if i < n as usize {
        #[cfg(not(feature = "racy"))]
        { *y.add(i) = helper::twice(*y.add(i)); }
        #[cfg(feature = "racy")]
        { *y.add(i / 2) = helper::twice(*y.add(i)); }
    }
}
"""
HELPER = """\
#![no_std]
pub fn twice(x: u32) -> u32 { x.wrapping_mul(2) }
pub fn index(b: u32, d: u32, t: u32) -> usize { (b * d + t) as usize }
"""


KEPT_CALLS = """\
mod inner {
    pub struct Pair { pub a: usize, pub b: usize }
    const TABLE: [usize; 4] = [1, 2, 3, 4];
    #[inline(never)]
    pub fn place(p: Pair) -> usize {
        let apart = |x: usize| x * TABLE[p.b];
        super::left(apart(p.a))
    }
}
#[inline(never)]
fn left(x: usize) -> usize { x + 1 }
pub fn place(a: usize) -> usize { inner::place(inner::Pair { a, b: 2 }) }
pub trait Step { fn step(x: usize) -> usize; }
pub struct Twice<T>(T);
impl<T: Step> Step for Twice<T> { fn step(x: usize) -> usize { T::step(T::step(x)) } }
pub struct One;
impl Step for One { fn step(x: usize) -> usize { x + 1 } }
pub type Deep = Twice<Twice<Twice<Twice<Twice<Twice<One>>>>>>;
"""
"""Calls that rustc leaves: of functions that are never inlined, in a module that the kernel cannot name, and of one
that calls two of its kind, and so on."""


PUBLISH = """\
use core::sync::atomic::{AtomicU32, Ordering};
pub fn publish(flag: &AtomicU32) { flag.store(1, Ordering::Release) }
#[inline(never)]
pub fn take(flag: &AtomicU32) -> bool { flag.swap(1, Ordering::AcqRel) == 0 }
"""
FLAGGED = """\
use core::sync::atomic::AtomicU32;
#[no_mangle]
pub unsafe extern "ptx-kernel" fn flagged(y: *mut u32, flag: &AtomicU32) { *y = 1; helper::publish(flag) }
#[no_mangle]
pub unsafe extern "ptx-kernel" fn taken(y: *mut u32, flag: &AtomicU32) { if helper::take(flag) { *y = 1 } }
pub unsafe extern "ptx-kernel" fn hidden(y: *mut u32) { *y = 1 }
"""


def package(name: str, more: str = "") -> str:
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}'


USES_HELPER = '[dependencies]\nhelper = { path = "../helper" }\n[features]\nracy = []\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of a crate with a kernel in a module, a crate with a kernel in an example, and a helper."""
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["scale", "other", "helper"]\nresolver = "2"\n',
        "helper/Cargo.toml": package("helper"),
        "helper/src/lib.rs": HELPER,
        "scale/Cargo.toml": package("scale", '[lib]\ncrate-type = ["cdylib"]\n' + USES_HELPER),
        "scale/src/lib.rs": f"{ROOT}mod kernels;\n{PANIC}",
        "scale/src/kernels.rs": KERNEL.replace("NAME", "scale"),
        "other/Cargo.toml": package("other", USES_HELPER),
        "other/src/lib.rs": "#![no_std]\n",
        "other/examples/shown.rs": f"{ROOT}#![no_main]\n{KERNEL.replace('NAME', 'shown')}{PANIC}",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, str], str]]:
    """Runs `cuq check` and gives the exit code, the race verdict of each kernel, and standard error."""

    def go(*args: str) -> tuple[int, dict[str, str], str]:
        code = run(["check", "--format", "json", "--check", "race", *args])
        said = capsys.readouterr()
        kernels = json.loads(said.out)["kernels"] if said.out.startswith("{") else []
        return code, {k["name"]: k["checks"][0]["verdict"] for k in kernels}, said.err + said.out

    return go


Check = Callable[..., tuple[int, dict[str, str], str]]


def machine_code(
    capsys: pytest.CaptureFixture[str], *args: str
) -> tuple[int, dict[str, tuple[str, str, str]]]:
    """The exit code; for each kernel the verdict on its PTX, what that rests on first of all, and what is said of it."""
    code = run(["check", "--format", "json", "--check", "artefact", "--artefact", *args])
    said = capsys.readouterr()
    assert said.out.startswith("{"), said.err
    found = {}
    for kernel in json.loads(said.out)["kernels"]:
        (check,) = kernel["checks"]
        text = json.dumps([check["findings"], check["obstacles"], kernel["warnings"]])
        rests = check["assumptions"][0] if check["assumptions"] else ""
        found[kernel["name"]] = (check["verdict"], rests, "" if text == "[[], [], []]" else text)
    return code, found


class TestWithCargo:
    pytestmark = with_cargo

    def test_bodies_of_dependencies_are_seen(self, project: Path, check: Check) -> None:
        code, verdicts, said = check("scale")
        assert (code, verdicts) == (0, {"kernels::scale": "verified"}), said

    @pytest.mark.parametrize(
        ("call", "change", "verdict"),
        [
            pytest.param("helper::place(i)", ("", ""), "verified", id="private"),
            pytest.param("helper::place(i)", ("x * TABLE", "x / TABLE"), "refuted", id="private, racy"),
            pytest.param("<helper::Deep as helper::Step>::step(i)", ("", ""), "verified", id="deep"),
            pytest.param(
                "<helper::Deep as helper::Step>::step(i)", ("{ x + 1 } }\npub", "{ x & 7 } }\npub"), "refuted", id="deep, racy"
            ),
        ],
    )  # fmt: skip
    def test_calls_that_rustc_leaves(
        self, project: Path, check: Check, call: str, change: tuple[str, str], verdict: str
    ) -> None:
        (project / "helper/src/lib.rs").write_text(HELPER + KEPT_CALLS.replace(*change))
        kernels = project / "scale/src/kernels.rs"
        kernels.write_text(
            kernels.read_text().replace("y.add(i) =", f"y.add({call}) =").replace("*y.add(i)", "7")
        )
        _, verdicts, said = check("scale")
        assert verdicts == {"kernels::scale": verdict}, said

    def test_a_module_with_the_name_of_a_crate(self, project: Path, check: Check) -> None:
        """`helper::twice` may then be either's."""
        root = project / "scale/src/lib.rs"
        root.write_text(f"{root.read_text()}mod helper {{ pub fn twice(x: u32) -> u32 {{ x }} }}\n")
        kernels = project / "scale/src/kernels.rs"
        kernels.write_text(kernels.read_text().replace("helper::", "::helper::"))
        _, verdicts, said = check("scale")
        assert verdicts == {"kernels::scale": "unknown"}, said
        assert "a module called `helper` at the root of the crate" in said

    def test_the_machine_code(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """What a crate calls in its dependencies is part of its PTX. A kernel that nobody exports is not there."""
        (project / "helper/src/lib.rs").write_text(HELPER + PUBLISH)
        with (project / "scale/src/kernels.rs").open("a") as kernels:
            kernels.write(FLAGGED)
        code, said = machine_code(capsys, "scale")
        assert code == 1
        assert said["kernels::scale"] == ("verified", "artefact-by-path", "")
        assert said["kernels::flagged"] == ("verified", "artefact-by-path", "")
        verdict, assumption, text = said["kernels::taken"]
        assert (verdict, assumption) == ("refuted", "artefact-by-path")
        assert "made `exch relaxed.gpu` of an `exch acq_rel.sys`" in text
        assert "in the PTX: scale.ptx:" in text
        verdict, _, text = said["kernels::hidden"]
        assert (verdict, "the PTX has no entry" in text) == ("unknown", True)

    def test_the_machine_code_is_that_of_the_profile(
        self, project: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without optimisation the calls of the dependency are calls."""
        store = project / "target/cuq/units"
        texts = []
        for profile in ("release", "dev"):
            machine_code(capsys, "scale", "--profile", profile)
            (text,) = (path.read_text() for path in store.glob("*.ptx") if path.read_text() not in texts)
            texts.append(text)
        assert ".visible .entry scale(" in texts[0]
        assert len(texts[1].splitlines()) > len(texts[0].splitlines())

    def test_the_machine_code_of_another_back_end(
        self, project: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What rustc would make of it is not what runs: then it goes by what is known, and says why."""
        helper = project / "helper"
        for name in ("scale/Cargo.toml", "other/Cargo.toml", "Cargo.toml", "helper/Cargo.toml"):
            manifest = project / name
            manifest.write_text(manifest.read_text().replace("helper", "cuda_device"))
        helper.rename(project / "cuda_device")
        kernels = project / "scale/src/kernels.rs"
        kernels.write_text(kernels.read_text().replace("helper::", "cuda_device::"))
        _, said = machine_code(capsys, "scale", "--target", "gpu")
        verdict, assumption, text = said["kernels::scale"]
        assert (verdict, assumption) == ("verified", "artefact-by-profile"), text
        assert "without PTX: crates that use `cuda_device` are compiled by a back end of their own" in text

    def test_features(self, project: Path, check: Check) -> None:
        code, verdicts, said = check("scale", "--features", "racy")
        assert (code, verdicts) == (1, {"kernels::scale": "refuted"})
        assert '"scale/src/kernels.rs"' in said

    def test_an_example_of_a_package(self, project: Path, check: Check) -> None:
        code, verdicts, _ = check(".", "-p", "other", "--example", "shown")
        assert (code, verdicts) == (0, {"shown": "verified"})

    def test_a_workspace_without_a_path(self, project: Path, check: Check) -> None:
        code, verdicts, _ = check()
        assert (code, verdicts) == (0, {"kernels::scale": "verified"})

    def test_a_folder_of_crates(self, project: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
        """Crates below a folder are found; their files are not taken one by one."""
        monkeypatch.chdir(project.parent)
        (project / "Cargo.toml").rename(project / "unused")
        for member in ("other", "helper", "scale"):
            with (project / member / "Cargo.toml").open("a") as manifest:
                manifest.write("[workspace]\n")
        code, verdicts, said = check(project.name)
        assert (code, verdicts) == (0, {"kernels::scale": "verified"}), said

    def test_what_is_fresh_is_not_compiled_again(self, project: Path, check: Check) -> None:
        check("scale")
        store = project / "target/cuq/units"
        first = {path: path.stat().st_mtime_ns for path in store.iterdir()}
        check("scale")
        assert {path: path.stat().st_mtime_ns for path in store.iterdir()} == first
        kernels = project / "scale/src/kernels.rs"
        kernels.write_text(kernels.read_text().replace("y.add(i) =", "y.add(i / 2) ="))
        os.utime(kernels, ns=(first_time := max(first.values()) + 10**9, first_time))
        assert check("scale")[:2] == (1, {"kernels::scale": "refuted"})

    def test_build_scripts(self, project: Path, check: Check) -> None:
        (project / "scale/build.rs").write_text(
            "fn main() {\n"
            '    let out = std::env::var("OUT_DIR").unwrap();\n'
            '    std::fs::write(format!("{out}/size.rs"), "pub const SIZE: u32 = 7;").unwrap();\n'
            '    println!("cargo:rustc-cfg=made");\n'
            '    println!("cargo:rustc-env=MADE=1");\n'
            "}\n"
        )
        (project / "scale/src/lib.rs").write_text(
            f'{ROOT}#[cfg(made)]\nmod kernels;\ninclude!(concat!(env!("OUT_DIR"), "/size.rs"));\n'
            f'const _: &str = env!("MADE");\n{PANIC}'
        )
        assert check("scale")[:2] == (0, {"kernels::scale": "verified"})

    def test_an_error_is_shown_as_cargo_shows_it(self, project: Path, check: Check) -> None:
        (project / "scale/src/kernels.rs").write_text("fn f() -> u32 { true }\n")
        code, _, said = check("scale")
        assert code == 3
        assert "error[E0308]: mismatched types" in said
        assert "could not compile `scale`" in said

    def test_the_other_crates_are_checked_all_the_same(self, project: Path, check: Check) -> None:
        (project / "other/src/lib.rs").write_text("#![no_std]\npub fn f() -> u32 { true }\n")
        code, verdicts, said = check("--workspace")
        assert (code, verdicts) == (3, {"kernels::scale": "verified"})
        assert "error[E0308]: mismatched types" in said

    def test_a_bad_manifest(self, project: Path, check: Check) -> None:
        (project / "scale/Cargo.toml").write_text("[package\n")
        code, _, said = check("scale")
        assert (code, "cargo cannot read" in said) == (3, True)

    def test_a_crate_of_the_host(self, project: Path, check: Check) -> None:
        (project / "other/src/lib.rs").write_text("pub fn f() -> Vec<u8> { Vec::new() }\n")
        code, _, said = check("other")
        assert code == 3
        assert "choose the crate of the kernels with -p NAME" in said

    def test_a_bad_selection(self, project: Path, check: Check) -> None:
        code, _, said = check("scale", "-p", "nobody")
        assert (code, "nobody" in said) == (3, True)


def test_without_a_crate_or_a_path(tmp_path: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, said = check()
    assert (code, "no Cargo.toml in this folder" in said) == (2, True)


@pytest.mark.rustc
def test_no_cargo(tmp_path: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        find_rustc()
    except ToolchainError:
        pytest.skip("no rustc")
    (tmp_path / "Cargo.toml").write_text(package("x"))
    monkeypatch.setenv("CUQ_CARGO", str(tmp_path / "nothing"))
    code, _, said = check(str(tmp_path))
    assert (code, "apt-get install cargo-web" in said) == (5, True)
    assert shutil.which(tmp_path / "nothing") is None


@pytest.mark.parametrize(
    ("flags", "checked"),
    [
        pytest.param("-C opt-level=3", False, id="release"),
        pytest.param("", True, id="dev"),
        pytest.param("-C opt-level=3 -C debug-assertions=on", True, id="by way of debug assertions"),
        pytest.param("-C overflow-checks=off", False, id="switched off"),
        pytest.param("-C opt-level=s -C overflow-checks=on", True, id="switched on"),
    ],
)
def test_overflow_checks_are_those_of_the_profile(flags: str, checked: bool) -> None:
    assert overflow_checks(tuple(flags.split())) is checked


def test_what_the_crate_is_stays() -> None:
    given = (
        "--crate-name k --edition=2021 --error-format=json --json=a --crate-type cdylib --emit=dep-info,metadata "
        '-C opt-level=3 -C panic=abort -C metadata=1 --out-dir /t --cfg feature="f" --extern d=/d.rmeta -L x'
    )
    assert " ".join(kept(tuple(given.split()))) == (
        '--crate-name k --edition=2021 -C panic=abort --cfg feature="f" --extern d=/d.rmeta -L x'
    )


def test_ptx_is_made_as_the_profile_says() -> None:
    """Without cuq's own flags for MIR, and for the processor that the user chose, if any."""
    given = [
        "--crate-name",
        "k",
        "--crate-type",
        "cdylib",
        "--emit=metadata",
        "-C",
        "opt-level=2",
        "-C",
        "lto",
        "-C",
        "debuginfo=1",
        "--out-dir",
        "/t",
        "-C",
        "incremental=/i",
        "-C",
        "codegen-units=16",
    ]
    made = "--crate-name k -C opt-level=2 -C debuginfo=1"
    flags = (*DEPENDENCY_FLAGS, *GPU_DEPENDENCY_FLAGS, *GPU_CRATE_FLAGS)
    assert " ".join(ptx_arguments((*given, *flags))) == f"{made} -Ctarget-cpu=sm_70"
    for chosen in (("-C", "target-cpu=sm_90"), ("-Ctarget-cpu=sm_90",)):
        assert " ".join(ptx_arguments((*given, *chosen, *flags))) == f"{made} {' '.join(chosen)}"


def test_there_is_no_ptx_of_a_crate_for_the_host(tmp_path: Path) -> None:
    host = Unit("1", tmp_path / "lib.rs", ("--target", "x86_64-unknown-linux-gnu"), {}, (), tmp_path)
    compiler = Rustc(tmp_path / "rustc", "rustc 1.96.0", tmp_path, None)
    with pytest.raises(InputError, match="compiled for the host"):
        crate_ptx(host, compiler, 1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(["cuq"], ["check"], id="nothing said"),
        pytest.param(["cuq", "--features", "f"], ["check", "--features", "f"], id="options of check"),
        pytest.param(["cuq", "list", "."], ["list", "."], id="another command"),
        pytest.param(["cuq", "--version"], ["--version"], id="an option of cuq itself"),
        pytest.param(["-q"], ["check", "-q"], id="called by its own name"),
    ],
)
def test_cargo_cuq(given: list[str], expected: list[str]) -> None:
    assert arguments(given) == expected


def test_the_crates_that_a_crate_names() -> None:
    arguments = ("--extern", "a=liba.rlib", "--extern", "noprelude:b=libb.rlib", "--extern", "c", "-C", "x=y")
    assert externs(arguments) == {"a", "b", "c"}

"""Which compiler is chosen, with stand-ins for compilers in a folder of the test."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cuq.base.errors import ToolchainError
from cuq.toolchain import discover, find_rustc
from cuq.toolchain.doctor import probes
from cuq.toolchain.flags import TARGET

Place = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any compiler."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CUQ_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'first'}:{tmp_path / 'second'}")
    for name in ("CUQ_RUSTC", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(discover, "_DISTRIBUTION", tmp_path / "usr/bin/rustc")
    monkeypatch.setattr(discover, "_DISTRIBUTION_SOURCES", tmp_path / "usr/src")
    return tmp_path


def place(
    root: Path, *, release: str = "1.96.0", target: bool = False, sources: bool = False, bin: str = "bin"
) -> Path:
    """A stand-in that answers the two questions that cuq asks, in a sysroot of the form of rustup's."""
    rustc = root / bin / "rustc"
    rustc.parent.mkdir(parents=True, exist_ok=True)
    rustc.write_text(
        '#!/bin/sh\n[ "$1" = -vV ] && printf "rustc %s\\nrelease: %s\\n" '
        + f"{release} {release} || echo {root}\n"
    )
    rustc.chmod(0o755)
    if target:
        file(root / f"lib/rustlib/{TARGET}/lib/libcore-1234.rlib")
    if sources:
        file(root / "lib/rustlib/src/rust/library/core/src/lib.rs")
    return rustc


def file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def rustup(home: Path, name: str) -> Path:
    return home / ".rustup/toolchains" / name


def test_nothing_found(home: Path) -> None:
    with pytest.raises(ToolchainError, match="no rustc was found") as caught:
        find_rustc()
    assert caught.value.exit_code == 5
    assert caught.value.help is not None
    assert "apt-get install rustc-web rust-web-src" in caught.value.help
    assert f"rustup target add {TARGET}" in caught.value.help


def test_the_order(home: Path) -> None:
    """Each compiler is removed in turn, and the next in the order takes its place."""
    distribution = place(home / "usr")
    file(home / "usr/src/rustc-1.96.0/library/core/src/lib.rs")
    explicit = place(home / "explicit", target=True)
    order = [
        place(rustup(home, "1.96.0-x86"), target=True),
        place(rustup(home, "nightly-x86"), target=True),
        place(rustup(home, "1.95.0-x86"), sources=True),
        place(home / "first", sources=True, bin="."),
        place(home / "second", target=True, bin="."),
    ]
    assert find_rustc(explicit).path == explicit
    for rustc in order:
        assert find_rustc().path == rustc
        rustc.unlink()
    found = find_rustc()
    assert found.path == distribution
    assert found.library == home / "usr/src/rustc-1.96.0/library"


def test_the_environment_names_a_compiler(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(rustup(home, "stable"), target=True)
    named = place(home / "named", target=True)
    monkeypatch.setenv("CUQ_RUSTC", str(named))
    assert find_rustc().path == named


def test_a_named_compiler_that_does_not_fit_is_not_passed_over(home: Path) -> None:
    place(rustup(home, "stable"), target=True)
    named = place(home / "named")
    with pytest.raises(ToolchainError, match=r"neither core for nvptx64-nvidia-cuda nor library sources"):
        find_rustc(named)
    with pytest.raises(ToolchainError, match="is not a program"):
        find_rustc(home / "absent")


def test_core_of_the_sysroot_needs_no_sources(home: Path) -> None:
    place(rustup(home, "stable"), target=True, sources=True)
    assert find_rustc().library is None


@pytest.mark.parametrize(
    ("release", "reason"),
    [
        ("1.63.0", "older than 1.90"),
        ("none", "names no release"),
        ("1.97.0-nightly", None),
        ("1.96.0", None),
        ("2.0.0", None),
    ],
)
def test_releases(home: Path, release: str, reason: str | None) -> None:
    place(rustup(home, "stable"), release=release, target=True)
    if reason is None:
        assert find_rustc().release == release
    else:
        with pytest.raises(ToolchainError, match=reason):
            find_rustc()


def test_sources_of_another_release_do_not_fit(home: Path) -> None:
    """Debian's library sources and compiler are separate packages."""
    place(home / "usr", release="1.96.1")
    file(home / "usr/src/rustc-1.96.0/library/core/src/lib.rs")
    with pytest.raises(ToolchainError, match=r"release 1\.96\.1 has neither"):
        find_rustc()


def test_rustups_stand_in_on_the_path_is_not_asked(home: Path) -> None:
    """Asking it can start a download."""
    proxy = home / "first/rustc"
    proxy.parent.mkdir()
    proxy.write_text(f"#!/bin/sh\ntouch {home}/asked\n")
    proxy.chmod(0o755)
    os.link(proxy, home / "first/rustup")
    place(rustup(home, "stable-x86"))
    with pytest.raises(ToolchainError, match="stable-x86") as caught:
        find_rustc()
    assert "first" not in caught.value.message
    assert not (home / "asked").exists()


def test_a_compiler_that_fails(home: Path) -> None:
    rustc = place(rustup(home, "broken"), target=True)
    rustc.write_text("#!/bin/sh\necho it is broken >&2\nexit 1\n")
    good = place(home / "second", target=True, bin=".")
    assert find_rustc().path == good
    good.unlink()
    with pytest.raises(ToolchainError, match="it is broken"):
        find_rustc()


def test_a_replaced_compiler_is_asked_again(home: Path) -> None:
    place(rustup(home, "stable"), release="1.95.0", target=True)
    assert find_rustc().release == "1.95.0"
    place(rustup(home, "stable"), release="1.96.0-beta.1", target=True)
    assert find_rustc().release == "1.96.0-beta.1"


def test_an_answer_is_remembered(home: Path) -> None:
    rustc = place(rustup(home, "stable"), target=True)
    find_rustc()
    times = rustc.stat()
    rustc.write_text("#" * times.st_size)
    os.utime(rustc, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert find_rustc().release == "1.96.0"


def test_doctor(home: Path) -> None:
    state = {probe.name: probe for probe in probes()}
    assert not state["rustc"].ok
    assert "apt-get install rustc-web" in (state["rustc"].fix or "")
    assert not state[f"core for {TARGET}"].ok
    assert state["z3"].ok
    assert state["coqc"].fix == "apt-get install coq"
    assert state["cache"].ok

    place(home / "usr")
    file(home / "usr/src/rustc-1.96.0/library/core/src/lib.rs")
    state = {probe.name: probe for probe in probes()}
    assert state["rustc"].detail == f"1.96.0 at {home}/usr/bin/rustc"
    assert "will be built" in state[f"core for {TARGET}"].detail
    assert [name for name, probe in state.items() if probe.ok != (probe.fix is None)] == []


def test_doctor_without_a_cache(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file(home / "file")
    monkeypatch.setenv("CUQ_CACHE_DIR", str(home / "file/cache"))
    cache = {probe.name: probe for probe in probes()}["cache"]
    assert not cache.ok
    assert cache.fix == "export CUQ_CACHE_DIR=/a/folder/that/is/writable"

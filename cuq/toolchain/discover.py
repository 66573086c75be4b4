"""Finding a rustc that can compile for nvptx64.

A toolchain fits when it has `core` for the target, or the library sources to build it from. Order:
`--rustc` or `CUQ_RUSTC`; rustup toolchains that have the target; rustup toolchains with `rust-src`;
compilers on PATH; the distribution's.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from cuq.base.errors import ToolchainError
from cuq.base.records import dataclass
from cuq.toolchain import cache
from cuq.toolchain.flags import KNOWN_RELEASES, OLDEST_RELEASE, TARGET, TESTED_RELEASE
from cuq.toolchain.process import run

INSTALL_HELP = f"apt-get install rustc-web rust-web-src    (or: rustup target add {TARGET})"

_PROBE_TIMEOUT = 60.0
_DISTRIBUTION = Path("/usr/bin/rustc")
_DISTRIBUTION_SOURCES = Path("/usr/src")


@dataclass(frozen=True, slots=True)
class Rustc:
    """A compiler that fits.

    version: the text of `rustc -vV`. library: the sources to build core from, None when the sysroot has
    core for the target already.
    """

    path: Path
    version: str
    sysroot: Path
    library: Path | None

    @property
    def release(self) -> str:
        """Such as `1.96.0` or `1.97.0-nightly`."""
        return _release(self.version)

    @property
    def is_known(self) -> bool:
        """Whether the MIR text of this release is one that cuq was tried on."""
        numbers = re.match(r"(\d+)\.(\d+)", self.release)
        return numbers is not None and (int(numbers[1]), int(numbers[2])) in KNOWN_RELEASES

    @property
    def host(self) -> str:
        """The triple of the machine that the compiler runs on."""
        line = next(line for line in self.version.splitlines() if line.startswith("host: "))
        return line.removeprefix("host: ")


@dataclass(frozen=True, slots=True)
class Unfit:
    """A compiler that was found and cannot be used, and why."""

    path: Path
    reason: str


class _NoAnswerError(Exception):
    """A compiler that does not say what it is."""


def find_rustc(explicit: Path | None = None) -> Rustc:
    """The first compiler that fits. `explicit` (or `CUQ_RUSTC`) is taken or refused, never passed over.

    Raises ToolchainError with the command that installs one, and with what is wrong with those found.
    """
    chosen = explicit or (Path(value) if (value := os.environ.get("CUQ_RUSTC")) else None)
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise ToolchainError(f"{chosen} is not a program", help=INSTALL_HELP)
        candidates: Iterator[Path] = iter([Path(found)])
    else:
        candidates = _candidates()
    refused: list[Unfit] = []
    for candidate in candidates:
        match probe(candidate):
            case Rustc() as rustc:
                return rustc
            case Unfit() as unfit:
                refused.append(unfit)
    reasons = "".join(f"\n  {unfit.path}: {unfit.reason}" for unfit in refused) or "\n  no rustc was found"
    raise ToolchainError(f"no rustc that can compile for {TARGET}{reasons}", help=INSTALL_HELP)


def probe(path: Path) -> Rustc | Unfit:
    """What the compiler at `path` can do. Its answers are cached by the file's identity."""
    try:
        version, sysroot = _ask(path)
    except _NoAnswerError as error:
        return Unfit(path, str(error))
    release = _release(version)
    numbers = re.match(r"(\d+)\.(\d+)", release)
    if numbers is None:
        return Unfit(path, "`-vV` names no release")
    if (int(numbers[1]), int(numbers[2])) < OLDEST_RELEASE:
        oldest = ".".join(map(str, OLDEST_RELEASE))
        return Unfit(path, f"release {release} is older than {oldest}")
    if _has_core(sysroot):
        return Rustc(path, version, sysroot, library=None)
    library = _library(sysroot, release)
    if library is None:
        return Unfit(path, f"release {release} has neither core for {TARGET} nor library sources")
    return Rustc(path, version, sysroot, library)


def _candidates() -> Iterator[Path]:
    """Compilers in the order of preference, each once."""
    toolchains = _rustup_toolchains()
    paths = [Path(folder) / "rustc" for folder in os.get_exec_path()]
    ordered = [
        *(root / "bin/rustc" for root in toolchains if _has_core(root)),
        *(root / "bin/rustc" for root in toolchains if _sysroot_library(root)),
        *(path for path in paths if os.access(path, os.X_OK) and not _is_rustup_proxy(path)),
        *([_DISTRIBUTION] if _DISTRIBUTION.exists() else []),
        # Last, for the reasons in the error message.
        *(root / "bin/rustc" for root in toolchains),
    ]
    seen: set[Path] = set()
    for path in ordered:
        if (real := path.resolve()) not in seen:
            seen.add(real)
            yield path


def _rustup_toolchains() -> list[Path]:
    """Folders of the installed rustup toolchains, those nearest to the tested release first."""
    home = Path(os.environ.get("RUSTUP_HOME") or Path.home() / ".rustup") / "toolchains"
    if not home.is_dir():
        return []
    roots = [root for root in home.iterdir() if os.access(root / "bin/rustc", os.X_OK)]
    tested = ".".join(map(str, TESTED_RELEASE))
    return sorted(
        roots, key=lambda root: (not root.name.startswith(tested), "nightly" in root.name, root.name)
    )


def _is_rustup_proxy(path: Path) -> bool:
    """rustup's stand-in for the compiler: it names one of the toolchains, which are looked at themselves."""
    rustup = path.with_name("rustup")
    return rustup.exists() and rustup.samefile(path)


def _ask(path: Path) -> tuple[str, Path]:
    """The compiler's version text and sysroot.

    Asking takes a process start or two, so the answer is kept under the file's path, size and time.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise _NoAnswerError(f"cannot be read: {error.strerror}") from error
    toolchain = os.environ.get("RUSTUP_TOOLCHAIN", "")
    identity = cache.key(str(path.absolute()), str(status.st_size), str(status.st_mtime_ns), toolchain)

    def ask(folder: Path) -> None:
        for question, file in (("-vV", "version"), ("--print=sysroot", "sysroot")):
            try:
                output = run([str(path), question], timeout=_PROBE_TIMEOUT)
            except ToolchainError as error:
                raise _NoAnswerError(error.message) from error
            if output.code != 0:
                raise _NoAnswerError(output.stderr.strip() or f"exit code {output.code}")
            (folder / file).write_bytes(output.stdout)

    entry = cache.cached_dir(f"rustc-{identity}", ask)
    return (entry / "version").read_text(), Path((entry / "sysroot").read_text().strip())


def _release(version: str) -> str:
    for line in version.splitlines():
        if line.startswith("release: "):
            return line.removeprefix("release: ")
    return ""


def _has_core(sysroot: Path) -> bool:
    return any((sysroot / "lib/rustlib" / TARGET / "lib").glob("libcore-*.rlib"))


def _library(sysroot: Path, release: str) -> Path | None:
    """Library sources of exactly this compiler: core of another release does not compile."""
    if sysroot == _DISTRIBUTION.parent.parent:
        library = _DISTRIBUTION_SOURCES / f"rustc-{release}" / "library"
        return library if (library / "core/src/lib.rs").is_file() else None
    return _sysroot_library(sysroot)


def _sysroot_library(sysroot: Path) -> Path | None:
    library = sysroot / "lib/rustlib/src/rust/library"
    return library if (library / "core/src/lib.rs").is_file() else None

"""What `cuq doctor` shows: each tool that cuq uses, whether it is there, and the command that fixes it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cuq.base.errors import ToolchainError
from cuq.base.records import dataclass
from cuq.toolchain.cache import WRITABLE_HELP, cache_dir
from cuq.toolchain.cargo import INSTALL_HELP as CARGO_HELP
from cuq.toolchain.cargo import find_cargo
from cuq.toolchain.core import core_is_ready
from cuq.toolchain.discover import INSTALL_HELP, find_rustc
from cuq.toolchain.flags import TARGET, TESTED_RELEASE
from cuq.toolchain.process import run

_TIMEOUT = 60.0
_COQ_HELP = "apt-get install coq"
_Z3_HELP = "pip install --force-reinstall z3-solver"


@dataclass(frozen=True, slots=True)
class Probe:
    """One line. fix: the command that makes it ok, None when it is. needed: without it checks cannot run."""

    name: str
    ok: bool
    detail: str
    fix: str | None = None
    needed: bool = True


def probes(rustc: Path | None = None) -> Iterator[Probe]:
    """The state of each tool, as it is found out; builds and installs nothing."""
    yield Probe("python", True, ".".join(map(str, sys.version_info[:3])))
    yield from _rustc(rustc)
    yield _cargo(rustc)
    yield _z3()
    yield _coqc()
    yield _cache()


def _rustc(explicit: Path | None) -> Iterator[Probe]:
    try:
        rustc = find_rustc(explicit)
    except ToolchainError as error:
        yield Probe("rustc", False, error.message, error.help)
        yield Probe(f"core for {TARGET}", False, "needs a rustc", INSTALL_HELP)
        return
    tested = ".".join(map(str, TESTED_RELEASE))
    note = "" if rustc.release.startswith(f"{tested}.") else f" (tested with {tested})"
    yield Probe("rustc", True, f"{rustc.release}{note} at {rustc.path}")
    if rustc.library is None:
        detail = "comes with the toolchain"
    elif core_is_ready(rustc):
        detail = "built"
    else:
        detail = f"will be built from {rustc.library} by the first check, in half a minute"
    yield Probe(f"core for {TARGET}", True, detail)


def _cargo(explicit: Path | None) -> Probe:
    try:
        return Probe("cargo", True, f"{find_cargo(find_rustc(explicit))}", needed=False)
    except ToolchainError as error:
        return Probe("cargo", False, f"{error.message} (needed to check crates)", CARGO_HELP, needed=False)


def _z3() -> Probe:
    try:
        import z3  # half of the start-up time of everything else

        x = z3.BitVec("x", 8)
        solver = z3.Solver()
        solver.add(x * x == 4, x > 2)
        works = solver.check() == z3.sat
        detail = f"{version('z3-solver')}{'' if works else ', but it does not solve x·x = 4'}"
    except (ImportError, OSError, PackageNotFoundError) as error:
        return Probe("z3", False, str(error), _Z3_HELP)
    return Probe("z3", works, detail, None if works else _Z3_HELP)


def _coqc() -> Probe:
    path = shutil.which("coqc")
    if path is None:
        return Probe("coqc", False, "not found; only `cuq prove` needs it", _COQ_HELP, needed=False)
    try:
        output = run([path, "--print-version"], timeout=_TIMEOUT)
    except ToolchainError as error:
        return Probe("coqc", False, error.message, _COQ_HELP, needed=False)
    if output.code != 0:
        return Probe("coqc", False, output.stderr.strip(), _COQ_HELP, needed=False)
    return Probe("coqc", True, f"{output.stdout.decode().split()[0]} at {path}", needed=False)


def _cache() -> Probe:
    folder = cache_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Probe("cache", False, f"cannot write {folder}: {error.strerror}", WRITABLE_HELP)
    return Probe("cache", True, str(folder))

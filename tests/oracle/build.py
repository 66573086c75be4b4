"""Kernels as programs of the host: rustc's object code with ThreadSanitizer's calls, and the driver."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import which

from cuq.base.errors import ToolchainError
from cuq.ir.module import Kernel
from cuq.toolchain import find_rustc
from cuq.toolchain.cache import cached_dir, key
from cuq.toolchain.discover import Rustc
from cuq.toolchain.process import run
from tests.fixtures.table import Fixture
from tests.oracle.source import NotOnHost, call, host_source

DRIVER = Path(__file__).with_name("host.c")
_TIMEOUT = 120.0

_PROBE = """\
#![no_std]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
"""

FLAGS = (
    "--crate-type=staticlib",
    "--emit=obj",
    "--edition=2021",
    "--cap-lints=allow",
    "-Zsanitizer=thread",
    # The calls are answered by the driver: no runtime of LLVM is linked, and core need not be instrumented.
    "-Zexternal-clangrt",
    "-Cunsafe-allow-abi-mismatch=sanitizer",
    "-Cpanic=abort",
    "-Zcrate-attr=feature(panic_can_unwind)",
    # Every access of the source stays, where it is: nothing is merged, moved, or dropped.
    "-Copt-level=0",
    "-Zmir-opt-level=0",
    "-Ccodegen-units=1",
    "-Cdebuginfo=1",
    # As the dumps are made.
    "-Coverflow-checks=off",
    "-Cdebug-assertions=off",
)


@dataclass(frozen=True, slots=True)
class Program:
    """A kernel that the host can run."""

    kernel: Kernel
    path: Path
    source: str


def missing() -> str | None:
    """Why nothing can be built here, if so."""
    for tool in ("cc", "addr2line"):
        if which(tool) is None:
            return f"`{tool}` is not installed"
    try:
        rustc = _rustc()
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "probe.rs"
            source.write_text(host_source(_PROBE))
            _compile(rustc, [*FLAGS, "-o", f"{folder}/probe.o", str(source)])
    except ToolchainError as error:
        return error.message
    except NotOnHost as error:
        return f"rustc cannot instrument code for the host: {error}"
    return None


def build(fixture: Fixture, kernel: Kernel, folder: Path, checks: bool = False) -> Program:
    """The program of a fixture, in `folder`. `checks`: with rustc's checks of undefined behaviour.

    Raises NotOnHost when there can be none.
    """
    return build_text(fixture.source.read_text(), kernel, folder, checks)


def build_text(text: str, kernel: Kernel, folder: Path, checks: bool = False) -> Program:
    """The same for any source text."""
    folder.mkdir(parents=True, exist_ok=True)
    source, glue = folder / f"{kernel.name}.rs", folder / "call.c"
    source.write_text(host_source(text))
    glue.write_text(call(kernel))
    compiled, path = folder / f"{kernel.name}.o", folder / kernel.name
    ub = f"-Zub-checks={'yes' if checks else 'no'}"
    _compile(_rustc(), [*FLAGS, ub, "-o", str(compiled), str(source)])
    _run(
        [
            "cc", "-O1", "-g0", "-no-pie", "-o", str(path), str(compiled), str(glue), str(_driver()),
            *map(str, _libraries(_rustc())),
        ]
    )  # fmt: skip
    return Program(kernel, path, source.name)


@cache
def _rustc() -> Rustc:
    return find_rustc()


def _libraries(rustc: Rustc) -> list[Path]:
    """core for the host, and what it calls."""
    found = run([str(rustc.path), "--print=target-libdir"], timeout=_TIMEOUT)
    folder = Path(found.stdout.decode().strip())
    libraries = [next(iter(folder.glob(f"lib{name}-*.rlib")), None) for name in ("core", "compiler_builtins")]
    if None in libraries:
        raise NotOnHost("core for the host is not installed")
    return [library for library in libraries if library is not None]


def _driver() -> Path:
    """The driver's object code, compiled once."""

    def make(folder: Path) -> None:
        _run(["cc", "-O2", "-w", "-c", str(DRIVER), "-o", str(folder / "host.o")])

    return cached_dir(f"oracle-{key(DRIVER.read_text())}", make) / "host.o"


def _compile(rustc: Rustc, flags: list[str]) -> None:
    output = run([str(rustc.path), *flags], timeout=_TIMEOUT)
    if output.code:
        raise NotOnHost(_first_error(output.stderr))


def _first_error(text: str) -> str:
    return next(
        (line for line in text.splitlines() if line.startswith("error")), text.strip() or "rustc failed"
    )


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    if done.returncode:
        raise NotOnHost(f"{command[0]}: {done.stderr.strip().splitlines()[-1]}")

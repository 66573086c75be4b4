"""Stand-ins for the crates `cuda_std` and `cuda_device`, for source files that have no Cargo project.

They have the paths and signatures of those crates, and bodies of cuq's own: a function either is arithmetic
over special registers, or is known to the dialect table of its crate and has no body to speak of. They are
built once for each compiler, like core: the attribute macros for the host, the crates for nvptx64.
"""

from __future__ import annotations

import re
from pathlib import Path

from cuq.base.errors import ToolchainError
from cuq.toolchain import cache
from cuq.toolchain.discover import Rustc
from cuq.toolchain.flags import SHIM_FLAGS, SHIM_USER_FLAGS
from cuq.toolchain.process import run

SOURCES = Path(__file__).parent

CRATES = ("cuda_std", "cuda_device")

SHIM_PREFIX = "/cuq/shims"
"""How paths of shim sources appear in dumps."""

_MACROS = "cuq_macros"
_TIMEOUT = 300.0
_USES = re.compile(r"\b(?:extern\s+crate\s+|use\s+(?:::)?|(?:::)?(?=cuda_\w+::))(cuda_std|cuda_device)\b")


def crates_of(source: str) -> tuple[str, ...]:
    """The crates that a source file names and that cuq has a stand-in for."""
    named = {match[1] for match in _USES.finditer(source)}
    return tuple(crate for crate in CRATES if crate in named)


def shim_flags(rustc: Rustc, core: tuple[str, ...], crates: tuple[str, ...]) -> tuple[str, ...]:
    """The flags with which a source can use the stand-ins; builds them (a few seconds) when they are not cached.

    Raises ToolchainError when the build fails.
    """
    if not crates:
        return ()
    folder = shims(rustc, core)
    externs = [f"--extern={crate}={folder / f'lib{crate}.rmeta'}" for crate in crates]
    return (*SHIM_USER_FLAGS, *externs, "-L", str(folder))


def shims(rustc: Rustc, core: tuple[str, ...]) -> Path:
    """The folder of the built stand-ins."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SOURCES.rglob("*.rs"))]
    name = f"shims-{cache.key(rustc.version, *core, *SHIM_FLAGS, *texts)}"

    def make(folder: Path) -> None:
        _build(rustc, core, folder)

    return cache.cached_dir(name, make)


def _build(rustc: Rustc, core: tuple[str, ...], folder: Path) -> None:
    out = ("--edition=2021", "--cap-lints=allow", "--out-dir", str(folder))
    macros = ("--crate-type=proc-macro", f"--crate-name={_MACROS}", *out, str(SOURCES / _MACROS / "lib.rs"))
    _run(rustc, macros, "the attribute macros, which needs core for the host and a linker")
    (library,) = (path for path in folder.iterdir() if path.suffix in (".so", ".dylib", ".dll"))
    for crate in CRATES:
        flags = (
            f"--crate-name={crate}",
            *SHIM_FLAGS,
            *out,
            f"--remap-path-prefix={SOURCES}={SHIM_PREFIX}",
            f"--extern={_MACROS}={library}",
            *core,
            str(SOURCES / crate / "lib.rs"),
        )
        _run(rustc, flags, crate)


def _run(rustc: Rustc, flags: tuple[str, ...], what: str) -> None:
    output = run([str(rustc.path), *flags], timeout=_TIMEOUT)
    if output.code != 0:
        raise ToolchainError(
            f"{rustc.path} cannot build cuq's stand-in for {what}\n\n{output.stderr.strip()}",
            help="check the Cargo project instead of the file, or give a compiler with --rustc",
        )

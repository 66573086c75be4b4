"""`core` for nvptx64, built once for each compiler and kept in the user's cache."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path

from cuq.base.errors import ToolchainError
from cuq.toolchain import cache
from cuq.toolchain.discover import INSTALL_HELP, Rustc
from cuq.toolchain.flags import CORE_FLAGS, LIBRARY_PREFIX, TARGET
from cuq.toolchain.process import run

_TIMEOUT = 900.0

_COMPILER_BUILTINS = "#![no_std]\n#![feature(compiler_builtins)]\n#![compiler_builtins]\n"
"""Every crate depends on this one; nothing of it is needed for a library."""


class CoreKind(Enum):
    """What core is built for: the value is rustc's `--emit`."""

    MIR = "metadata"
    PTX = "metadata,link"


def core_name(rustc: Rustc, kind: CoreKind) -> str:
    """The cache entry of this compiler's core."""
    return f"core-{cache.key(rustc.version, str(rustc.library), kind.value, *CORE_FLAGS)}"


def core_flags(
    rustc: Rustc, kind: CoreKind = CoreKind.MIR, *, on_build: Callable[[], None] = lambda: None
) -> tuple[str, ...]:
    """The flags that let `rustc` find core; builds it (15 to 30 s) when neither sysroot nor cache has it.

    `on_build` is called before a build starts. Raises ToolchainError when the build fails.
    """
    library = rustc.library
    if library is None:
        return ()

    def make(folder: Path) -> None:
        on_build()
        _build(rustc, library, folder, kind)

    return ("-L", str(cache.cached_dir(core_name(rustc, kind), make)))


def core_is_ready(rustc: Rustc, kind: CoreKind = CoreKind.MIR) -> bool:
    """Whether `core_flags` would return at once."""
    return rustc.library is None or (cache.cache_dir() / core_name(rustc, kind)).is_dir()


def _build(rustc: Rustc, library: Path, folder: Path, kind: CoreKind) -> None:
    builtins = folder / "compiler_builtins.rs"
    builtins.write_text(_COMPILER_BUILTINS)
    common = (f"--emit={kind.value}", "--out-dir", str(folder))
    core = (*CORE_FLAGS, f"--remap-path-prefix={library}={LIBRARY_PREFIX}", str(library / "core/src/lib.rs"))
    empty = ("--crate-name=compiler_builtins", "--crate-type=rlib", "--target", TARGET, "--cap-lints=allow")
    for flags in ((*core, *common), (*empty, str(builtins), "-L", str(folder), *common)):
        output = run([str(rustc.path), *flags], timeout=_TIMEOUT)
        if output.code != 0:
            raise ToolchainError(
                f"{rustc.path} cannot build core for {TARGET} from {library}\n\n{output.stderr.strip()}",
                help=INSTALL_HELP,
            )

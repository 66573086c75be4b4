"""`core` (and `alloc`) for nvptx64, built once for each compiler and kept in the user's cache."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path

from cuq.base.errors import ToolchainError
from cuq.toolchain import cache
from cuq.toolchain.discover import INSTALL_HELP, Rustc
from cuq.toolchain.flags import ALLOC_FLAGS, CORE_FLAGS, LIBRARY_PREFIX, TARGET
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


def alloc_flags(rustc: Rustc, core: tuple[str, ...]) -> tuple[str, ...]:
    """The flags that let `rustc` find `alloc`, which crates may use; builds it (5 s) when the cache has none.

    core: what `core_flags` returned. Raises ToolchainError when the build fails.
    """
    library = rustc.library
    if library is None:
        return ()

    def make(folder: Path) -> None:
        _compile(rustc, (*ALLOC_FLAGS, *core), library, "alloc", folder, CoreKind.MIR)

    name = f"alloc-{cache.key(rustc.version, str(library), *CORE_FLAGS, *ALLOC_FLAGS)}"
    return ("-L", str(cache.cached_dir(name, make)))


def _build(rustc: Rustc, library: Path, folder: Path, kind: CoreKind) -> None:
    _compile(rustc, CORE_FLAGS, library, "core", folder, kind)
    builtins = folder / "compiler_builtins.rs"
    builtins.write_text(_COMPILER_BUILTINS)
    empty = ("--crate-name=compiler_builtins", "--crate-type=rlib", "--target", TARGET, "--cap-lints=allow")
    _run(rustc, (*empty, str(builtins), "-L", str(folder)), library, folder, kind)


def _compile(
    rustc: Rustc, flags: tuple[str, ...], library: Path, crate: str, folder: Path, kind: CoreKind
) -> None:
    """Compile one crate of the standard library's sources."""
    paths = (f"--remap-path-prefix={library}={LIBRARY_PREFIX}", str(library / crate / "src/lib.rs"))
    _run(rustc, (*flags, *paths), library, folder, kind)


def _run(rustc: Rustc, flags: tuple[str, ...], library: Path, folder: Path, kind: CoreKind) -> None:
    common = (f"--emit={kind.value}", "--out-dir", str(folder))
    output = run([str(rustc.path), *flags, *common], timeout=_TIMEOUT)
    if output.code != 0:
        raise ToolchainError(
            f"{rustc.path} cannot build core for {TARGET} from {library}\n\n{output.stderr.strip()}",
            help=INSTALL_HELP,
        )

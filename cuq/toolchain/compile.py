"""From a Rust source file to MIR text with the facts of HIR, or to PTX."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cuq.base.errors import InputError
from cuq.base.records import dataclass
from cuq.toolchain.core import CoreKind, core_flags
from cuq.toolchain.discover import Rustc, find_rustc
from cuq.toolchain.flags import HIR_FLAGS, LIBRARY_PREFIX, MIR_FLAGS, PTX_FLAGS, input_flags
from cuq.toolchain.hir import parse_hir
from cuq.toolchain.hir_facts import HirFacts
from cuq.toolchain.inquiry import Inquiry
from cuq.toolchain.process import check, run, run_all
from cuq.toolchain.shims import crates_of, shim_flags

_FALLBACK_CRATE_NAME = "kernels"


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """How to compile. The defaults are those of a release build.

    rustc: None means the first that fits. timeout: seconds for the runs on the user's source.
    on_core_build: called when core has to be built first, which takes half a minute.
    """

    rustc: Path | None = None
    edition: str = "2021"
    overflow_checks: bool = False
    timeout: float = 300.0
    on_core_build: Callable[[], None] = lambda: None


_DEFAULTS = CompileOptions()


@dataclass(frozen=True, slots=True)
class Compilation:
    """What rustc says of one source file: texts as printed, and what `hir_text` adds to `mir` as facts.

    inquiry: how to ask for more.
    core_ms: covers finding the compiler and core.
    """

    source: Path
    mir: str
    hir_text: str
    hir: HirFacts
    rustc: Rustc
    inquiry: Inquiry
    core_ms: float
    rustc_ms: float


def compile_mir(source: Path, options: CompileOptions = _DEFAULTS) -> Compilation:
    """The MIR text of `source` and the facts that only HIR has; two compiler runs, side by side.

    Paths in the text: of the source as given, of the library below `/rustc/library`.

    Raises InputError (RustcError) when the source is refused, ToolchainError when no compiler fits.
    """
    crates = crates_of(_text(source))
    start = time.perf_counter()
    rustc = find_rustc(options.rustc)
    core = core_flags(rustc, on_build=options.on_core_build)
    core = (*core, *shim_flags(rustc, core, crates))
    ready = time.perf_counter()
    command = _command(rustc, source, options, core)
    mir, hir = run_all([(*command, *MIR_FLAGS), (*command, *HIR_FLAGS)], timeout=options.timeout)
    check(mir, source)
    check(hir, source)
    done = time.perf_counter()
    hir_text = hir.stdout.decode()
    return Compilation(
        source,
        with_stable_library_paths(mir.stdout.decode(), rustc),
        hir_text,
        parse_hir(hir_text),
        rustc,
        Inquiry(source, _asking(rustc, source, options, core), {}),
        core_ms=(ready - start) * 1e3,
        rustc_ms=(done - ready) * 1e3,
    )


def compile_ptx(source: Path, options: CompileOptions = _DEFAULTS) -> str:
    """The PTX text that the compiler makes of `source`. Raises as `compile_mir` does."""
    _text(source)
    rustc = find_rustc(options.rustc)
    core = core_flags(rustc, CoreKind.PTX, on_build=options.on_core_build)
    with tempfile.TemporaryDirectory(prefix="cuq-") as folder:
        result = Path(folder) / "kernels.ptx"
        command = _command(rustc, source, options, core)
        check(run((*command, *PTX_FLAGS, f"--emit=asm={result}"), timeout=options.timeout), source)
        return result.read_text()


def _command(rustc: Rustc, source: Path, options: CompileOptions, core: tuple[str, ...]) -> tuple[str, ...]:
    flags = input_flags(edition=options.edition, overflow_checks=options.overflow_checks)
    return (str(rustc.path), str(source), *_crate_name(source), *core, *flags)


def _asking(rustc: Rustc, source: Path, options: CompileOptions, core: tuple[str, ...]) -> tuple[str, ...]:
    """The command as for MIR, without the file."""
    program, _, *rest = _command(rustc, source, options, core)
    named = () if _crate_name(source) else (f"--crate-name={source.stem.replace('-', '_')}",)
    return (program, *named, *rest, "--crate-type=lib")


def _text(source: Path) -> str:
    """Raises before any work when the file cannot be read: rustc's own message would name a crate."""
    try:
        return source.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"cannot read {source}: {error.strerror}") from error


def _crate_name(source: Path) -> tuple[str, ...]:
    """rustc takes the crate's name from the file's, which need not be an identifier."""
    name = source.stem.replace("-", "_")
    usable = name.isascii() and name.isidentifier() and name not in {"core", "alloc", "std", "test"}
    return () if usable else (f"--crate-name={_FALLBACK_CRATE_NAME}",)


def with_stable_library_paths(mir: str, rustc: Rustc) -> str:
    """Library paths without the place or the commit; core that cuq built has them so already."""
    if rustc.library is not None:
        return mir
    mir = mir.replace(f"{rustc.sysroot}/lib/rustlib/src/rust/library/", f"{LIBRARY_PREFIX}/")
    return re.sub(r"/rustc/[0-9a-f]{40}/library/", f"{LIBRARY_PREFIX}/", mir)

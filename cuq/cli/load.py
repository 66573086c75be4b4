"""From MIR to the IR of the kernels in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cuq.base.errors import CuqError, Unsupported
from cuq.base.span import Span
from cuq.checks.result import Obstacle, RunError
from cuq.cli.compile import Compiled, read_text
from cuq.cli.crash import failure
from cuq.cli.loaded import LoadedFile, LoadedKernel
from cuq.cli.stopwatch import Stopwatch
from cuq.ir.lower import EntryFacts, kernel_names, lower_kernel
from cuq.ir.module import Kernel
from cuq.mir.file import MirFile
from cuq.toolchain import HirFacts, parse_hir

Failed = Callable[[RunError], None]


def load_source(path: Path, compiled: Compiled, watch: Stopwatch, failed: Failed) -> LoadedFile:
    """The kernels of a compiled source file. Of those that have to be left out, `failed` hears."""
    compilation = compiled.compilation
    watch.add([("rustc", compilation.core_ms + compilation.rustc_ms)])
    kernels: tuple[LoadedKernel, ...] = ()
    if compilation.hir.kernels:  # a source without functions has no MIR at all
        with watch.stage("parse"):
            mir = MirFile(compilation.mir, str(path))
        kernels = _lowered(mir, facts(compilation.hir, mir), watch, failed)
    return LoadedFile(path, kernels, compiled.contracts, compilation.rustc.release)


def load_dump(path: Path, watch: Stopwatch, failed: Failed) -> LoadedFile:
    """The kernels of a MIR dump.

    What its text does not say is taken from a `.hir` file beside it, if there is one: rustc's output under
    `-Zunpretty=hir`. Raises InputError when one of them cannot be read.
    """
    with watch.stage("parse"):
        mir = MirFile.read(path)
    beside = path.with_suffix(".hir")
    known = facts(parse_hir(read_text(beside)), mir) if beside.is_file() else EntryFacts()
    return LoadedFile(path, _lowered(mir, known, watch, failed), ())


def facts(hir: HirFacts, mir: MirFile) -> EntryFacts:
    """What HIR says of the bodies of a dump. A generic kernel has no body of its own to check."""
    names = mir.names("fn")
    paths = tuple(name for decl in hir.kernels if not decl.generic for name in names if decl.heads(name))
    return EntryFacts(kernels=paths, is_shared=hir.is_shared)


def _lowered(mir: MirFile, known: EntryFacts, watch: Stopwatch, failed: Failed) -> tuple[LoadedKernel, ...]:
    with watch.stage("lower"):
        return tuple(_kernels(mir, known, failed))


def _kernels(mir: MirFile, known: EntryFacts, failed: Failed) -> Iterator[LoadedKernel]:
    for path in kernel_names(mir, known):
        kernel: Kernel | Obstacle
        try:
            kernel = lower_kernel(mir, path, known)
        except Unsupported as error:
            kernel = Obstacle(error.message, error.span, error.help)
        except CuqError as error:
            failed(RunError(error.message, error.exit_code, error.span, error.help))
            continue
        except Exception as error:  # noqa: BLE001  the other kernels go on
            failed(failure(path, error))
            continue
        name = path.rpartition("::")[2]
        names = tuple(dict.fromkeys((name, path)))
        yield LoadedKernel(names, kernel.span or Span.at(mir.path, 1), kernel, mir)

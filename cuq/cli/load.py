"""From MIR to the IR of the kernels in it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from cuq.base.errors import CuqError, Unsupported, UsageError
from cuq.base.span import Span
from cuq.checks.result import Obstacle, RunError
from cuq.cli.compile import Compiled, read_text
from cuq.cli.crash import failure
from cuq.cli.inputs import config_file
from cuq.cli.loaded import LoadedFile, LoadedKernel
from cuq.cli.stopwatch import Stopwatch
from cuq.ir.dialects import BUILTIN, Dialects
from cuq.ir.dialects.table import make_table
from cuq.ir.lower import EntryFacts, declared_enums, declared_structs, kernel_names, lower_kernel
from cuq.ir.module import Kernel, ObjectKind
from cuq.mir.file import MirFile
from cuq.toolchain import HirFacts, parse_hir

Failed = Callable[[RunError], None]


def own_dialects(source: Path) -> Dialects:
    """What the `cuq.toml` that speaks of a source says of device APIs. Raises UsageError for a bad table."""
    path = config_file(source)
    text = "" if path is None else read_text(path)
    if path is None or "dialect" not in text:
        return BUILTIN
    try:
        section = tomllib.loads(text).get("dialect", {})
    except tomllib.TOMLDecodeError as error:
        raise UsageError(str(error), span=Span.at(str(path), 1)) from error
    if not isinstance(section, dict):
        raise UsageError("`dialect` must be a table", span=Span.at(str(path), 1))
    return Dialects((make_table(path.name, section, text, str(path)),))


def load_source(path: Path, compiled: Compiled, watch: Stopwatch, failed: Failed) -> LoadedFile:
    """The kernels of a compiled source file. Of those that have to be left out, `failed` hears."""
    compilation = compiled.compilation
    watch.add([("rustc", compilation.core_ms + compilation.rustc_ms)])
    kernels: tuple[LoadedKernel, ...] = ()
    if compilation.hir.kernels:  # a source without functions has no MIR at all
        with watch.stage("parse"):
            mir = MirFile(compilation.mir, str(path))
        own = own_dialects(path)
        kernels = _declared(compilation.hir, mir, watch, failed, own, compiled.overflow_checks)
    return LoadedFile(path, kernels, compiled.contracts, compilation.rustc.release)


def load_dump(path: Path, watch: Stopwatch, failed: Failed) -> LoadedFile:
    """The kernels of a MIR dump.

    What its text does not say is taken from a `.hir` file beside it, if there is one: rustc's output under
    `-Zunpretty=hir`. Raises InputError when one of them cannot be read.
    """
    with watch.stage("parse"):
        mir = MirFile.read(path)
    beside = path.with_suffix(".hir")
    if beside.is_file():
        declared = _declared(parse_hir(read_text(beside)), mir, watch, failed, own_dialects(path))
        return LoadedFile(path, declared, ())
    with watch.stage("lower"):
        known = EntryFacts(dialects=own_dialects(path))
        kernels = tuple(map(_with_warning, _kernels(mir, known, failed)))
    return LoadedFile(path, kernels, ())


def _declared(
    hir: HirFacts,
    mir: MirFile,
    watch: Stopwatch,
    failed: Failed,
    own: Dialects,
    overflow_checks: bool = False,
) -> tuple[LoadedKernel, ...]:
    """The kernels that HIR declares. One whose body cannot be told is there, too, with the reason."""
    names = mir.names("fn")
    bodies = {decl.path: [name for name in names if decl.heads(name)] for decl in hir.kernels}
    clear = [bodies[decl.path][0] for decl in hir.kernels if not decl.generic and len(bodies[decl.path]) == 1]
    with watch.stage("lower"):
        structs, enums = declared_structs(hir), declared_enums(hir)
        known = EntryFacts(tuple(clear), hir.is_shared, structs, enums, overflow_checks, own)
        found = list(_kernels(mir, known, failed))
    for decl in hir.kernels:
        if decl.generic or len(bodies[decl.path]) != 1:
            what = (
                "a generic kernel"
                if decl.generic
                else f"a kernel with {len(bodies[decl.path])} bodies in MIR"
            )
            help = "call its body from a kernel without parameters of its own" if decl.generic else None
            span = Span.at(mir.path, 1)
            reason = Unsupported(f"{what} (`{decl.path}`)").message
            found.append(LoadedKernel((decl.name, decl.path), span, Obstacle(reason, span, help), mir))
    return tuple(found)


def _with_warning(kernel: LoadedKernel) -> LoadedKernel:
    """Without HIR no static is known to be shared memory."""
    if isinstance(kernel.kernel, Obstacle):
        return kernel
    objects = kernel.kernel.objects
    statics = [obj.name for obj in objects if obj.kind is ObjectKind.STATIC and not obj.readonly]
    text = f"taken to be in global memory, as no .hir file stands beside the dump: {', '.join(statics)}"
    return replace(kernel, warnings=(*kernel.warnings, text)) if statics else kernel


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
        trusted = kernel.trusted if isinstance(kernel, Kernel) else ()
        warnings = (f"taken as given: {', '.join(trusted)}",) if trusted else ()
        yield LoadedKernel(names, kernel.span or Span.at(mir.path, 1), kernel, mir, warnings)

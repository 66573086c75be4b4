"""From MIR to the IR of the kernels in it."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from cuq.base.errors import Unsupported, UsageError
from cuq.base.kernel_name import kernel_name, kernel_path
from cuq.base.span import Span
from cuq.checks.result import Obstacle
from cuq.cli.asking import Failed, add_bodies, lower_all, no_answers
from cuq.cli.compile import Compiled, read_text
from cuq.cli.functions import function_names, with_functions
from cuq.cli.inputs import config_file
from cuq.cli.loaded import LoadedFile, LoadedKernel
from cuq.cli.stopwatch import Stopwatch
from cuq.ir.dialects import BUILTIN, Dialects
from cuq.ir.dialects.table import make_table
from cuq.ir.lower import (
    EntryFacts,
    declared_enums,
    declared_fields,
    declared_payloads,
    declared_structs,
)
from cuq.ir.lower.oracle import Oracle
from cuq.ir.module import Kernel, ObjectKind
from cuq.mir.file import MirFile
from cuq.toolchain import HirFacts, parse_hir
from cuq.toolchain.answers import Answers, Question, parse_answers
from cuq.toolchain.ask import ask
from cuq.toolchain.flags import KNOWN_RELEASES

_ASK_TIMEOUT = 300.0
_NO_ANSWERS = Answers()


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


def load_source(
    path: Path, compiled: Compiled, watch: Stopwatch, failed: Failed, functions: Collection[str] = ()
) -> LoadedFile:
    """The kernels of a compiled source file. Of those that have to be left out, `failed` hears.

    functions: names of further functions that are entered as kernels are. Raises UsageError for a generic one.
    """
    compilation = compiled.compilation
    watch.add([("rustc", compilation.core_ms + compilation.rustc_ms)])
    kernels: tuple[LoadedKernel, ...] = ()
    answers = Answers()
    names: tuple[str, ...] = ()
    hir = compilation.hir
    if hir.kernels or (functions and compilation.mir.strip()):  # without functions there is no MIR
        with watch.stage("parse"):
            mir = MirFile(compilation.mir, str(path))
        known = _facts(hir, mir, own_dialects(path), compiled.overflow_checks)
        known = with_functions(known, mir, hir, functions)
        names = function_names(mir) if functions else ()

        def asked(questions: frozenset[Question]) -> Answers:
            with watch.stage("rustc"):
                return ask(compilation.inquiry, questions, _ASK_TIMEOUT)

        lowered, answers = lower_all(mir, known, asked, watch, failed)
        kernels = (*_kernels(mir, lowered), *_without_body(hir, mir))
    release = compilation.rustc.release
    if not compilation.rustc.is_known:
        text = (
            f"the MIR of rustc {release} was not known when this cuq was made; it knows {_known_releases()}"
        )
        kernels = tuple(replace(kernel, warnings=(*kernel.warnings, text)) for kernel in kernels)
    return LoadedFile(
        path,
        kernels,
        compiled.contracts,
        release,
        answers,
        compiled.launches,
        compiled.relations,
        names,
        compiled.unit,
    )


def _known_releases() -> str:
    return ", ".join(".".join(map(str, numbers)) for numbers in KNOWN_RELEASES)


def load_dump(path: Path, watch: Stopwatch, failed: Failed, functions: Collection[str] = ()) -> LoadedFile:
    """The kernels of a MIR dump, and functions as `load_source` takes them.

    What its text does not say is taken from a `.hir` file beside it, if there is one: rustc's output under
    `-Zunpretty=hir`; and from a `.facts` file, what rustc was asked besides. Raises InputError when one of them
    cannot be read.
    """
    with watch.stage("parse"):
        mir = MirFile.read(path)
    names = function_names(mir) if functions else ()
    beside = path.with_suffix(".hir")
    if beside.is_file():
        hir = parse_hir(read_text(beside))
        facts = path.with_suffix(".facts")
        answers = parse_answers(read_text(facts)) if facts.is_file() else Answers()
        add_bodies(mir, answers)
        known = _facts(hir, mir, own_dialects(path), answers=answers)
        known = with_functions(known, mir, hir, functions)
        lowered, _ = lower_all(mir, known, no_answers, watch, failed)
        kernels = (*_kernels(mir, lowered), *_without_body(hir, mir))
        return LoadedFile(path, kernels, (), functions=names)
    known = with_functions(EntryFacts(dialects=own_dialects(path)), mir, HirFacts(), functions)
    lowered, _ = lower_all(mir, known, no_answers, watch, failed)
    return LoadedFile(path, tuple(map(_with_warning, _kernels(mir, lowered))), (), functions=names)


def _facts(
    hir: HirFacts, mir: MirFile, own: Dialects, overflow_checks: bool = False, answers: Answers = _NO_ANSWERS
) -> EntryFacts:
    bodies = _bodies(hir, mir)
    clear = [bodies[decl.path][0] for decl in hir.kernels if not decl.generic and len(bodies[decl.path]) == 1]
    return EntryFacts(
        tuple(clear),
        hir.is_shared,
        declared_structs(hir),
        declared_enums(hir),
        declared_payloads(hir),
        hir.unions,
        hir.generics,
        overflow_checks,
        own,
        Oracle(answers, hir.ambiguous),
        declared_fields(hir),
        hir.methods,
        hir.traits,
        hir.modules,
        hir.crates,
    )


def _bodies(hir: HirFacts, mir: MirFile) -> dict[str, list[str]]:
    """For each kernel that HIR declares, the headings of the bodies that may be its."""
    names = mir.names("fn")
    return {decl.path: [name for name in names if decl.heads(name)] for decl in hir.kernels}


def _without_body(hir: HirFacts, mir: MirFile) -> Iterator[LoadedKernel]:
    """The kernels that HIR declares and whose body cannot be told, with the reason."""
    bodies = _bodies(hir, mir)
    for decl in hir.kernels:
        if decl.generic or len(bodies[decl.path]) != 1:
            what = (
                "a generic kernel"
                if decl.generic
                else f"a kernel with {len(bodies[decl.path])} bodies in MIR"
            )
            help = "call its body from a kernel without parameters of its own" if decl.generic else None
            span = Span.at(mir.path, 1)
            reason = Unsupported(f"{what} (`{kernel_path(decl.path)}`)").message
            names = tuple(dict.fromkeys((decl.name, kernel_path(decl.path), decl.path)))
            yield LoadedKernel(names, span, Obstacle(reason, span, help), mir)


def _with_warning(kernel: LoadedKernel) -> LoadedKernel:
    """Without HIR no static is known to be shared memory."""
    if isinstance(kernel.kernel, Obstacle):
        return kernel
    objects = kernel.kernel.objects
    statics = [obj.name for obj in objects if obj.kind is ObjectKind.STATIC and not obj.readonly]
    text = f"taken to be in global memory, as no .hir file stands beside the dump: {', '.join(statics)}"
    return replace(kernel, warnings=(*kernel.warnings, text)) if statics else kernel


def _kernels(mir: MirFile, kernels: Mapping[str, Kernel | Obstacle]) -> Iterator[LoadedKernel]:
    for path, kernel in kernels.items():
        names = tuple(dict.fromkeys((kernel_name(path), kernel_path(path), path)))
        trusted = kernel.trusted if isinstance(kernel, Kernel) else ()
        warnings = (f"taken as given: {', '.join(trusted)}",) if trusted else ()
        yield LoadedKernel(names, kernel.span or Span.at(mir.path, 1), kernel, mir, warnings)

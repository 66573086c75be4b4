"""From a crate to MIR text with the facts of HIR: rustc is called as cargo calls it, for another output."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from cuq.base.files import write_atomic
from cuq.toolchain import cache
from cuq.toolchain.cargo import Unit, build
from cuq.toolchain.cargo_options import CargoOptions
from cuq.toolchain.compile import Compilation, CompileOptions, with_stable_library_paths
from cuq.toolchain.crate_names import LIBRARIES
from cuq.toolchain.discover import Rustc, find_rustc
from cuq.toolchain.flags import CRATE_FLAGS, HIR_FLAGS, MIR_FLAGS
from cuq.toolchain.hir import parse_hir
from cuq.toolchain.hir_facts import HirFacts
from cuq.toolchain.inquiry import Inquiry
from cuq.toolchain.instances import Instance, instances
from cuq.toolchain.process import check, run_all
from cuq.toolchain.promoteds import with_promoteds
from cuq.toolchain.run_with import mir_with
from cuq.toolchain.texts import dependency_mir, stored

_DROPPED_WITH_VALUE = frozenset({"--crate-type", "--out-dir", "--emit"})
_DROPPED = ("--emit=", "--crate-type=", "--error-format=", "--json=", "--out-dir=")
_DROPPED_CODEGEN = (
    "incremental",
    "metadata",
    "extra-filename",
    "debug-assertions",
    "overflow-checks",
    "opt-level",
)


def compile_crates(
    manifest: Path, cargo: CargoOptions, options: CompileOptions
) -> Iterator[tuple[Compilation, Unit, bool]]:
    """The selected crates of a package or workspace; with each, whether it is built with overflow checks.

    Raises InputError with cargo's or rustc's messages, after the crates that compile; ToolchainError when a tool is
    missing.
    """
    start = time.perf_counter()
    rustc = find_rustc(options.rustc)
    built = build(manifest.absolute(), rustc, cargo, options.timeout, on_core_build=options.on_core_build)
    dependencies = {name: _inquiry(unit, rustc, _flags(unit)) for name, unit in built.dependencies.items()}
    for unit in built.units:
        source, flags = _shown(unit.source), _flags(unit)
        command = (str(rustc.path), str(source), *flags)
        ready = time.perf_counter()
        mir, hir = _texts(
            unit, source, (*command, *MIR_FLAGS), (*command, *HIR_FLAGS), rustc.version, options
        )
        facts = replace(parse_hir(hir), crates=LIBRARIES | externs(unit.arguments))
        # A module of the crate may have the name of a crate that it does not name itself.
        others = {name: asked for name, asked in dependencies.items() if f"mod {name} " not in hir}
        inquiry = replace(_inquiry(unit, rustc, flags), dependencies=others)
        if launched := instances(mir, facts):
            appended = _appended(unit, inquiry, source, launched, options)
            if appended is not None:
                mir, facts = appended, _instantiated(facts, launched)

        mir = with_promoteds(mir, partial(dependency_mir, inquiry, timeout=options.timeout))
        done = time.perf_counter()
        made = Compilation(
            source,
            with_stable_library_paths(mir, rustc),
            hir,
            facts,
            rustc,
            inquiry,
            core_ms=(ready - start) * 1e3,
            rustc_ms=(done - ready) * 1e3,
        )
        yield made, unit, overflow_checks(unit.arguments)
        start = time.perf_counter()
    if built.failure is not None:
        raise built.failure


def _appended(
    unit: Unit, inquiry: Inquiry, source: Path, launched: Sequence[Instance], options: CompileOptions
) -> str | None:
    """MIR with a function for each instance of a generic kernel; None if rustc refuses one of them."""
    lines = [instance.source() for instance in launched]

    def make() -> str | None:
        return mir_with(inquiry, lines, source, options.timeout)[0]

    return stored(unit.store, (unit.id, str(Path.cwd()), *inquiry.command, *MIR_FLAGS, *lines), make)


def _flags(unit: Unit) -> tuple[str, ...]:
    """What a crate is compiled with, whatever is made of it."""
    checks = "on" if overflow_checks(unit.arguments) else "off"
    return (*kept(unit.arguments), *CRATE_FLAGS, f"-Coverflow-checks={checks}")


def _inquiry(unit: Unit, rustc: Rustc, flags: tuple[str, ...]) -> Inquiry:
    command = (str(rustc.path), *flags, "--crate-type=lib")
    return Inquiry(unit.source, command, unit.environment, store=unit.store, id=f"{unit.id} {rustc.version}")


def _instantiated(facts: HirFacts, launched: Sequence[Instance]) -> HirFacts:
    """With the instances in the place of the kernels that they are of."""
    generic = {instance.kernel.path for instance in launched}
    kernels = tuple(kernel for kernel in facts.kernels if kernel.path not in generic)
    return replace(facts, kernels=(*kernels, *(instance.declaration for instance in launched)))


def kept(arguments: tuple[str, ...], dropped_codegen: tuple[str, ...] = _DROPPED_CODEGEN) -> tuple[str, ...]:
    """Of cargo's arguments those that say what the crate is, not what is to be made of it.

    dropped_codegen: the codegen settings that are left out.
    """
    found: list[str] = []
    pending = iter(arguments)
    for argument in pending:
        if argument in _DROPPED_WITH_VALUE:
            next(pending, None)
        elif argument == "-C":
            setting = next(pending, "")
            if setting.partition("=")[0] not in dropped_codegen:
                found += ["-C", setting]
        elif not argument.startswith(_DROPPED):
            found.append(argument)
    return tuple(found)


def externs(arguments: tuple[str, ...]) -> frozenset[str]:
    """The crates that a crate names: `--extern NAME=FILE`, perhaps with options before the name."""
    given = [after for before, after in itertools.pairwise(arguments) if before == "--extern"]
    return frozenset(text.partition("=")[0].rpartition(":")[2] for text in given)


def overflow_checks(arguments: tuple[str, ...]) -> bool:
    """Whether the profile checks for overflow: said so, or by way of debug assertions or of no optimisation."""
    settings = dict(
        after.partition("=")[::2] for before, after in itertools.pairwise(arguments) if before == "-C"
    )
    for name in ("overflow-checks", "debug-assertions"):
        if name in settings:
            return settings[name] not in ("off", "no", "n", "false")
    return settings.get("opt-level", "0") == "0"


def _shown(source: Path) -> Path:
    """As the user would name it: relative where that leads down from here."""
    here = Path.cwd()
    return source.relative_to(here) if source.is_relative_to(here) else source


def _texts(
    unit: Unit,
    source: Path,
    mir: tuple[str, ...],
    hir: tuple[str, ...],
    version: str,
    options: CompileOptions,
) -> tuple[str, str]:
    """MIR and HIR, kept beside cargo's own results until cargo compiles the crate again."""
    name = cache.key(unit.id, version, str(Path.cwd()), *mir)
    files = unit.store / f"{name}.mir", unit.store / f"{name}.hir"
    if all(file.is_file() for file in files):
        return files[0].read_text(), files[1].read_text()
    outputs = run_all([mir, hir], timeout=options.timeout, environment=unit.environment)
    for output in outputs:
        check(output, source)
    texts = [output.stdout.decode() for output in outputs]
    for file, text in zip(files, texts, strict=True):
        write_atomic(file, text)
    return texts[0], texts[1]

"""The first step on a `.rs` file: rustc. Light to import, so that the compiler starts early."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cuq.base.errors import InputError
from cuq.base.kernel_name import kernel_name
from cuq.base.records import dataclass
from cuq.contract import Contract, Launch, Relation, launches, parse_directives, relations
from cuq.toolchain import CargoOptions, Compilation, CompileOptions, RustcError, compile_mir

if TYPE_CHECKING:
    from cuq.toolchain.cargo import Unit

MANIFEST = "Cargo.toml"


@dataclass(frozen=True, slots=True)
class Input:
    """How `.rs` files and crates are compiled. `edition` and `overflow_checks` are those of single files."""

    rustc: Path | None = None
    edition: str = "2021"
    overflow_checks: bool = False
    cargo: CargoOptions = CargoOptions()


@dataclass(frozen=True, slots=True)
class Compiled:
    """What rustc says of a source file, what the file's comments and attributes say, and how its host code launches
    kernels. `unit`: how cargo compiles it, if it is the root of a crate."""

    compilation: Compilation
    contracts: tuple[Contract, ...]
    overflow_checks: bool = False
    launches: tuple[Launch, ...] = ()
    relations: tuple[Relation, ...] = ()
    unit: Unit | None = None


def compile_source(path: Path, given: Input) -> Compiled:
    """Raises InputError when the file cannot be read or compiled, ToolchainError when no compiler fits,
    UsageError when a directive is wrong."""
    text = read_text(path)
    directives = parse_directives(text, str(path))
    options = CompileOptions(
        rustc=given.rustc,
        edition=given.edition,
        overflow_checks=given.overflow_checks,
        on_core_build=_core_notice,
    )
    try:
        compilation = compile_mir(path, options)
    except RustcError as error:
        raise InputError(str(error)) from error  # rustc's own text shows the place
    names = {kernel.name for kernel in compilation.hir.kernels}
    asked = relations(text, str(path), names)
    return Compiled(compilation, directives.contracts, given.overflow_checks, relations=asked)


def compile_crate(folder: Path, given: Input) -> tuple[list[Compiled], InputError | None]:
    """The selected crates of the package or workspace in a folder, and what is wrong with those that do not
    compile. Raises as `compile_source` does when none compiles."""
    from cuq.toolchain.crates import compile_crates

    options = CompileOptions(rustc=given.rustc, on_core_build=_core_notice)
    found = []
    try:
        for compilation, unit, overflow in compile_crates(folder / MANIFEST, given.cargo, options):
            texts = {shown(source): read_text(source) for source in unit.sources}
            contracts = [c for file, text in texts.items() for c in parse_directives(text, file).contracts]
            names = {kernel_name(kernel.path).partition("::<")[0] for kernel in compilation.hir.kernels}
            launched = [launch for file, text in texts.items() for launch in launches(text, file, names)]
            asked = [relation for file, text in texts.items() for relation in relations(text, file, names)]
            found.append(
                Compiled(compilation, tuple(contracts), overflow, tuple(launched), tuple(asked), unit)
            )
    except InputError as error:
        # rustc's own text shows the place.
        failure = InputError(str(error)) if isinstance(error, RustcError) else error
        if not found:
            raise failure from error
        return found, failure
    return found, None


def shown(source: Path) -> str:
    """A path as the user would name it."""
    here = Path.cwd()
    return str(source.relative_to(here) if source.is_relative_to(here) else source)


def read_text(path: Path) -> str:
    """The text of an input file. Raises InputError."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"cannot read {path}: it is not text in UTF-8") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def _core_notice() -> None:
    print("Building core for nvptx64 (once, about half a minute)", file=sys.stderr, flush=True)

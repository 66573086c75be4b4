"""`cuq ptx PATH…`: what of the PTX synchronises, kernel by kernel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cuq.base.errors import InputError, UsageError
from cuq.base.files import read_text
from cuq.cli.emit import emit
from cuq.cli.grouped import GroupedCommand, option
from cuq.cli.input_options import given_input, input_options

if TYPE_CHECKING:
    from cuq.cli.compile import Input


@click.command(cls=GroupedCommand, epilog="How it is compared with the source: cuq check --artefact.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@option("Output", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@input_options
def command(paths: tuple[str, ...], form: str, rustc: Path | None, edition: str, overflow_checks: str) -> int:
    """Show what of the PTX of PATH synchronises: atomic operations, fences and barriers of each kernel, in the order
    of the text, and what is not understood.

    PATH is a `.ptx` file, or a Rust file, which rustc compiles first.
    """
    from cuq.checks.artefact.code import code
    from cuq.ptx.module import parse_module
    from cuq.report.ptx import Skeleton, as_json, as_text

    given = given_input(rustc, edition, overflow_checks)
    shown: list[Skeleton] = []
    for path in map(Path, paths):
        module = parse_module(_text(path, given), str(path.with_suffix(".ptx")))
        for function in module.functions:
            if function.entry and function.body is not None:
                made = code(module, function)
                shown.append(Skeleton(function.name, str(path), module, made.operations, made.unclear))
    emit(as_json(shown) if form == "json" else as_text(shown))
    return 0


def _text(path: Path, given: Input) -> str:
    from cuq.toolchain.compile import CompileOptions, compile_ptx

    if path.suffix == ".ptx":
        return read_text(path)
    if path.suffix != ".rs":
        raise UsageError(f"{path} is neither PTX nor a Rust file", help="give a `.ptx` or a `.rs` file")
    if not path.exists():
        raise InputError(f"cannot read {path}: No such file or directory")
    return compile_ptx(path, CompileOptions(given.rustc, given.edition, given.overflow_checks))

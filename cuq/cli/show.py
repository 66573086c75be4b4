"""`cuq show STAGE KERNEL PATH…`."""

from __future__ import annotations

from pathlib import Path

import click

from cuq.base.errors import UsageError
from cuq.base.suggest import did_you_mean
from cuq.cli.emit import emit
from cuq.cli.grouped import GroupedCommand
from cuq.cli.input_options import given_input, input_options

STAGES: dict[str, str] = {
    "mir": "the text that rustc prints of the kernel's body",
    "ir": "typed IR after lowering",
    "summary": "what a thread may access, under which conditions, between which barriers",
    "query": "what is asked of the solver about races, as conditions over two threads",
    "smt2": "the same as SMT-LIB 2 scripts",
    "coq": "the kernel and the theorems about it as Coq definitions",
}
"""What each stage shows; a function of the same name in `cuq.cli.stages` makes the text."""

_HELP = """Print a STAGE of the way of KERNEL (a name or a glob) from the files at PATH.

\b
Stages:
""" + "".join(f"  {name:<8} {text}\n" for name, text in STAGES.items())


@click.command(cls=GroupedCommand, help=_HELP)
@click.argument("stage")
@click.argument("kernel")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@input_options
def command(
    stage: str,
    kernel: str,
    paths: tuple[str, ...],
    rustc: Path | None,
    edition: str,
    overflow_checks: str,
) -> None:
    if stage not in STAGES:
        raise UsageError(f"no stage `{stage}`", help=did_you_mean(stage, STAGES))
    from cuq.cli.stages import TEXTS, subjects

    given = given_input(rustc, edition, overflow_checks)
    for subject in subjects(tuple(map(Path, paths)), kernel, given):
        emit(TEXTS[stage](subject).rstrip("\n") + "\n")

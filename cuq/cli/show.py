"""`cuq show STAGE KERNEL PATH…`."""

from __future__ import annotations

from pathlib import Path

import click

from cuq.base.errors import UsageError
from cuq.base.suggest import did_you_mean
from cuq.cli.emit import emit
from cuq.cli.grouped import GroupedCommand
from cuq.cli.input_options import given_input, input_options


@click.command(cls=GroupedCommand)
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
    """Print a STAGE of the way of KERNEL (a name or a glob) from the files at PATH.

    \b
    Stages:
      mir  the text that rustc prints of the kernel's body
      ir   typed IR after lowering
    """
    from cuq.cli.stages import BY_NAME, subjects

    if stage not in BY_NAME:
        raise UsageError(f"no stage `{stage}`", help=did_you_mean(stage, BY_NAME))
    given = given_input(rustc, edition, overflow_checks)
    for subject in subjects(tuple(map(Path, paths)), kernel, given):
        emit(BY_NAME[stage].show(subject).rstrip("\n") + "\n")

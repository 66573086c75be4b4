"""`cuq export FILE -o DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from cuq.base.errors import UsageError
from cuq.cli.emit import emit
from cuq.cli.grouped import GroupedCommand, option
from cuq.cli.input_options import given_input, input_options


@click.command(cls=GroupedCommand)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@option(
    "Output",
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to.",
)
@option("Selection", "--kernel", default="*", metavar="GLOB", help="Kernels to export.")
@input_options
def command(
    path: Path, output: Path, kernel: str, rustc: Path | None, edition: str, overflow_checks: str
) -> None:
    """Write a Coq project with the statements about the kernels of FILE, for a person to prove.

    `Kernel.v` (about cuq's summary) and `Program.v` (about the program that cuq read) are generated and overwritten;
    `Proofs.v` and `ProgramProofs.v` are yours: made once, then left alone. With several kernels, each gets a folder
    of its own in DIR. `make` in the folder checks everything.
    """
    from cuq.checks.options import Options
    from cuq.checks.session import Session
    from cuq.cli.stages import subjects
    from cuq.coq.export import export

    chosen = list(subjects((path,), kernel, given_input(rustc, edition, overflow_checks)))
    for subject in chosen:
        folder = output if len(chosen) == 1 else output / subject.loaded.name
        session = Session(subject.kernel, subject.contract, Options())
        try:
            done = export(session, folder)
        except OSError as error:
            raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
        kept = "Proofs.v is yours and was left as it is" if done.kept else "Proofs.v is for you to finish"
        emit(f"kernel `{subject.loaded.name}`: {folder} written; {kept}\n")

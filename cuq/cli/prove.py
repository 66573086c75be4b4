"""`cuq prove PATH…`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cuq.base.errors import SelfCheckError, Unsupported
from cuq.cli.emit import emit
from cuq.cli.grouped import GroupedCommand, option
from cuq.cli.input_options import given_input, input_options

if TYPE_CHECKING:
    from cuq.cli.stages import Subject
    from cuq.coq.prove import ProofResult


@click.command(cls=GroupedCommand)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@option("Selection", "--kernel", default="*", metavar="GLOB", help="Kernels to prove something of.")
@option(
    "Solver",
    "--timeout",
    type=click.FloatRange(min=1),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="For coqc, per theorem.",
)
@input_options
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    kernel: str,
    timeout: float,
    rustc: Path | None,
    edition: str,
    overflow_checks: str,
) -> None:
    """Prove in Coq, for all launches of the contract, that the kernels at PATH have no race and no divergence.

    A theorem is about the program that cuq read (the kernel's MIR as typed IR) where Coq can be led to make its
    summary and to prove it, and else about the summary that cuq made.
    Coq's kernel checks each proof; no axiom is used. Exit code 0 when everything is proved, 4 when a theorem
    is left to a person (`cuq export`), 5 without coqc, 10 when Coq rejects what cuq generated.
    """
    from cuq.cli.stages import subjects
    from cuq.coq.coqc import find_coqc

    find_coqc()
    codes = [0]
    for subject in subjects(tuple(map(Path, paths)), kernel, given_input(rustc, edition, overflow_checks)):
        lines, code = _prove(subject, timeout)
        emit("\n".join([f"kernel `{subject.loaded.name}`", *lines]) + "\n\n")
        codes.append(code)
    ctx.exit(max(codes))


def _prove(subject: Subject, timeout: float) -> tuple[list[str], int]:
    """The report lines of one kernel, and its exit code."""
    from cuq.checks.options import Options
    from cuq.checks.session import Session
    from cuq.coq.prove import Status, prove

    try:
        results = prove(Session(subject.kernel, subject.contract, Options()), timeout=timeout)
    except Unsupported as error:
        return [f"   not stated: {error}"], error.exit_code
    except SelfCheckError as error:
        return [f"   self-check failed: {error}"], error.exit_code
    lines = [line for result in results for line in _lines(result)]
    open_ones = [r for r in results if r.status is not Status.PROVED]
    if open_ones:
        lines.append("   = help: `cuq export FILE -o DIR` writes the open theorems for a person to prove")
    return lines, 4 if open_ones else 0


def _lines(result: ProofResult) -> list[str]:
    from cuq.coq.prove import Status

    about = f", of the {result.level.value}" if result.status is Status.PROVED else ""
    first = f"   {result.property.value}: {result.status.value}{about}"
    notes = [f"   = {result.reason}"] if result.reason else []
    if result.status is Status.PROVED and result.lower:
        notes.append(f"   = not of the program: {result.lower}")
    rests = ", ".join(result.assumptions)
    return [first, *notes, *([f"   = given {rests}"] if rests else [])]

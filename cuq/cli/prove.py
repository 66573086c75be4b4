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
    from cuq.checks.result import Launch
    from cuq.checks.session import Session
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
    summary and to prove it, and else about the summary that cuq made. Of a kernel that races, that it does is proved,
    where a replayed launch can be given to Coq: it runs the threads itself, with the words that memory returned in
    the replay. Coq's kernel checks each proof; no axiom is used. Exit code 0 when everything is proved, 1 when a race
    is, 4 when a theorem is left to a person (`cuq export`), 5 without coqc, 10 when Coq rejects what cuq generated.
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
    from cuq.checks import session as sessions
    from cuq.checks.options import Options
    from cuq.checks.result import Property
    from cuq.coq.prove import Status, prove

    session = sessions.Session(subject.kernel, subject.contract, Options())
    try:
        results = list(prove(session, timeout=timeout))
    except Unsupported as error:
        return [f"   not stated: {error}"], error.exit_code
    except SelfCheckError as error:
        return [f"   self-check failed: {error}"], error.exit_code
    launch = None
    for i, result in enumerate(results):
        if result.property is Property.RACE and result.status is Status.NOT_PROVED:
            found = _race(subject, session, timeout)
            if found is not None:
                results[i], launch = found
    lines = [line for result in results for line in _lines(result, launch)]
    status = {r.status for r in results}
    if Status.NOT_PROVED in status:
        lines.append("   = help: `cuq export FILE -o DIR` writes the open theorems for a person to prove")
    return lines, 4 if Status.NOT_PROVED in status else 1 if Status.FALSE in status else 0


def _race(subject: Subject, session: Session, timeout: float) -> tuple[ProofResult, Launch] | None:
    """What the check refutes may be proved to race."""
    from cuq.checks.options import Options
    from cuq.checks.result import Property
    from cuq.checks.run import check_kernel
    from cuq.coq.prove import prove_race

    for check in check_kernel(subject.kernel, subject.contract, Options()).checks:
        for finding in check.findings if check.property is Property.RACE else ():
            if finding.confirmed and finding.launch is not None:
                proof = prove_race(session, finding, timeout=timeout)
                if proof is not None:
                    return proof, finding.launch
    return None


def _lines(result: ProofResult, launch: Launch | None) -> list[str]:
    from cuq.coq.prove import Status

    about = "" if result.status is Status.NOT_PROVED else f", of the {result.level.value}"
    first = f"   {result.property.value}: {result.status.value}{about}"
    notes = [f"   = {result.reason}"] if result.reason else []
    if result.status is Status.PROVED and result.lower:
        notes.append(f"   = not of the program: {result.lower}")
    if result.status is Status.FALSE and launch is not None:
        ran = "which Coq ran itself, with the words that memory returned in the replay"
        notes.append(f"   = with block={launch.block} grid={launch.grid}, {ran}")
    rests = ", ".join(result.assumptions)
    return [first, *notes, *([f"   = given {rests}"] if rests else [])]

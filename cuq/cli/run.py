"""`cuq run FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from cuq.base.errors import UsageError
from cuq.cli.emit import emit, style
from cuq.cli.grouped import GroupedCommand, option
from cuq.cli.input_options import given_input, input_options

LAUNCH, EXECUTION, OUTPUT = "Launch", "Execution", "Output"
FOUND, UNFINISHED = 1, 4


@click.command(cls=GroupedCommand, epilog="Exit codes: 0 nothing found, 1 something, 4 it did not end.")
@click.argument("path", metavar="FILE")
@option(LAUNCH, "--kernel", metavar="NAME", help="Which kernel, if the file has several.")
@option(LAUNCH, "--block", metavar="SIZE", help="Threads of a block: 256, 16x16, 4,2,1.")
@option(LAUNCH, "--grid", metavar="SIZE", help="Blocks of the grid, likewise.")
@option(
    LAUNCH,
    "--arg",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter: n=16, a=2.5, x=1,2,3, or x=random, x=zeros, x=iota; x.len=8 for the length of a slice.",
)
@option(LAUNCH, "--no-contract", is_flag=True, help="Also launches that the kernel's contract rules out.")
@option(
    EXECUTION, "--seed", type=int, default=0, show_default=True, metavar="N", help="Decides what is drawn."
)
@option(
    EXECUTION,
    "--launches",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="With seeds from --seed on, up to the first that shows something.",
)
@option(
    EXECUTION,
    "--schedule",
    type=click.Choice(["forward", "backward", "mixed"]),
    default="forward",
    show_default=True,
    help="Threads one after the other, or interleaved at random at memory operations.",
)
@option(
    EXECUTION,
    "--steps",
    type=click.IntRange(min=1),
    default=5_000_000,
    show_default=True,
    metavar="N",
    help="Loop iterations of all threads after which a launch is given up.",
)
@input_options
@option(
    OUTPUT, "--show", multiple=True, metavar="NAME[:N]", help="The first N elements of memory at the end. [8]"
)
@option(OUTPUT, "--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True)
@option(
    OUTPUT,
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="NO_COLOR is honoured by auto.",
)
def command(
    path: str,
    kernel: str | None,
    block: str | None,
    grid: str | None,
    arg: tuple[str, ...],
    no_contract: bool,
    seed: int,
    launches: int,
    schedule: str,
    steps: int,
    rustc: Path | None,
    edition: str,
    overflow_checks: str,
    show: tuple[str, ...],
    form: str,
    color: str,
) -> int:
    """Execute a kernel of FILE on the CPU for one launch, and report races, divergence, accesses out of
    bounds, panics and undefined behaviour, as a sanitizer does.

    What the flags leave open is drawn at random within the kernel's contract: small dimensions and numbers.
    A clean run says nothing of other launches.
    """
    from cuq.cli import args
    from cuq.cli.execute import Plan, execute
    from cuq.cli.run_args import arguments
    from cuq.cli.stages import subjects
    from cuq.report.execution import as_json, human
    from cuq.report.formats import Context
    from cuq.report.gate import Gate
    from cuq.report.source import Sources

    found = list(subjects((Path(path),), kernel or "*", given_input(rustc, edition, overflow_checks)))
    if len(found) != 1:
        names = ", ".join(subject.loaded.name for subject in found)
        raise UsageError(
            f"{path} has {len(found) or 'no'} kernels" + (f": {names}" if names else ""),
            help="say which one with --kernel NAME" if names else None,
        )
    plan = Plan(
        subject=found[0],
        file=Path(path),
        block=args.partial_dims(block, "--block"),
        grid=args.partial_dims(grid, "--grid"),
        arguments=arguments(found[0].kernel, arg),
        schedule=schedule,
        seed=seed,
        launches=launches,
        steps=steps,
        keep_contract=not no_contract,
        shown=tuple(args.counted(text, "--show", 8) for text in show),
    )
    sources = Sources(Path.cwd())
    run = execute(plan, sources)
    code = FOUND if run.failing else UNFINISHED if run.unfinished else 0
    context = Context(sources, Gate(deny_panic=True), style(color))
    emit(as_json(run, code) if form == "json" else human(run, context))
    return code

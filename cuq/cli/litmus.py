"""`cuq litmus FILE|DIR…`."""

from __future__ import annotations

from pathlib import Path

import click

from cuq.base.errors import UsageError
from cuq.cli.emit import emit
from cuq.cli.grouped import GroupedCommand, option
from cuq.cli.input_options import given_input, input_options

MODEL, KERNEL, OUTPUT, GATE = "Model", "From a kernel", "Output", "Gate"
NO, UNDECIDED = 1, 4


@click.command(
    cls=GroupedCommand,
    epilog="Exit codes: 0 all tests were run, 3 one could not be read; with --fail-on 1 a condition does not hold, "
    "4 one is undecided. Models and format: docs/memory-model.md.",
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@option(
    MODEL,
    "--model",
    metavar="NAME",
    help="ptx-6.0, ptx-7.5, rc11, or a file of your own, *.cat. [default: ptx-7.5]",
)
@option(
    MODEL,
    "--reading",
    "readings",
    multiple=True,
    metavar="NAME",
    help="Another reading of the model's text, such as sc-fence-orders-only-sc; also as MODEL+NAME.",
)
@option(MODEL, "--compare", nargs=2, metavar="A B", help="Show where two models differ, instead.")
@option(
    MODEL,
    "--bound",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="How often the body of a loop is taken; iterations that only spin do not count.",
)
@option(
    MODEL,
    "--engine",
    type=click.Choice(["auto", "enum", "smt"]),
    default="auto",
    show_default=True,
    help="Enumerate executions, ask z3, or whichever is faster.",
)
@option(
    KERNEL,
    "--from-kernel",
    "kernels",
    multiple=True,
    metavar="NAME",
    help="Write a launch of this kernel, or other function, of a Rust file as a litmus test, instead; of several, side by side.",
)
@option(KERNEL, "--block", metavar="SIZE", help="Threads of a block. [1]")
@option(KERNEL, "--grid", metavar="SIZE", help="Blocks of the grid. [2; 1 each of several kernels]")
@option(
    KERNEL,
    "--arg",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter, as for `cuq run`: n=4, x=1,2,3, x=iota. Memory of which nothing is said is zero.",
)
@option(KERNEL, "--no-contract", is_flag=True, help="Also launches that the kernel's contract rules out.")
@option(KERNEL, "--condition", metavar="TEXT", help="What the test asks: exists (P1:r0 == 1 /\\ x == 0).")
@input_options
@option(
    OUTPUT, "--format", "form", type=click.Choice(["text", "json", "dot"]), default="text", show_default=True
)
@option(
    GATE,
    "--fail-on",
    type=click.Choice(["no", "undecided", "never"]),
    default="never",
    show_default=True,
    help="The mildest answer that fails the run.",
)
def command(
    paths: tuple[str, ...],
    model: str | None,
    readings: tuple[str, ...],
    compare: tuple[str, str] | None,
    bound: int,
    engine: str,
    kernels: tuple[str, ...],
    block: str | None,
    grid: str | None,
    arg: tuple[str, ...],
    no_contract: bool,
    condition: str | None,
    rustc: Path | None,
    edition: str,
    overflow_checks: str,
    form: str,
    fail_on: str,
) -> int:
    """Decide litmus tests under a memory model: which final states are reachable, whether the condition holds,
    and whether every fair execution ends.

    Of a folder, all `.litmus` files below it are taken. With --from-kernel, PATH holds kernels, and the test is
    written to standard output.
    """
    if kernels:
        from cuq.cli.litmus_kernel import Launch, from_kernels

        launch = Launch(block, grid, arg, no_contract)
        emit(from_kernels(paths, kernels, launch, condition, given_input(rustc, edition, overflow_checks)))
        return 0
    lone = {
        "--block": block,
        "--grid": grid,
        "--arg": arg,
        "--condition": condition,
        "--no-contract": no_contract,
    }
    if given := [flag for flag, value in lone.items() if value]:
        raise UsageError(f"{given[0]} is about a kernel", help="say which one with --from-kernel NAME")
    from cuq.cli.litmus_run import differences, judge, rules, tests
    from cuq.ptx import models
    from cuq.ptx.litmus.engines import Engine

    found = tests(paths)
    if compare is not None:
        emit(
            differences(
                found, (rules(compare[0], readings), rules(compare[1], readings)), bound, Engine(engine), form
            )
        )
        return found.code
    judged = judge(found, rules(model or models.DEFAULT, readings), bound, Engine(engine))
    if form == "json":
        from cuq.report.litmus.json_ import render
    elif form == "dot":
        from cuq.report.litmus.dot import render
    else:
        from cuq.report.litmus.text import render
    emit(render(judged))
    if found.code:
        return found.code
    answers = {one.outcome.holds for one in judged}
    if fail_on != "never" and False in answers:
        return NO
    return UNDECIDED if fail_on == "undecided" and None in answers else 0

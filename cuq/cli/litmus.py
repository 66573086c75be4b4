"""`cuq litmus FILE|DIR…`."""

from __future__ import annotations

import click

from cuq.cli.emit import emit
from cuq.cli.grouped import GroupedCommand, option

MODEL, OUTPUT, GATE = "Model", "Output", "Gate"
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
    form: str,
    fail_on: str,
) -> int:
    """Decide litmus tests under a memory model: which final states are reachable, whether the condition holds,
    and whether every fair execution ends.

    Of a folder, all `.litmus` files below it are taken.
    """
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

"""`cuq check PATH…`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cuq.base.errors import UsageError
from cuq.base.files import write_atomic
from cuq.cli.emit import emit, style
from cuq.cli.grouped import GroupedCommand, option
from cuq.cli.input_options import default_paths, given_input, input_options

if TYPE_CHECKING:
    from cuq.checks.result import RunResult
    from cuq.report.formats import Context

SELECTION, LAUNCH, SOLVER, OUTPUT, GATE = "Selection", "Launch", "Solver", "Output", "Gate"


@click.command(cls=GroupedCommand, epilog="Exit codes and formats: docs/cli.md. Verdicts: docs/verdicts.md.")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@option(SELECTION, "--kernel", multiple=True, metavar="GLOB", help="Only kernels of these names.")
@option(
    SELECTION,
    "--check",
    "checks",
    multiple=True,
    metavar="ID,...",
    help="Only these properties (race, divergence, bounds, panic, ub) or check ids.",
)
@option(SELECTION, "--exclude", multiple=True, metavar="ID,...", help="Not these.")
@option(
    SELECTION,
    "--artefact",
    is_flag=True,
    help="Also whether the PTX that rustc makes orders memory as the source says.",
)
@option(
    SELECTION,
    "--backend",
    metavar="NAME",
    help="Where --artefact finds no PTX, go by what is known of this back end: rustc-llvm22, rustc-llvm23, cuda-oxide, "
    "cuda_std. By default the one that the crates in use tell, or the compiler.",
)
@option(SELECTION, "--allow-empty", is_flag=True, help="Finding no kernel is no error.")
@option(LAUNCH, "--block", metavar="SIZE", help="Threads of a block: 256, 16x16, 256x*, '*' for any.")
@option(LAUNCH, "--grid", metavar="SIZE", help="Blocks of the grid, likewise.")
@option(LAUNCH, "--param", multiple=True, metavar="NAME=N", help="The value of a scalar parameter.")
@option(
    LAUNCH,
    "--requires",
    multiple=True,
    metavar="EXPR",
    help="Only launches with this, such as 'n <= grid.x * block.x'.",
)
@option(
    LAUNCH,
    "--any-launch",
    is_flag=True,
    help="Without the assumptions launch-no-wrap and unused-dims-are-one.",
)
@option(
    LAUNCH,
    "--ignore-host",
    is_flag=True,
    help="Also launches that the crate's own host code does not make.",
)
@option(LAUNCH, "--may-alias", multiple=True, metavar="A,B", help="These pointer parameters may overlap.")
@input_options
@option(SOLVER, "--timeout", default="10s", show_default=True, metavar="TIME", help="For one query.")
@option(
    SOLVER,
    "--budget",
    default="5m",
    show_default=True,
    metavar="TIME",
    help="For one kernel; one that takes far longer is given up.",
)
@option(
    SOLVER,
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Kernels checked at once. [default: number of processors]",
)
@option(SOLVER, "--certify", is_flag=True, help="Have Coq check a proof of what is verified; needs coqc.")
@option(
    SOLVER,
    "--proof-timeout",
    default="60s",
    show_default=True,
    metavar="TIME",
    help="For one theorem in Coq.",
)
@option(SOLVER, "--seed", type=int, default=0, show_default=True, metavar="N", help="Of the solver.")
@option(
    OUTPUT,
    "--format",
    "formats",
    multiple=True,
    metavar="NAME[=FILE]",
    help="human, json, sarif or github; repeatable: --format sarif=out.sarif.",
)
@option(OUTPUT, "-q", "--quiet", is_flag=True, help="Only findings and what is unknown.")
@option(
    OUTPUT,
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="NO_COLOR is honoured by auto.",
)
@option(
    OUTPUT,
    "--infer",
    is_flag=True,
    help="Write the condition under which a kernel does not race above it, as a contract.",
)
@option(OUTPUT, "--timings", is_flag=True, help="A table of where the time went.")
@option(
    GATE,
    "--fail-on",
    type=click.Choice(["refuted", "potential", "unknown", "never"]),
    default="unknown",
    show_default=True,
    help="The mildest verdict that fails the run.",
)
@option(
    GATE, "--deny", multiple=True, type=click.Choice(["panic"]), help="Reachable panics fail the run, too."
)
@option(GATE, "--accept-bounded", is_flag=True, help="A bounded `verified` counts as one.")
def command(
    paths: tuple[str, ...],
    kernel: tuple[str, ...],
    checks: tuple[str, ...],
    exclude: tuple[str, ...],
    artefact: bool,
    backend: str | None,
    allow_empty: bool,
    block: str | None,
    grid: str | None,
    param: tuple[str, ...],
    requires: tuple[str, ...],
    any_launch: bool,
    ignore_host: bool,
    may_alias: tuple[str, ...],
    overflow_checks: str,
    edition: str,
    rustc: Path | None,
    timeout: str,
    budget: str,
    jobs: int | None,
    seed: int,
    certify: bool,
    proof_timeout: str,
    formats: tuple[str, ...],
    quiet: bool,
    color: str,
    infer: bool,
    timings: bool,
    fail_on: str,
    deny: tuple[str, ...],
    accept_bounded: bool,
) -> int:
    """Check the kernels of Rust files, MIR dumps, crates, or folders of them, for all launches. Without PATH, of
    the crate in this folder.

    A contract above a kernel (//@ cuq: block=[256,1,1]), in cuq.toml or in flags says which launches are
    meant; flags are the strongest.
    """
    from cuq.cli.stopwatch import Stopwatch

    watch = Stopwatch()
    from cuq.checks.options import Options
    from cuq.checks.result import Property
    from cuq.cli import args
    from cuq.cli.flags import contract_flags
    from cuq.cli.pipeline import Request, check_paths
    from cuq.report.formats import Context, load
    from cuq.report.gate import FailOn, Gate
    from cuq.report.source import Sources

    outputs = args.outputs(formats)
    chosen = args.selection(checks, exclude)
    if backend is not None and not artefact:
        raise UsageError("--backend is about the machine code", help="add --artefact")
    gate = Gate(FailOn(fail_on), deny_panic="panic" in deny, accept_bounded=accept_bounded)
    flags = contract_flags(
        block=block, grid=grid, param=param, requires=requires, may_alias=may_alias, any_launch=any_launch
    )
    request = Request(
        input=given_input(rustc, edition, overflow_checks),
        options=Options(
            properties=chosen.properties | ({Property.ARTEFACT} if artefact else set()),
            timeout_ms=args.duration_ms(timeout, "--timeout"),
            budget_ms=args.duration_ms(budget, "--budget"),
            seed=seed,
            certify=certify,
            proof_timeout=args.duration_ms(proof_timeout, "--proof-timeout") / 1000,
        ),
        left_out=chosen.left_out,
        backend=backend,
        kernels=kernel,
        flags=flags,
        jobs=jobs or len(os.sched_getaffinity(0)),
        allow_empty=allow_empty,
        ignore_host=ignore_host,
    )
    if certify:
        from cuq.coq.coqc import find_coqc, theories

        theories(find_coqc())  # once, before workers want them
    sources = Sources(Path.cwd())
    run = check_paths(default_paths(paths), request, sources, watch)
    context = Context(sources, gate, style(color), quiet, timings)
    for output in outputs:
        text = load(output.format)(run, context)
        if output.path is None:
            emit(text)
        else:
            _write(output.path, text)
        if output.format == "github":
            _step_summary(run, context)
    if infer:
        from cuq.cli.infer import write_contracts

        for written in write_contracts(run):
            click.echo(str(written), err=True)
    if timings and not any(output.format == "human" and output.path is None for output in outputs):
        from cuq.report.timings import table

        click.echo("\n".join(table(run)), err=True)
    return gate.exit_code(run)


def _write(path: Path, text: str) -> None:
    try:
        write_atomic(path, text)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _step_summary(run: RunResult, context: Context) -> None:
    """Add the table to the summary page of the workflow run, which other steps may have written to."""
    from cuq.report.github import summary

    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(summary(run, context))

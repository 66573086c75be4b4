"""`cuq list`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from cuq.cli.emit import emit
from cuq.cli.grouped import GroupedCommand
from cuq.cli.input_options import given_input, input_options


@click.command(cls=GroupedCommand)
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@input_options
def command(
    paths: tuple[str, ...], form: str, rustc: Path | None, edition: str, overflow_checks: str
) -> None:
    """List the kernels in the files at PATH with their contracts; without PATH, the checks that cuq knows."""
    if paths:
        from cuq.cli.stages import subjects
        from cuq.report.source import Sources

        sources = Sources(Path.cwd())
        header = ["kernel", "place", "parameters", "contract"]
        rows = [
            [
                subject.loaded.path,
                sources.place(subject.loaded.span),
                ", ".join(subject.parameters),
                "; ".join(subject.contract.render()),
            ]
            for subject in subjects(
                tuple(map(Path, paths)), "*", given_input(rustc, edition, overflow_checks)
            )
        ]
    else:
        from cuq.checks.catalogue import CATALOGUE

        header = ["check", "property", "finds"]
        rows = [[check.code, check.property.value, check.title] for check in CATALOGUE]
    if form == "json":
        records = [dict(zip(header, row, strict=True)) for row in rows]
        emit(json.dumps(records, indent=2, ensure_ascii=False) + "\n")
    else:
        emit(table(header, rows))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Left-aligned columns; the last one is not padded."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["-" * width for width in widths], *rows]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )

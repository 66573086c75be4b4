"""`cuq doctor`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from cuq.cli.emit import emit
from cuq.cli.grouped import GroupedCommand, option

UNFIT = 5


@click.command(cls=GroupedCommand)
@option("Compiler", "--rustc", metavar="PATH", type=click.Path(path_type=Path), help="Look at this compiler.")
@option("Output", "--json", "as_json", is_flag=True, help="For programs.")
def command(rustc: Path | None, as_json: bool) -> int:
    """Say what of the tools that cuq needs is there; each ✗ comes with the command that fixes it.

    Exits with 5 if something is missing without which checks cannot run.
    """
    from cuq.toolchain.doctor import probes

    found = []
    for probe in probes(rustc):
        found.append(probe)
        if not as_json:
            emit(f"{'✓' if probe.ok else '✗'} {probe.name}: {probe.detail}\n")
            if probe.fix is not None:
                emit(f"    fix: {probe.fix}\n")
    if as_json:
        emit(json.dumps([asdict(probe) for probe in found], indent=2, ensure_ascii=False) + "\n")
    return UNFIT if any(probe.needed and not probe.ok for probe in found) else 0

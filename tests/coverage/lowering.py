"""Kernels on their way to the IR: how many get there, and what stopped the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cuq.checks.result import Obstacle, RunError
from cuq.cli.load import load_dump
from cuq.cli.stopwatch import Stopwatch
from cuq.mir.body_parser import parse_body
from cuq.mir.items import index_bodies
from tests.coverage.corpus import constructs


@dataclass(slots=True)
class Lowered:
    """Kernels by outcome; what is not modelled, and constructs of their MIR, by count."""

    kernels: int = 0
    lowered: int = 0
    unreadable: list[str] = field(default_factory=list)
    unsupported: Counter[str] = field(default_factory=Counter)
    constructs: Counter[tuple[str, str]] = field(default_factory=Counter)


def lower(dumps: Iterable[Path]) -> Lowered:
    """Reads and lowers every kernel of some dumps."""
    found = Lowered()
    for path in dumps:
        failed: list[RunError] = []
        file = load_dump(path, Stopwatch(), failed.append)
        found.unreadable += [f"{path.name}: {error.message}" for error in failed]
        for kernel in file.kernels:
            found.kernels += 1
            if isinstance(kernel.kernel, Obstacle):
                found.unsupported[kernel.kernel.reason] += 1
            else:
                found.lowered += 1
        for item in index_bodies(path.read_text(encoding="utf-8"), path.name):
            if item.kind != "alloc":
                found.constructs.update(constructs(parse_body(item)))
    return found

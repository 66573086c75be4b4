"""The report formats by name; each is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from importlib import import_module
from typing import cast

from cuq.base.records import dataclass
from cuq.checks.result import RunResult
from cuq.report.gate import Gate
from cuq.report.source import Sources
from cuq.report.style import Style


@dataclass(frozen=True, slots=True)
class Context:
    """What a report needs beside the results. `quiet` and `timings` are for people: see `human`."""

    sources: Sources
    gate: Gate = field(default_factory=Gate)
    style: Style = field(default_factory=Style)
    quiet: bool = False
    timings: bool = False


Format = Callable[[RunResult, Context], str]

_MODULES = {
    "human": "cuq.report.human",
    "json": "cuq.report.json_",
    "sarif": "cuq.report.sarif",
    "github": "cuq.report.github",
}
NAMES = tuple(_MODULES)


def load(name: str) -> Format:
    """The format's `render` function: the whole report as text that ends in a newline."""
    return cast(Format, import_module(_MODULES[name]).render)

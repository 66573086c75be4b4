"""The options of every command that reads kernels from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from cuq.cli.grouped import option

if TYPE_CHECKING:
    from cuq.cli.compile import Input

F = TypeVar("F", bound=Callable[..., object])

_GROUP = "Compiler"


def input_options(command: F) -> F:
    """Adds `--rustc`, `--edition` and `--overflow-checks`; they become the parameters of `given_input`."""
    options = (
        option(
            _GROUP, "--rustc", metavar="PATH", type=click.Path(path_type=Path), help="The compiler to use."
        ),
        option(
            _GROUP,
            "--edition",
            type=click.Choice(["2015", "2018", "2021", "2024"]),
            default="2021",
            show_default=True,
            help="Rust edition of .rs files.",
        ),
        option(
            _GROUP,
            "--overflow-checks",
            type=click.Choice(["on", "off"]),
            default="off",
            show_default=True,
            help="As in the profile that the kernel is built with.",
        ),
    )
    for add in reversed(options):
        command = add(command)
    return command


def given_input(rustc: Path | None, edition: str, overflow_checks: str) -> Input:
    """What the options say."""
    from cuq.cli.compile import Input

    return Input(rustc=rustc, edition=edition, overflow_checks=overflow_checks == "on")

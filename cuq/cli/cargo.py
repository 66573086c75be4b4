"""`cargo cuq`: cargo calls `cargo-cuq cuq ARGUMENTS…`."""

from __future__ import annotations

import sys

from cuq.cli.main import COMMANDS
from cuq.cli.main import main as cuq


def arguments(given: list[str]) -> list[str]:
    """As `cuq` takes them: `check` where no command is named."""
    rest = given[1:] if given[:1] == ["cuq"] else given
    if rest and (rest[0] in COMMANDS or rest[0] in ("--version", "--help", "-h")):
        return rest
    return ["check", *rest]


def main() -> None:
    cuq(arguments(sys.argv[1:]))

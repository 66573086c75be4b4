"""Runs as cargo's `RUSTC_WRAPPER`: writes down how rustc is called, then calls it.

Arguments: the compiler and its arguments. `CUQ_UNITS` names the folder for the records; crates for the target
`CUQ_TARGET` are written down. `CUQ_WRAPPER` is the user's own wrapper, if there is one. This file is run by itself: it
imports nothing of cuq.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import uuid
from pathlib import Path


def value(arguments: list[str], name: str) -> str | None:
    """What follows an option, or None."""
    for before, after in itertools.pairwise(arguments):
        if before == name:
            return after
    return None


def codegen(arguments: list[str], name: str) -> str | None:
    """The value of `-C name=value`; the last one counts."""
    found = None
    for before, after in itertools.pairwise(arguments):
        if before == "-C" and after.startswith(f"{name}="):
            found = after.partition("=")[2]
    return found


def main() -> None:
    command = sys.argv[1:]
    folder = os.environ.get("CUQ_UNITS")
    name = value(command, "--crate-name")
    target = os.environ.get("CUQ_TARGET")
    if folder and name and value(command, "--target") == target:
        record = {
            "id": uuid.uuid4().hex,
            "arguments": command[1:],
            "folder": os.getcwd(),
            # Of the build: package data, and what build scripts set. The rest is as it is at any time.
            "environment": {
                k: v for k, v in os.environ.items() if k.startswith("CARGO") or k not in _known()
            },
        }
        path = Path(folder) / f"{name}{codegen(command, 'extra-filename') or ''}.json"
        scratch = path.with_suffix(f".{os.getpid()}")
        scratch.write_text(json.dumps(record))
        scratch.replace(path)
    wrapper = os.environ.get("CUQ_WRAPPER")
    command = [wrapper, *command] if wrapper else command
    os.execvp(command[0], command)


def _known() -> set[str]:
    return set(os.environ.get("CUQ_KNOWN", "").split(","))


if __name__ == "__main__":
    main()

"""`python -m cuq.toolchain`: find a rustc that fits and make core ready, as the Makefile's set-up does."""

from __future__ import annotations

import sys

from cuq.base.errors import CuqError
from cuq.toolchain.core import core_flags
from cuq.toolchain.discover import find_rustc


def main() -> int:
    """Returns the exit code of the command line: 0, or 5 without a toolchain."""
    try:
        rustc = find_rustc()
        core_flags(
            rustc, on_build=lambda: print("Building core for nvptx64 (once, half a minute)", flush=True)
        )
    except CuqError as error:
        print(f"error: {error}", file=sys.stderr)
        if error.help:
            print(f"help: {error.help}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())

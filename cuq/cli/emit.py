"""Standard output, whose reader may leave before all is said (`cuq … | head`)."""

from __future__ import annotations

import os
import sys


def emit(text: str) -> None:
    """Write to standard output. A reader that is gone is no error: the exit code still says what was found."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

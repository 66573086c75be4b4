"""Standard output, whose reader may leave before all is said (`cuq … | head`)."""

from __future__ import annotations

import os
import shutil
import sys

from cuq.report.style import Style


def emit(text: str) -> None:
    """Write to standard output. A reader that is gone is no error: the exit code still says what was found."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def style(color: str) -> Style:
    """How standard output wants its text, when `--color` is `auto`, `always` or `never`."""
    terminal = sys.stdout.isatty()
    automatic = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style(
        colour=automatic if color == "auto" else color == "always",
        width=shutil.get_terminal_size().columns if terminal else None,
    )

"""Internal errors: the traceback goes to a file, its path to the user."""

from __future__ import annotations

import os
import tempfile
import traceback
from pathlib import Path

from cuq import __version__
from cuq.checks.result import RunError
from cuq.cli.versions import version_lines

INTERNAL = 70
NOTICE = "This is a bug of cuq. Please report it"


def failure(name: str, error: Exception) -> RunError:
    """The internal error that ended the work on `name`, when the rest of the run goes on."""
    message = f"{name}: internal error: {type(error).__name__}: {error}"
    return RunError(message, INTERNAL, help=crash_report(error))


def crash_report(error: BaseException) -> str:
    """Write the traceback to the cache folder (or where temporary files go) and say where it is."""
    from cuq.toolchain.cache import cache_dir

    body = "".join([*(f"{line}\n" for line in version_lines(True)), "\n", *traceback.format_exception(error)])
    for folder in (cache_dir() / "crashes", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, path = tempfile.mkstemp(prefix=f"cuq-{__version__}-", suffix=".txt", dir=folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(body)
        except OSError:
            continue
        return f"{NOTICE}, with this file: {path}"
    return f"{NOTICE}. No file could be written; the traceback is:\n{body}"

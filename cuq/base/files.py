"""Writing result files so that no reader ever sees half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomic(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step; on failure an existing file stays as it was.

    Something that is no regular file (`/dev/stdout`, a named pipe) is written to in place: renaming
    would replace it. Raises OSError.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
    target = path.resolve()  # a symbolic link stays one
    handle, scratch = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(scratch, _mode(target))
        os.replace(scratch, target)
    except BaseException:
        os.unlink(scratch)
        raise


def _mode(target: Path) -> int:
    """The permissions of the file to replace, or those that a plain `open` would give."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask

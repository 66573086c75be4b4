"""The user's cache folder: entries appear whole or not at all, and one process makes each."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cuq.base.errors import ToolchainError

WRITABLE_HELP = "export CUQ_CACHE_DIR=/a/folder/that/is/writable"


def cache_dir() -> Path:
    """`$CUQ_CACHE_DIR`, or the platform's folder for caches (`~/.cache/cuq`)."""
    chosen = os.environ.get("CUQ_CACHE_DIR")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path  # loaded here: the variable makes it unnecessary

    return user_cache_path("cuq", appauthor=False)


def key(*parts: str) -> str:
    """A file name that stands for `parts`."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def cached_dir(name: str, make: Callable[[Path], None]) -> Path:
    """The cache's folder `name`; when it is missing, `make` fills a scratch folder that then becomes it.

    Processes that want the same entry wait for the one that makes it. Raises ToolchainError when the
    cache cannot be written, and whatever `make` raises; in both cases the entry stays absent.
    """
    target = cache_dir() / name
    if target.is_dir():
        return target
    with _writable(target.parent), _lock(target.with_suffix(".lock")):
        if not target.is_dir():
            for stale in target.parent.glob(f".{name}-*"):
                shutil.rmtree(stale)  # of a process that was killed: its lock is gone
            scratch = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
            try:
                make(scratch)
                scratch.chmod(0o755)
                scratch.rename(target)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    return target


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise ToolchainError(
            f"cannot write the cache folder {folder}: {error.strerror}",
            help=WRITABLE_HELP,
        ) from error


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # released by the system when the process ends, however it ends
        yield

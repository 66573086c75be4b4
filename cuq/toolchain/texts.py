"""What rustc prints of crates, kept beside cargo's own results."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from cuq.toolchain import cache
from cuq.toolchain.inquiry import Inquiry
from cuq.toolchain.process import run_all

_MIR = ("-Zunpretty=mir", "-Zmir-include-spans=yes", "-Ztrim-diagnostic-paths=no")
_HIR = ("-Zunpretty=hir",)


def dependency_mir(inquiry: Inquiry, timeout: float) -> str | None:
    """The MIR of a crate that others need, as they were given it; None when rustc refuses it."""
    return _text(inquiry, _MIR, timeout)


def dependency_hir(inquiry: Inquiry, timeout: float) -> str | None:
    """The HIR of a crate that others need; None when rustc refuses it."""
    return _text(inquiry, _HIR, timeout)


def _text(inquiry: Inquiry, flags: tuple[str, ...], timeout: float) -> str | None:
    command = (*inquiry.command, str(inquiry.source), *flags)

    def make() -> str | None:
        (output,) = run_all([command], timeout=timeout, environment=inquiry.environment)
        return None if output.code else output.stdout.decode()

    return make() if inquiry.store is None else stored(inquiry.store, (inquiry.id, *command), make)


def stored(store: Path, key: Iterable[str], make: Callable[[], str | None]) -> str | None:
    """A text, kept under its key; nothing is kept when there is none."""
    file = store / f"{cache.key(*key)}.mir"
    if file.is_file():
        return file.read_text()
    text = make()
    if text is not None:
        write(file, text)
    return text


def write(file: Path, text: str) -> None:
    """All of it or nothing."""
    scratch = file.with_suffix(f"{file.suffix}.{os.getpid()}")
    scratch.write_text(text)
    scratch.replace(file)

"""What rustc prints of crates, kept beside cargo's own results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from cuq.base.files import write_atomic
from cuq.toolchain import cache
from cuq.toolchain.inquiry import Inquiry
from cuq.toolchain.process import run_all

_MIR = ("-Zunpretty=mir", "-Zmir-include-spans=yes", "-Ztrim-diagnostic-paths=no")
_HIR = ("-Zunpretty=hir",)


def dependency_mir(of: Inquiry, crate: str, timeout: float) -> str | None:
    """The MIR of a crate that another one needs, as it was given it; None where there is none, or rustc refuses it."""
    return _text(of.dependencies.get(crate), _MIR, timeout)


def dependency_hir(of: Inquiry, crate: str, timeout: float) -> str | None:
    """The same for HIR."""
    return _text(of.dependencies.get(crate), _HIR, timeout)


def _text(inquiry: Inquiry | None, flags: tuple[str, ...], timeout: float) -> str | None:
    if inquiry is None:
        return None
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
        write_atomic(file, text)
    return text

"""Running rustc on a crate with more lines behind its root."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from cuq.base.errors import InputError
from cuq.toolchain.flags import MIR_FLAGS
from cuq.toolchain.inquiry import Inquiry
from cuq.toolchain.process import Output, run


def run_with(
    inquiry: Inquiry, lines: Iterable[str], flags: Sequence[str], timeout: float
) -> tuple[Output, int]:
    """rustc on the source with lines behind it, and the number of the first of these.

    The root comes by stdin: nothing is written beside the user's source, where its modules are found. Raises
    InputError when the source cannot be read, ToolchainError when rustc cannot be run.
    """
    try:
        source = inquiry.source.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read {inquiry.source}: {error.strerror}") from error
    output = run(
        (*inquiry.command, "-", *flags),
        timeout=timeout,
        environment=inquiry.environment,
        stdin="\n".join([source, *lines, ""]).encode(),
        folder=inquiry.source.parent.absolute(),
    )
    return output, source.count("\n") + 2


def mir_with(
    inquiry: Inquiry, lines: Iterable[str], source: Path, timeout: float
) -> tuple[str | None, Output, int]:
    """The MIR of the source with lines behind it, None where rustc refuses one; and what `run_with` gives.

    source: how positions in the root are to name it. Raises as `run_with` does.
    """
    # rustc runs in the root's folder; paths are to be as they are otherwise.
    flags = (*MIR_FLAGS, f"--remap-path-prefix=={source.parent}")
    output, first = run_with(inquiry, lines, flags, timeout)
    mir = None if output.code else output.stdout.decode().replace("<anon>:", f"{source}:")
    return mir, output, first

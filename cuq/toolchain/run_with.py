"""Running rustc on a crate with more lines behind its root."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cuq.base.errors import InputError
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

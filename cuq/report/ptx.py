"""What synchronises in the PTX of a kernel, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable

from cuq.base.records import dataclass
from cuq.checks.artefact.nodes import Unclear
from cuq.checks.artefact.operations import Operation
from cuq.ptx.module import Module


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The synchronising operations of one entry, in the order of the text."""

    kernel: str
    file: str
    module: Module
    operations: tuple[Operation, ...]
    unclear: tuple[Unclear, ...]


def as_json(kernels: Iterable[Skeleton]) -> str:
    """An array with an object for each kernel; lines are those of the PTX."""
    found = [
        {
            "kernel": kernel.kernel,
            "file": kernel.file,
            "target": kernel.module.target,
            "operations": [
                {"kind": op.kind, "order": op.order, "scope": op.scope, "line": op.span and op.span.line}
                for op in kernel.operations
            ],
            "unclear": [{"what": one.what, "line": one.span.line} for one in kernel.unclear],
            "variables": [str(variable) for variable in kernel.module.variables],
        }
        for kernel in kernels
    ]
    return json.dumps(found, indent=2) + "\n"


def as_text(kernels: Iterable[Skeleton]) -> str:
    """A line for each operation, with its line in the PTX."""
    return "\n".join(map(_lines, kernels))


def _lines(kernel: Skeleton) -> str:
    lines = [f"kernel `{kernel.kernel}` ({kernel.module.target})"]
    lines += [
        f"  {op.span.line if op.span else 0:>5}  {op.kind} {op.order}.{op.scope}" for op in kernel.operations
    ]
    lines += [f"  {one.span.line:>5}  not understood: {one.what}" for one in kernel.unclear]
    lines += [f"         {variable}" for variable in kernel.module.variables]
    return "\n".join(lines) + "\n"

"""`cuq check --infer`: the condition under which a kernel does not race, written above it as a contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from cuq.base.errors import UsageError
from cuq.base.files import write_atomic
from cuq.base.records import dataclass
from cuq.checks.result import KernelResult, RunResult
from cuq.report.words import contract_line

_MOST_LINES = 40
"""Of a function's head, in which its name has to be."""
_ABOVE = re.compile(r"\s*(?:#\[.*\]|///.*)\s*")


@dataclass(frozen=True, slots=True)
class Written:
    """A contract and where it was put; `line` is None if there was no place for it."""

    text: str
    file: str
    line: int | None

    def __str__(self) -> str:
        if self.line is None:
            return f"no place in {self.file} for the contract: {self.text}"
        return f"wrote to {self.file}:{self.line}: {self.text}"


def write_contracts(run: RunResult) -> list[Written]:
    """Write the strongest condition of each kernel that has one into its source. Raises UsageError when a file cannot be
    read or written; each is replaced in one step, and nothing but the new lines changes in it."""
    files: dict[str, list[tuple[KernelResult, str]]] = {}
    for kernel in run.kernels:
        if (text := contract_line(kernel)) is not None:
            files.setdefault(kernel.file if kernel.span is None else kernel.span.file, []).append(
                (kernel, text)
            )
    return [written for file, wanted in files.items() for written in _write(Path(file), wanted)]


def _write(path: Path, wanted: list[tuple[KernelResult, str]]) -> Iterator[Written]:
    try:
        # As it is, line ends included.
        lines = path.read_bytes().decode("utf-8").splitlines(keepends=True) if path.suffix == ".rs" else []
        places = [(_place(lines, kernel), text) for kernel, text in wanted]
        found = sorted((place, text) for place, text in places if place is not None)
        for place, text in reversed(found):
            indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
            end = "\r\n" if lines[place].endswith("\r\n") else "\n"
            lines.insert(place, f"{indent}{text}{end}")
        if found:
            write_atomic(path, "".join(lines))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise UsageError(f"cannot write contracts into {path}: {reason}") from error
    yield from (Written(text, str(path), None) for place, text in places if place is None)
    yield from (Written(text, str(path), place + added) for added, (place, text) in enumerate(found, 1))


def _place(lines: list[str], kernel: KernelResult) -> int | None:
    """The line before which a kernel's contract is to stand: above its function and the attributes of that."""
    if kernel.span is None:
        return None
    identifier = kernel.name.partition("::<")[0].rpartition("::")[2]
    name = re.compile(rf"\bfn\s+{re.escape(identifier)}\b")
    last = min(kernel.span.line, len(lines))
    for at in range(last - 1, max(last - _MOST_LINES, 0) - 1, -1):
        if name.search(lines[at]):
            while at and _ABOVE.fullmatch(lines[at - 1]):
                at -= 1
            return at
    return None

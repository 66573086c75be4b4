"""Running a compiler: never half-finished, never left behind, errors as cuq errors."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from cuq.base.errors import InputError, ToolchainError
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.toolchain.flags import ENVIRONMENT

NOTHING_MORE: Mapping[str, str] = MappingProxyType({})

_CRASHED = 101
"""rustc's exit code after an internal error."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a process left: exit code (negative: killed by that signal) and both streams."""

    code: int
    stdout: bytes
    stderr: str


class RustcError(InputError):
    """rustc refused the source; `rendered` holds its messages as the user knows them."""

    def __init__(self, message: str, *, rendered: str, span: Span | None) -> None:
        super().__init__(message, span=span)
        self.rendered = rendered

    def __str__(self) -> str:
        return f"{self.message}\n\n{self.rendered}"


def run_all(
    commands: Sequence[Sequence[str]],
    *,
    timeout: float,
    environment: Mapping[str, str] = NOTHING_MORE,
    stdin: bytes = b"",
    folder: Path | None = None,
) -> list[Output]:
    """Run the commands side by side and wait for all; whatever happens, none is left running.

    `environment`: variables on top of this process's own. `stdin`: what each of them reads. `folder`: where
    they run.

    Raises ToolchainError when a command cannot be started or `timeout` seconds have passed.
    """
    variables = {**os.environ, **environment, **ENVIRONMENT}
    deadline = time.monotonic() + timeout
    started: list[tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]] = []
    with ExitStack() as cleanup:
        for command in commands:
            # Files instead of pipes: no reader thread is needed, and no process blocks on a full pipe.
            out = cleanup.enter_context(tempfile.TemporaryFile())
            err = cleanup.enter_context(tempfile.TemporaryFile())
            try:
                given = cleanup.enter_context(tempfile.TemporaryFile())
                given.write(stdin)
                given.seek(0)
                process = subprocess.Popen(
                    command, env=variables, stdin=given, stdout=out, stderr=err, cwd=folder
                )
            except OSError as error:
                raise ToolchainError(f"cannot run {command[0]}: {error.strerror}") from error
            cleanup.callback(_stop, process)
            started.append((process, out, err))
        for process, _, _ in started:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired as error:
                raise ToolchainError(f"{error.cmd[0]} did not finish within {timeout:g} s") from error
        return [
            Output(process.returncode, _read(out), _read(err).decode(errors="replace"))
            for process, out, err in started
        ]


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def run(
    command: Sequence[str],
    *,
    timeout: float,
    environment: Mapping[str, str] = NOTHING_MORE,
    stdin: bytes = b"",
    folder: Path | None = None,
) -> Output:
    """`run_all` for one command."""
    return run_all([command], timeout=timeout, environment=environment, stdin=stdin, folder=folder)[0]


def check(output: Output, source: Path) -> None:
    """Raise what a failed rustc run on `source` means: the user's error, or the compiler's own."""
    if output.code == 0:
        return
    diagnostics = _diagnostics(output.stderr)
    errors = [d for d in diagnostics if d["level"] == "error" and d["spans"]]
    if output.code == _CRASHED or output.code < 0:
        raise ToolchainError(f"rustc crashed on {source}\n\n{_rendered(output.stderr)}")
    raise RustcError(
        f"rustc cannot compile {source}",
        rendered=_rendered(output.stderr),
        span=_primary_span(errors[0]) if errors else None,
    )


def _diagnostics(stderr: str) -> list[dict[str, Any]]:
    lines = (_json_object(line) for line in stderr.splitlines())
    return [line for line in lines if line is not None and line.get("$message_type") == "diagnostic"]


def _rendered(stderr: str) -> str:
    """The text for humans: rendered diagnostics, other lines (a linker, a panic) as they are."""
    parts = []
    for line in stderr.splitlines():
        data = _json_object(line)
        parts.append(line if data is None else str(data.get("rendered") or "").rstrip("\n"))
    return "\n".join(part for part in parts if part)


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        data = json.loads(line)
    except json.JSONDecodeError:
        return None
    return data if isinstance(data, dict) else None


def _primary_span(diagnostic: dict[str, Any]) -> Span | None:
    for span in diagnostic["spans"]:
        if span["is_primary"]:
            start = span["line_start"], span["column_start"]
            return Span(span["file_name"], *start, span["line_end"], span["column_end"])
    return None


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()

"""The errors that cuq reports to its user, one class for each exit code (docs/cli.md).

Anything else that escapes is an internal error (exit code 70).
"""

from __future__ import annotations

from typing import ClassVar

from cuq.base.span import Span


class CuqError(Exception):
    """Base of all reported errors: what is wrong, where, and what to do about it."""

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, *, span: Span | None = None, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.help = help

    def __str__(self) -> str:
        return f"{self.span}: {self.message}" if self.span else self.message


class UsageError(CuqError):
    """Bad flag, unknown name, bad configuration, no kernel found."""

    exit_code = 2


class InputError(CuqError):
    """The input cannot be read: rustc failed, MIR that does not parse, unreadable file."""

    exit_code = 3


class ToolchainError(CuqError):
    """A tool that is needed is missing or unfit; `help` is the command that fixes it."""

    exit_code = 5


class SelfCheckError(CuqError):
    """Two parts of cuq contradict each other: always a bug of cuq."""

    exit_code = 10


class Unsupported(CuqError):
    """A construct that cuq does not model: the kernel's verdicts become `unknown`."""

    exit_code = 4

    def __init__(self, construct: str, *, span: Span | None = None, help: str | None = None) -> None:
        super().__init__(f"not modelled: {construct}", span=span, help=help)
        self.construct = construct

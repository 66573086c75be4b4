"""Source positions, as rustc prints them: 1-based lines and columns, end exclusive."""

from __future__ import annotations

from cuq.base.records import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A region of a source file. `file` is the path as the compiler printed it."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @classmethod
    def at(cls, file: str, line: int, column: int = 1) -> Span:
        """The empty region at one position."""
        return cls(file, line, column, line, column)

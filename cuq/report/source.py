"""Source lines for reports: read once, made safe to print, columns mapped to where they show."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import field
from pathlib import Path

from cuq.base.records import dataclass
from cuq.base.span import Span

_TAB = 4
LIBRARY = "/rustc/library/"
"""Prefix of the paths of Rust's own library in MIR, whatever the compiler."""


@dataclass(frozen=True, slots=True)
class Line:
    """A source line as it is shown. `columns[c]` is the display column (0-based) of the character `c`;
    one entry more than there are characters."""

    text: str
    columns: tuple[int, ...]

    def column(self, char: int) -> int:
        """Display column of the 1-based character column `char`; past the end, the end."""
        return self.columns[min(max(char, 1) - 1, len(self.columns) - 1)]


@dataclass(slots=True)
class Sources:
    """Reads source files, each once. A file that cannot be read has no lines: reports do without.

    `root`: the folder that relative paths start from and that shown paths are relative to.
    """

    root: Path
    _files: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def line(self, file: str, number: int) -> Line | None:
        """The 1-based line of a file, None when there is none."""
        lines = self._lines(file)
        return shown(lines[number - 1]) if 1 <= number <= len(lines) else None

    def text(self, span: Span) -> str | None:
        """What the span covers, for spans within one line; of longer ones, the part on the first line."""
        lines = self._lines(span.file)
        if not 1 <= span.line <= len(lines):
            return None
        line = lines[span.line - 1]
        end = span.end_column - 1 if span.end_line == span.line else len(line)
        return line[span.column - 1 : end].strip() or None

    def path(self, file: str) -> str:
        """How a path is shown: below `root` relative to it, Rust's library without its prefix."""
        if file.startswith(LIBRARY):
            return file.removeprefix(LIBRARY)
        try:
            return Path(os.path.abspath(self.root / file)).relative_to(self.root).as_posix()
        except ValueError:
            return file

    def place(self, span: Span) -> str:
        return f"{self.path(span.file)}:{span.line}:{span.column}"

    def _lines(self, file: str) -> tuple[str, ...]:
        if file not in self._files:
            try:
                text = (self.root / file).read_bytes().decode("utf-8", errors="replace")
            except (OSError, ValueError):  # ValueError: a NUL in the name
                self._files[file] = ()
            else:
                # Not `splitlines`: rustc counts `\n` only.
                self._files[file] = tuple(line.removesuffix("\r") for line in text.split("\n"))
        return self._files[file]


def shown(text: str) -> Line:
    """Tabs become spaces, control characters a replacement sign (a source must not steer the terminal)."""
    out: list[str] = []
    columns = [0]
    for char in text:
        piece, width = _shown_char(char, columns[-1])
        out.append(piece)
        columns.append(columns[-1] + width)
    return Line("".join(out), tuple(columns))


def _shown_char(char: str, column: int) -> tuple[str, int]:
    if char == "\t":
        width = _TAB - column % _TAB
        return " " * width, width
    # Cc: controls; Cf: formatting, which includes the marks that reverse the direction of text.
    if unicodedata.category(char) in ("Cc", "Cf"):
        return "�", 1
    if unicodedata.combining(char):
        return char, 0
    return char, 2 if unicodedata.east_asian_width(char) in "WF" else 1


def display_width(text: str) -> int:
    return shown(text).columns[-1]

"""Pieces of a file that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from cuq.base.errors import InputError
from cuq.base.records import dataclass
from cuq.base.span import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """The characters `start` to `end` of `text`."""

    file: str
    text: str
    start: int
    end: int

    def __str__(self) -> str:
        return self.text[self.start : self.end]

    @property
    def span(self) -> Span:
        before = self.text[: self.start]
        return Span.at(self.file, before.count("\n") + 1, self.start - (before.rfind("\n") + 1) + 1)

    def part(self, start: int, end: int) -> Piece:
        """A part, by offsets into this piece."""
        return Piece(self.file, self.text, self.start + start, self.start + end)

    def stripped(self) -> Piece:
        text = str(self)
        left = len(text) - len(text.lstrip())
        return self.part(left, max(left, len(text.rstrip())))

    def split(self, separator: str) -> Iterator[Piece]:
        at = 0
        text = str(self)
        for match in re.finditer(re.escape(separator), text):
            yield self.part(at, match.start()).stripped()
            at = match.end()
        yield self.part(at, len(text)).stripped()

    def fail(self, message: str, help: str | None = None) -> NoReturn:
        raise InputError(message, span=self.span, help=help)

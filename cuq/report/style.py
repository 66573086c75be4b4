"""Colours of the human report: ANSI escape sequences, or nothing."""

from __future__ import annotations

from enum import Enum

from cuq.base.records import dataclass


class Paint(Enum):
    """What a piece of text is, and its ANSI attributes."""

    ERROR = "1;31"
    WARNING = "1;33"
    GOOD = "1;32"
    NOTE = "1;36"
    BOLD = "1"
    FRAME = "1;34"
    FAINT = "2"


@dataclass(frozen=True, slots=True)
class Style:
    """How the terminal wants its text. `width` in columns, None for no limit (files, pipes)."""

    colour: bool = False
    width: int | None = None

    def paint(self, text: str, paint: Paint) -> str:
        return f"\x1b[{paint.value}m{text}\x1b[0m" if self.colour and text else text

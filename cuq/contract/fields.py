"""The written form of directives: `key=value` pairs and `allow(…)`, and the values in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.base.span import Span

_VALUE = r'"[^"]*"|\[[^\]"]*\]|[^\s,="\[\]()]+'
_ITEM = re.compile(
    rf"""
    [\s,]*
    (?: (?P<key>[\w.]+) \s* = \s* (?P<value>{_VALUE})
      | allow \( (?P<allow> (?: "[^"]*" | [^")] )* ) \)
    )
    """,
    re.VERBOSE,
)
_WORD = re.compile(rf"[\s,]*(?P<value>{_VALUE})")


@dataclass(frozen=True, slots=True)
class Value:
    """A value as written: `word`, `"text"`, `[a,b]`, or what stands in the parentheses of `allow(…)`."""

    text: str
    span: Span

    def word(self) -> str:
        """A name or path."""
        text = self.text.strip('"')
        if not re.fullmatch(r"\w[\w.:-]*", text):
            raise UsageError(f"`{self.text}` is not a name", span=self.span)
        return text

    def integer(self) -> int:
        """A number, decimal or with `0x`."""
        try:
            return int(self.text.strip('"'), 0)
        except ValueError:
            raise UsageError(f"`{self.text}` is not a number", span=self.span) from None

    def boolean(self) -> bool:
        """`true` or `false`."""
        if self.text not in {"true", "false"}:
            raise UsageError(f"`{self.text}` is neither `true` nor `false`", span=self.span)
        return self.text == "true"

    def quoted(self) -> tuple[str, Span]:
        """What stands between the quotes, or an unquoted word, and where it starts."""
        if self.text.startswith('"'):
            return self.text[1:-1], replace(self.span, column=self.span.column + 1)
        return self.text, self.span

    def elements(self) -> list[Value]:
        """The values in brackets; a value without brackets stands for itself."""
        if not self.text.startswith("["):
            return [self]
        return list(Fields(self.text[1:-1], replace(self.span, column=self.span.column + 1)).words())


@dataclass(frozen=True, slots=True)
class Item:
    """`key=value`, or `allow(value)` with the key `allow`."""

    key: str
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Fields:
    """The text behind a directive's colon; `span` is where it starts."""

    text: str
    span: Span

    def items(self) -> Iterator[Item]:
        """The pairs. Raises UsageError where there is none."""
        for match in self._matches(_ITEM, '`key=value` or `allow(CUQ-…, reason="…")` is needed here'):
            group = "value" if match["allow"] is None else "allow"
            value = Value(match[group], self._at(match.start(group), match.end(group)))
            yield Item(match["key"] or "allow", value, self._at(match.start(), match.end()))

    def words(self) -> Iterator[Value]:
        """The values, separated by blanks or commas. Raises UsageError where there is none."""
        for match in self._matches(_WORD, "a value is needed here"):
            yield Value(match["value"], self._at(match.start("value"), match.end()))

    def _matches(self, pattern: re.Pattern[str], needed: str) -> Iterator[re.Match[str]]:
        position, end = 0, len(self.text.rstrip())
        while position < end:
            match = pattern.match(self.text, position)
            if match is None:
                blank = len(self.text) - len(self.text[position:].lstrip(" \t,"))
                raise UsageError(needed, span=self._at(blank, end))
            yield match
            position = match.end()

    def _at(self, start: int, end: int) -> Span:
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip(" \t,"))
        at = self.span
        return Span(at.file, at.line, at.column + start, at.line, at.column + end)

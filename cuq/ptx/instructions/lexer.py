"""Tokens of PTX (PTX ISA, "Syntax").

In `asm!` templates, `{0}` is an operand and doubled braces are braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cuq.base.errors import InputError
from cuq.base.records import dataclass
from cuq.base.span import Span


@dataclass(frozen=True, slots=True)
class Token:
    """kind: `name`, `dot` (a directive or modifier, without its dot), `int`, `float`, `operand`, `string`,
    `end` or `punct`. glued: no blank stands before it."""

    kind: str
    text: str
    span: Span
    glued: bool


_COMMON = r"""
    (?P<blank>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<string>"[^"\n]*")
  | (?P<float>0[fF][0-9a-fA-F]{8}(?![0-9a-zA-Z])|0[dD][0-9a-fA-F]{16}(?![0-9a-zA-Z]))
  | (?P<decimal>\d+\.\d*(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
  | (?P<int>0[xX][0-9a-fA-F]+U?|0[bB][01]+U?|\d+U?)
  | (?P<name>[a-zA-Z][\w$]*|[_$%][\w$]+(?:\.[a-z]\w*)?|_)
  | \.(?P<dot>[a-zA-Z0-9]\w*(?:::\w+(?:::\w+)*)?)
"""
_PTX = re.compile(_COMMON + r"| (?P<punct>[{}\[\](),;:|!@+\-<>=.*/~&^?])", re.VERBOSE | re.DOTALL)
_TEMPLATE = re.compile(
    _COMMON
    + r"| (?P<operand>\{\d+(?::[a-z]?)?\}) | (?P<brace>\{\{|\}\}) | (?P<punct>[\[\](),;:|!@+\-<>=.*/~&^?])",
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str, file: str, template: bool) -> Iterator[Token]:
    """The tokens of `text`, then one of kind `end`. Raises InputError at a character that begins none."""
    pattern = _TEMPLATE if template else _PTX
    at, line, start, glued = 0, 1, 0, False
    while at < len(text):
        match = pattern.match(text, at)
        span = Span.at(file, line, at - start + 1)
        if match is None or match.lastgroup is None:
            raise InputError(f"cannot read PTX at `{text[at : at + 12].splitlines()[0]}`", span=span)
        kind, word = match.lastgroup, match[match.lastgroup]
        if kind == "blank":
            glued = False
        else:
            # Braces are doubled in templates.
            yield Token(
                "punct" if kind == "brace" else kind, word[0] if kind == "brace" else word, span, glued
            )
            glued = True
        lines = match[0].count("\n")
        if lines:
            line, start = line + lines, at + match[0].rindex("\n") + 1
        at = match.end()
    yield Token("end", "", Span.at(file, line, at - start + 1), False)

"""Tokens of Rust source text, as far as finding items needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from cuq.base.errors import InputError
from cuq.base.records import dataclass
from cuq.base.span import Span


class TokenKind(Enum):
    """What a token is. Numbers, and parts of operators longer than two characters, are PUNCTUATION."""

    WORD = auto()
    STRING = auto()
    CHAR = auto()
    LIFETIME = auto()
    LINE_COMMENT = auto()
    BLOCK_COMMENT = auto()
    PUNCTUATION = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its offset in the text. A raw identifier keeps its `r#`."""

    kind: TokenKind
    text: str
    offset: int


_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<LINE_COMMENT>//[^\n]*)
    | (?P<comment>/\*)
    | (?P<raw>(?:b|c)?r(?P<hashes>\#*)")
    | (?P<STRING>[bc]?"(?:[^"\\]|\\.)*")
    | (?P<CHAR>b?'(?:[^'\\\n]|\\(?:x..|u\{[^}]*\}|.))')
    | (?P<LIFETIME>'(?:r\#)?\w+)
    | (?P<WORD>(?:r\#)?[^\W\d]\w*)
    | (?P<PUNCTUATION>->|=>|::|\d\w*|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str, file: str) -> Iterator[Token]:
    """The tokens of `text`, comments included. Raises InputError when a comment or string does not end."""
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None  # the last alternative takes any character
        start, position = position, match.end()
        match match.lastgroup:
            case "space":
                continue
            case "comment":
                position = _end_of_comment(text, start, file)
                yield Token(TokenKind.BLOCK_COMMENT, text[start:position], start)
            case "raw":
                end = text.find('"' + match["hashes"], position)
                if end < 0:
                    raise InputError("this string does not end", span=span_of(text, start, start, file))
                position = end + 1 + len(match["hashes"])
                yield Token(TokenKind.STRING, text[start:position], start)
            case str(name):
                if name == "PUNCTUATION" and match[0] == '"':
                    raise InputError("this string does not end", span=span_of(text, start, start, file))
                yield Token(TokenKind[name], match[name], start)
            case None:
                raise AssertionError("every alternative has a name")


def code(text: str, file: str) -> list[Token]:
    """The tokens of `text` without comments. Raises InputError as `tokens` does."""
    comments = (TokenKind.LINE_COMMENT, TokenKind.BLOCK_COMMENT)
    return [token for token in tokens(text, file) if token.kind not in comments]


def span_of(text: str, start: int, end: int, file: str) -> Span:
    """The region between two offsets, columns counted in characters."""
    return Span(file, *_position(text, start), *_position(text, end))


def _position(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _end_of_comment(text: str, start: int, file: str) -> int:
    """Block comments nest."""
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(text, start):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end()
    raise InputError("this comment does not end", span=span_of(text, start, start, file))

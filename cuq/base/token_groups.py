"""Brackets and commas in a sequence of tokens of Rust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cuq.base.rust_lexer import Token

CLOSERS = {"(": ")", "[": "]", "{": "}"}


ANGLED = {**CLOSERS, "<": ">"}
"""Where no operator stands, as in types."""


def group_end(stream: Sequence[Token], opener: int, pairs: Mapping[str, str] = CLOSERS) -> int:
    """Behind the bracket that closes the one here; the end of the text if none does. pairs: which brackets count."""
    closers: list[str] = []
    for at in range(opener, len(stream)):
        text = stream[at].text
        if text in pairs:
            closers.append(pairs[text])
        elif closers and text == closers[-1]:
            closers.pop()
            if not closers:
                return at + 1
    return len(stream)


def parts(stream: Sequence[Token], start: int, end: int) -> list[tuple[int, int]]:
    """The parts between the commas of these tokens, as ranges; what stands in brackets is not looked into."""
    found, at = [], start
    while at < end:
        if stream[at].text == ",":
            found.append((start, at))
            start = at = at + 1
        else:
            at = group_end(stream, at) if stream[at].text in CLOSERS else at + 1
    return [*found, (start, end)] if start < end else found

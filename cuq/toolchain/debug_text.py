"""Reads what Rust's `{:#?}` prints of structs, enums and lists."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(r"[\[\]{}(),]|[^\s\[\]{}(),]+")
_CLOSERS = {"{": "}", "(": ")", "[": "]"}


def parse_debug(text: str) -> Any:
    """`Name { a: 1, b: [X(2), Y] }` as `("Name", {"a": "1", "b": [("X", ["2"]), "Y"]})`.

    Raises ValueError for text that does not nest so.
    """
    tokens = _TOKEN.findall(text)
    value, end = _value(tokens, 0)
    if end != len(tokens):
        raise ValueError(f"unexpected `{tokens[end]}`")
    return value


def _value(tokens: list[str], at: int) -> tuple[Any, int]:
    name = _token(tokens, at)
    if name == "[":
        return _items(tokens, at)
    if name in _CLOSERS or name in _CLOSERS.values() or name == ",":
        raise ValueError(f"unexpected `{name}`")
    if at + 1 < len(tokens) and tokens[at + 1] in ("(", "{"):
        inner, end = _items(tokens, at + 1)
        return (name, inner), end
    return name, at + 1


def _items(tokens: list[str], at: int) -> tuple[Any, int]:
    named = tokens[at] == "{"
    closer = _CLOSERS[tokens[at]]
    fields: dict[str, Any] = {}
    items: list[Any] = []
    at += 1
    while _token(tokens, at) != closer:
        if named:
            key = tokens[at]
            if not key.endswith(":"):
                raise ValueError(f"`{key}` is no field")
            fields[key[:-1]], at = _value(tokens, at + 1)
        else:
            value, at = _value(tokens, at)
            items.append(value)
        if _token(tokens, at) == ",":
            at += 1
    return (fields if named else items), at + 1


def _token(tokens: list[str], at: int) -> str:
    if at >= len(tokens):
        raise ValueError("the text ends too early")
    return tokens[at]

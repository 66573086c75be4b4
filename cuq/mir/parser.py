"""Reads the small parts of a MIR dump: types, paths, source ranges, and any symbol of the grammar."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from cuq.base.span import Span
from cuq.mir.actions import ACTIONS
from cuq.mir.lalr import Automaton
from cuq.mir.types import Path, Ty

_SPAN = re.compile(r"(.+):(\d+):(\d+): (\d+):(\d+)(?: \(#\d+\))?")


@cache
def _automaton() -> Automaton:
    return Automaton(ACTIONS)


def parse_symbol(start: str, text: str) -> Any:
    """The value of `text` read as a start symbol of the grammar. Raises `ValueError`."""
    return _automaton().parse(start, text)


@lru_cache(maxsize=4096)
def parse_type(text: str) -> Ty:
    """A type as rustc prints it. Raises `ValueError`."""
    ty: Ty = parse_symbol("ty", text)
    return ty


def parse_path(text: str) -> Path:
    """A path as rustc prints it. Raises `ValueError`."""
    path: Path = parse_symbol("path", text)
    return path


@lru_cache(maxsize=4096)
def parse_span(text: str) -> Span | None:
    """`f.rs:1:2: 3:4`; `None` for `no-location`. Raises `ValueError`."""
    if text == "no-location":
        return None
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"not a source range: {text}")
    return Span(match[1], int(match[2]), int(match[3]), int(match[4]), int(match[5]))

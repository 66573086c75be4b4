"""Which crates a text of MIR or Rust names: the first words of its paths."""

from __future__ import annotations

import re

LIBRARIES = frozenset({"core", "std", "alloc"})
"""Mean the same in every crate."""

_ROOT = re.compile(r"(?<![\w:])([A-Za-z_]\w*)::")


def roots(text: str) -> set[str]:
    """The first words of all paths, those of the standard library left out."""
    return set(_ROOT.findall(text)) - LIBRARIES

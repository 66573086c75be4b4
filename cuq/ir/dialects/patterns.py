"""Patterns of function paths: `{a,b}` for alternatives, `*` within a segment, `**` across segments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

_GROUP = re.compile(r"\{([^{}]*)\}")


def expand(pattern: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The pattern for each choice of alternatives, with the alternatives that were chosen, in order.

    Raises ValueError for braces that do not match.
    """
    groups = [match[1].split(",") for match in _GROUP.finditer(pattern)]
    rest = _GROUP.split(pattern)[::2]
    if any(brace in part for part in rest for brace in "{}"):
        raise ValueError("braces that do not match")
    for chosen in product(*groups):
        yield "".join(f"{a}{b}" for a, b in zip(rest, (*chosen, ""), strict=True)), chosen


def glob(pattern: str) -> re.Pattern[str]:
    """What a pattern without alternatives matches."""
    parts = (re.escape(part) for part in re.split(r"(\*\*|\*)", pattern))
    words = {r"\*\*": ".*", r"\*": r"[^:]*"}
    return re.compile("".join(words.get(part, part) for part in parts))


def fill(text: str, chosen: tuple[str, ...]) -> str:
    """`{1}` in a value stands for the first alternative that its pattern chose, and so on.

    Raises ValueError for a number without an alternative.
    """

    def one(match: re.Match[str]) -> str:
        number = int(match[1])
        if not 1 <= number <= len(chosen):
            raise ValueError(f"`{match[0]}`, where the path has {len(chosen)} alternatives")
        return chosen[number - 1]

    return re.sub(r"\{(\d+)\}", one, text)

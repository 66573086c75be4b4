"""Splits the text of a MIR dump into items, line by line, without parsing them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from cuq.base.errors import InputError
from cuq.base.records import dataclass
from cuq.base.span import Span


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a dump: the text from its header to its last line, and the number of its first line.

    `kind` is `fn`, `const`, `promoted`, `static`, `static mut`, `alloc`, or empty for a constant
    without a name. `for_ctfe` marks the copy of a `const fn` that the compiler itself runs.
    """

    kind: str
    name: str
    path: str
    line: int
    text: str
    for_ctfe: bool = False


_HEADER = re.compile(
    r"""
      (?P<fn>fn)[ ](?P<fn_name>.*?)\((?:_1:[ ].*|)\)[ ]->[ ].*(?:\{|\n)$
    | (?P<data>const|static[ ]mut|static)[ ]
      (?P<data_name>(?:<impl[ ]at[ ][^<>]*>|(?!<impl[ ]at[ ])[^:]|:(?![ ]))+):[ ].*[ ]=[ ](?:\{|const[ ].*;)$
    | (?P<alloc>alloc)\d+[ ]\(
    | (?P<anon_name>[^\s/}|].*\{constant\#\d+\}):[ ].*[ ]=[ ]\{$
    """,
    re.VERBOSE,
)
_FOR_CTFE = "// MIR FOR CTFE"


def index_bodies(text: str, path: str) -> tuple[Item, ...]:
    """The items of a dump in order. `path` names the dump in messages.

    Raises `InputError` for text outside of items, and for a dump without any.
    """
    items = tuple(_items(text, path))
    if not items:
        raise InputError("no MIR in this file", span=Span.at(path, 1), help="expected rustc's --emit=mir")
    return items


def _items(text: str, path: str) -> Iterator[Item]:
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if line[:1] not in " }/\t" and _HEADER.match(line)]
    for number, line in enumerate(lines[: starts[0] if starts else None], start=1):
        if line.strip() and not line.startswith("//"):
            raise InputError(f"not MIR: {_shorten(line)}", span=Span.at(path, number))
    for start, end in pairwise([*starts, len(lines)]):
        while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("//")):
            end -= 1
        kind, name = _name(lines[start])
        for_ctfe = start > 0 and lines[start - 1] == _FOR_CTFE
        yield Item(kind, name, path, start + 1, "\n".join(lines[start:end]), for_ctfe)


def _name(line: str) -> tuple[str, str]:
    match = _HEADER.match(line)
    if match is None:
        raise ValueError(line)
    if match["fn"]:
        return "fn", match["fn_name"]
    if match["alloc"]:
        return "alloc", line.partition(" ")[0]
    if match["anon_name"]:
        return "", match["anon_name"]
    name = match["data_name"]
    promoted = match["data"] == "const" and re.search(r"::promoted\[\d+\]$", name)
    return "promoted" if promoted else match["data"], name


def _shorten(line: str) -> str:
    return line if len(line) <= 80 else line[:77] + "..."

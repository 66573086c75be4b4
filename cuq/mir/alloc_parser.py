"""Reads allocation items: `alloc1 (static: TILE, size: 8, align: 4) {`, then a dump of the bytes."""

from __future__ import annotations

import re

from cuq.base.errors import InputError
from cuq.base.span import Span
from cuq.mir.body import Alloc, AllocKind, Memory, Relocation
from cuq.mir.items import Item

_MEMORY = re.compile(r"(alloc\d+) \((?:static: (.*), )?size: (\d+), align: (\d+)\) \{(\}| \.\. \})?")
_OTHER = re.compile(r"(alloc\d+) \((static: |extern static: |fn: |vtable: |typeid for )(.*)\)")
_KINDS = {
    "static: ": AllocKind.STATIC,
    "extern static: ": AllocKind.EXTERN_STATIC,
    "fn: ": AllocKind.FN,
    "vtable: ": AllocKind.VTABLE,
    "typeid for ": AllocKind.TYPE_ID,
}
# A pointer is drawn over its bytes, `╾──alloc3+0x8<imm>──╼`, maybe over two lines.
_TOKEN = re.compile(r"(?P<pointer>╾(?P<target>[^╼]*)╼)|(?P<byte>[0-9a-f]{2}|__)|(?P<space> )|(?P<bad>.)")
_TARGET = re.compile(r"─*a(?:lloc)?(\d+)(?:\+0x([0-9a-f]+))?(?:<imm>)?(?: \(\d+ ptr bytes\))?─*")
_ADDRESS = re.compile(r"0x[0-9a-f]+ │ ")
_POINTER_BYTES = 8


def parse_alloc(item: Item) -> Alloc:
    """The tree of an allocation item. Raises `InputError` at its first line for unknown text."""
    try:
        return _alloc(item.text.split("\n"))
    except ValueError as error:
        raise InputError(
            f"cannot read this allocation ({error}): {item.text.partition(chr(10))[0]}",
            span=Span.at(item.path, item.line),
        ) from error


def _alloc(lines: list[str]) -> Alloc:
    match = _MEMORY.fullmatch(lines[0])
    if match is None:
        other = _OTHER.fullmatch(lines[0])
        if other is None or len(lines) > 1:
            raise ValueError("unknown form")
        return Alloc(other[1], _KINDS[other[2]], other[3], None)
    kind = AllocKind.MEMORY if match[2] is None else AllocKind.STATIC
    size, align = int(match[3]), int(match[4])
    if match[5] is not None:
        if len(lines) > 1:
            raise ValueError("text after it")
        return Alloc(match[1], kind, match[2], Memory(size, align, () if size == 0 else None))
    if lines[-1] != "}":
        raise ValueError("the text ends inside of it")
    data, relocations = _bytes(lines[1:-1])
    if len(data) != size:
        raise ValueError(f"{len(data)} bytes instead of {size}")
    return Alloc(match[1], kind, match[2], Memory(size, align, tuple(data), tuple(relocations)))


def _bytes(lines: list[str]) -> tuple[list[int | None], list[Relocation]]:
    columns = [_ADDRESS.sub("", line[4:], count=1).partition(" │ ")[0].rstrip() for line in lines]
    text = " ".join(columns).replace("─ ─", "──").replace("╾ ─", "╾─").replace("─ ╼", "─╼")
    data: list[int | None] = []
    relocations: list[Relocation] = []
    for match in _TOKEN.finditer(text):
        if match["bad"]:
            raise ValueError(f"unexpected {match['bad']!r}")
        if match["byte"]:
            data.append(None if match["byte"] == "__" else int(match["byte"], 16))
        elif match["pointer"]:
            target = _TARGET.fullmatch(match["target"])
            if target is None:
                raise ValueError(f"not a pointer: {match['target']}")
            relocations.append(Relocation(len(data), f"alloc{target[1]}", int(target[2] or "0", 16)))
            data.extend([0] * _POINTER_BYTES)
    return data, relocations

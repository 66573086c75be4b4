"""What a thread writes on every way from a barrier to the next ones, or to its end (a greatest fixed point)."""

from __future__ import annotations

from collections.abc import Sequence

from cuq.checks.artefact.operations import Access
from cuq.checks.artefact.source import End, Part

Pieces = dict[str, list[int | Access]]
"""For each block its barriers, by their sites, and its plain accesses, in order."""

_Written = frozenset[str] | None
"""None: everything, as nothing comes after a panic."""


def certain_writes(pieces: Pieces, parts: Sequence[Part]) -> dict[int | None, frozenset[str]]:
    """For each barrier, wherever it is in the parts, and for the entry (None)."""
    first: list[_Written] = [None] * len(parts)
    changed = True
    while changed:
        changed = False
        for i in reversed(range(len(parts))):
            new = _from(pieces, parts, first, i, 0)
            if new != first[i]:
                first[i] = new
                changed = True
    found: dict[int | None, _Written] = {None: first[0]}
    for i, part in enumerate(parts):
        for k, item in enumerate(pieces[part.label]):
            if isinstance(item, int):
                found[item] = _both(found.get(item), _from(pieces, parts, first, i, k + 1))
    return {site: written or frozenset() for site, written in found.items()}


def _from(pieces: Pieces, parts: Sequence[Part], first: Sequence[_Written], i: int, start: int) -> _Written:
    """From inside of a part on."""
    written = frozenset[str]()
    for item in pieces[parts[i].label][start:]:
        if isinstance(item, int):
            return written
        if item.write and item.targets is not None and len(item.targets) == 1:
            written |= item.targets
    if parts[i].end is End.RETURN:
        return written
    behind: _Written = None
    for following in parts[i].next:
        behind = _both(behind, first[following])
    return None if behind is None else written | behind


def _both(a: _Written, b: _Written) -> _Written:
    if a is None or b is None:
        return b if a is None else a
    return a & b

"""Whether operations of the PTX do what the source asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cuq.base.records import dataclass
from cuq.checks.artefact.operations import Operation

_ACQUIRES = frozenset({"acquire", "acq_rel", "sc"})
_RELEASES = frozenset({"release", "acq_rel", "sc"})
_WIDTH = {"cta": 0, "cluster": 1, "gpu": 2, "sys": 2}
"""How far a scope reaches on one device."""


@dataclass(frozen=True, slots=True)
class Weaker:
    """An operation that nothing in the PTX does as asked: the nearest that there is."""

    asked: Operation
    found: Operation


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Operations of one kind of which it is not clear which is which."""

    kind: str
    asked: tuple[Operation, ...]
    found: tuple[Operation, ...]


def does(found: Operation, asked: Operation) -> bool:
    """`found` is at least as strong as `asked`, fences beside it included."""
    if _WIDTH[found.scope] < _WIDTH[asked.scope]:
        return False
    if asked.kind == "fence":
        return asked.order not in ("sc",) or found.order == "sc"
    if asked.order in _ACQUIRES and not {found.order, found.after} & _ACQUIRES and asked.kind != "store":
        return False
    if asked.order in _RELEASES and not {found.order, found.before} & _RELEASES and asked.kind != "load":
        return False
    return asked.order != "sc" or "sc" in (found.before, found.order)


def compare(asked: Iterable[Operation], found: Iterable[Operation]) -> Iterator[Weaker | Unmatched]:
    """What is not as asked, by kind of operation.

    A fence beside an operation may be part of it, or one that the source asks for by itself: where it asks for any,
    nothing rests on fences beside operations, for good or bad.
    """
    wanted, there = tuple(asked), tuple(found)
    own_fences = any(operation.kind == "fence" for operation in wanted)
    for kind in dict.fromkeys(operation.kind for operation in wanted):
        mine = tuple(op for op in wanted if op.kind == kind)
        theirs = tuple(op for op in there if op.kind == kind)
        hopeless = [op for op in mine if theirs and not any(does(other, op) for other in theirs)]
        if hopeless:
            yield from (Weaker(op, theirs[0]) for op in hopeless)
        elif not _matched(kind, mine, tuple(map(_alone, theirs)) if own_fences else theirs):
            yield Unmatched(kind, mine, theirs)
    for kind in dict.fromkeys(op.kind for op in there):
        if kind not in ("fence",) and all(op.kind != kind for op in wanted):
            yield Unmatched(kind, (), tuple(op for op in there if op.kind == kind))


def _alone(operation: Operation) -> Operation:
    return replace(operation, before="", after="")


def _matched(kind: str, asked: tuple[Operation, ...], found: tuple[Operation, ...]) -> bool:
    """Each of `asked` is done by one of `found` of its own. Copies are fine where all do what any is asked for."""
    if kind == "fence":
        # Back ends add fences to other operations; those that were asked for must be there.
        return len(found) >= len(asked) and _assigned(asked, found)
    if len(asked) == len(found):
        return _assigned(asked, found)
    copies = len(found) > len(asked) and kind not in ("barrier", "warp barrier")
    return copies and all(does(there, op) for there in found for op in asked)


def _assigned(asked: tuple[Operation, ...], found: tuple[Operation, ...]) -> bool:
    """There is an injective choice (augmenting paths)."""
    taken: dict[int, int] = {}

    def place(i: int, seen: set[int]) -> bool:
        for j, there in enumerate(found):
            if j not in seen and does(there, asked[i]):
                seen.add(j)
                if j not in taken or place(taken[j], seen):
                    taken[j] = i
                    return True
        return False

    return all(place(i, set()) for i in range(len(asked)))

"""Plain accesses that moved over a block barrier.

Between a barrier and the next ones, the PTX may read and write only objects that the source reads and writes there, and has to
write those that the source writes there on every way: back ends move accesses between two barriers, and leave out those that
are of no use there, but move none over a barrier. Not looked at are reads of what the kernel never writes, accesses by way of a `&mut`,
which nobody else may see, memory of one thread, and addresses of which it is not clear what they lead to. Elements of an object
are not told apart, so that in a loop an access may have moved to the next round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cuq.analysis.roots import pointer_roots, written_objects
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.checks.artefact.certain import Pieces, certain_writes
from cuq.checks.artefact.nodes import Code
from cuq.checks.artefact.operations import Access, Operation
from cuq.checks.artefact.source import Asked, Part, parts_of, targets_of
from cuq.ir.graph import closure
from cuq.ir.module import Kernel
from cuq.ir.ops import Barrier, CopyBytes, Load, Store
from cuq.ir.types import Space

Interval = frozenset[tuple[bool, str]] | None
"""What is written (True) and read (False) from some barrier on to the next ones; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An access of the PTX to an object that the source does not access so between the same barriers.

    behind: the barrier before it, None for the entry.
    """

    write: bool
    obj: str
    place: Span
    behind: Operation | None


@dataclass(frozen=True, slots=True)
class Left:
    """A write of the source that the PTX does not have between the same barriers. behind: the barrier before it, by its
    place among the operations of the source, None for the entry."""

    obj: str
    behind: int | None


@dataclass(frozen=True, slots=True)
class Between:
    """For each barrier of the source and for the entry (None): what may be accessed behind it, and what is written on every
    way. watched: the accesses that are looked at."""

    intervals: Mapping[int | None, Interval]
    certain: Mapping[int | None, frozenset[str]]
    watched: frozenset[tuple[bool, str]]


NOTHING = Between({None: None}, {}, frozenset())


def between(kernel: Kernel, asked: Asked, possible: Sequence[Part]) -> Between:
    """possible: of the kernel, what constants leave."""
    pieces = _pieces(kernel, asked)
    return Between(
        _intervals(pieces, parts_of(kernel, asked)), certain_writes(pieces, possible), _watched(kernel)
    )


def moved(source: Between, code: Code, partners: Mapping[int, frozenset[int]]) -> Iterator[Moved | Left]:
    """partners: for each place of the code the operations of the source that it may be."""
    barriers = frozenset(
        i
        for i, node in enumerate(code.nodes)
        if node.operation is not None and node.operation.kind == "barrier"
    )
    if not barriers:
        return
    found: dict[int | None, list[int]] = {None: _until(code, 0, barriers)}
    for start in sorted(barriers):
        places, sites = _until(code, start, barriers), partners.get(start, frozenset())
        for one in sites:
            found.setdefault(one, []).extend(places)
        yield from _strange(source, code, places, sites, start)
    yield from _strange(source, code, found[None], (None,), 0)
    for site, places in found.items():
        yield from _left(source, code, places, site)


def _strange(
    source: Between, code: Code, places: Iterable[int], sites: Iterable[int | None], start: int
) -> Iterator[Moved]:
    """Accesses that the source does not have."""
    intervals = [source.intervals[site] for site in sites]
    allowed = frozenset[tuple[bool, str]]().union(*(one for one in intervals if one is not None))
    if None not in intervals:
        for node in (code.nodes[i] for i in places):
            access = node.plain
            if access is not None and access.targets:
                found = {(access.write, obj) for obj in access.targets}
                if found <= source.watched and not found & allowed:
                    yield Moved(*min(found), node.span, code.nodes[start].operation)


def _left(source: Between, code: Code, places: Iterable[int], site: int | None) -> Iterator[Left]:
    """Writes that the source has, and the PTX has not."""
    writes = [
        node.plain.targets for node in (code.nodes[i] for i in places) if node.plain and node.plain.write
    ]
    if None not in writes:
        known = frozenset[str]().union(*(targets for targets in writes if targets is not None))
        for obj in sorted(source.certain.get(site, frozenset()) - known):
            if (True, obj) in source.watched:
                yield Left(obj, site)


def _watched(kernel: Kernel) -> frozenset[tuple[bool, str]]:
    """Writes, and reads of what is written, of memory that other threads may see."""
    exclusive = {
        obj for param in kernel.params if param.rust_type.startswith("&mut") for obj in param.objects if obj
    }
    seen = {
        obj.name for obj in kernel.objects if obj.space is not Space.LOCAL and not obj.readonly
    } - exclusive
    written = written_objects(kernel, pointer_roots(kernel)) & seen
    return frozenset((write, obj) for obj in written for write in (True, False))


def _until(code: Code, start: int, barriers: frozenset[int]) -> list[int]:
    """The places between a barrier, or the entry, and the next barriers."""
    starts = code.nodes[start].next if start in barriers else (start,)
    return sorted(
        closure(set(starts) - barriers, lambda i: (j for j in code.nodes[i].next if j not in barriers))
    )


def _intervals(pieces: Pieces, parts: Sequence[Part]) -> dict[int | None, Interval]:
    """For each barrier of the source, wherever it is in the parts, and for the entry (None)."""
    found: dict[int | None, Interval] = {None: _interval(pieces, parts, (0, 0))}
    for i, part in enumerate(parts):
        for k, item in enumerate(pieces[part.label]):
            if isinstance(item, int):
                here, before = _interval(pieces, parts, (i, k + 1)), found.get(item, frozenset())
                found[item] = None if here is None or before is None else here | before
    return found


def _pieces(kernel: Kernel, asked: Asked) -> Pieces:
    """The barriers and plain accesses of each block, in order."""
    targets = targets_of(kernel)
    found: dict[str, list[int | Access]] = {}
    for block in kernel.blocks:
        barriers = (site for site in asked.blocks[block.label] if asked.operations[site].kind == "barrier")
        items = found[block.label] = []
        for op in block.ops:
            match op:
                case Barrier():
                    items.append(next(barriers))
                case Load(pointer=pointer, sem=sem) if not sem.order.atomic:
                    items.append(Access(False, targets(pointer)))
                case Store(pointer=pointer, sem=sem) if not sem.order.atomic:
                    items.append(Access(True, targets(pointer)))
                case CopyBytes(source=source, target=target):
                    items += [Access(False, targets(source)), Access(True, targets(target))]
                case _:
                    pass
    return found


def _interval(pieces: Pieces, parts: Sequence[Part], start: tuple[int, int]) -> Interval:
    found: set[tuple[bool, str]] = set()
    seen: set[tuple[int, int]] = set()
    work = [start]
    while work:
        i, first = work.pop()
        if (i, first) in seen:
            continue
        seen.add((i, first))
        for item in pieces[parts[i].label][first:]:
            if isinstance(item, int):
                break
            if item.targets is None:
                return None
            found |= {(item.write, obj) for obj in item.targets}
        else:
            work += [(target, 0) for target in parts[i].next]
    return frozenset(found)

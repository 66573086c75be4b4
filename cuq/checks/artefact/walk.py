"""Whether all sequences of operations that the PTX has are sequences of the source (language inclusion).

The subset construction: along each way through the code go all ways to read its operations as those of the source. Where
none is left, the source has no such sequence.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from cuq.base.records import dataclass
from cuq.checks.artefact.nodes import Code, Node, leading_to
from cuq.checks.artefact.source import Source
from cuq.checks.artefact.step import Reading, accessed, steps
from cuq.ir.graph import closure

MOST_STATES = 200_000

Readings = frozenset[Reading]
Place = tuple[int, Reading]
Edges = dict[Place, set[tuple[Place, int | None]]]


@dataclass(frozen=True, slots=True)
class Failure:
    """A place in the code behind which the source does not follow; what it had been read as before."""

    node: Node
    place: int
    readings: Readings


@dataclass(frozen=True, slots=True)
class Walk:
    """failures: one for each place. partners: for each place of the code the operations of the source that it may be.
    complete: all was looked at. edges: how each reading goes on at a place, and what of the source is done there; ends:
    where the source may return when the code does, or when it loops for ever."""

    failures: tuple[Failure, ...]
    partners: dict[int, frozenset[int]]
    complete: bool
    edges: Edges
    ends: frozenset[Place]

    @property
    def start(self) -> Place:
        return 0, Reading(0)


def walk(source: Source, code: Code, exact: Container[int]) -> Walk:
    """exact: the operations of the source whose strength counts."""
    start = (0, frozenset((Reading(0),)))
    seen = {start}
    work = [start]
    failures: dict[int, Failure] = {}
    edges: Edges = {}
    ends: set[Place] = set()
    while work and len(seen) <= MOST_STATES:
        place, readings = work.pop()
        node = code.nodes[place]
        if node.returns:
            done = {r for r in readings if r.owed is None and source.may_return(r.state)}
            ends |= {(place, r) for r in done}
            left = frozenset(done)
        else:
            moves = [
                (reading, *step) for reading in readings for step in _moves(source, reading, node, exact)
            ]
            left = frozenset(after for _, after, _ in moves)
            for following in node.next:
                for reading, after, site in moves:
                    edges.setdefault((place, reading), set()).add(((following, after), site))
                if left and (following, left) not in seen:
                    seen.add((following, left))
                    work.append((following, left))
        if not left:
            failures.setdefault(place, Failure(node, place, readings))
    returning = leading_to(code.nodes, [i for i, node in enumerate(code.nodes) if node.returns])
    ending = frozenset(ends | {place for place in edges if place[0] not in returning})
    return Walk(tuple(failures.values()), _partners(edges, ending), not work, edges, ending)


def _moves(
    source: Source, reading: Reading, node: Node, exact: Container[int]
) -> Iterator[tuple[Reading, int | None]]:
    if node.operation is not None:
        yield from steps(source, reading, node.operation, exact)
    elif not node.access:
        yield reading, None
    elif (after := accessed(reading)) is not None:
        yield after, None


def _partners(edges: Edges, ends: frozenset[Place]) -> dict[int, frozenset[int]]:
    """By the readings that lead to an end."""
    before: dict[Place, set[Place]] = {}
    for place, following in edges.items():
        for after, _ in following:
            before.setdefault(after, set()).add(place)
    alive = closure(ends, lambda place: before.get(place, ()))
    found: dict[int, set[int]] = {}
    for (i, reading), following in edges.items():
        if (i, reading) in alive:
            found.setdefault(i, set()).update(
                site for after, site in following if site is not None and after in alive
            )
    return {i: frozenset(sites) for i, sites in found.items()}

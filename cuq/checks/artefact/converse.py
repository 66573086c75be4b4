"""Whether the sequences that the source has are all in the PTX: the other inclusion.

The ways to read the PTX as the source, which `walk` has found, are followed along the sequences of the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cuq.checks.artefact.source import End, Source
from cuq.checks.artefact.walk import MOST_STATES, Place, Walk
from cuq.ir.graph import closure

Step = tuple[int | None, int | None]
"""After an operation (None: at first) another one, or the end (None); by their sites in the source."""


def missing(source: Source, walk: Walk) -> list[Step] | None:
    """The steps of the source that the PTX cannot follow. source: its sites are the operations that `walk` was about. None where there are too many states."""
    start = (0, _idle(walk, (walk.start,)))
    seen = {start}
    work = [start]
    found: dict[Step, None] = {}
    while work:
        state, places = work.pop()
        here = source.sites[state - 1] if state else None
        if End.RETURN in source.ends[state] and not places & walk.ends:
            found[here, None] = None
        for i in source.next[state]:
            site = source.sites[i]
            after = _idle(walk, _done(walk, places, site))
            if not after:
                found[here, site] = None
            elif (i + 1, after) not in seen:
                if len(seen) >= MOST_STATES:
                    return None
                seen.add((i + 1, after))
                work.append((i + 1, after))
    return list(found)


def _done(walk: Walk, places: Iterable[Place], site: int | None) -> Iterator[Place]:
    for place in places:
        for later, done in walk.edges.get(place, ()):
            if done == site:
                yield later


def _idle(walk: Walk, places: Iterable[Place]) -> frozenset[Place]:
    """These, and those that the code comes to with nothing of the source's done."""
    return frozenset(closure(places, lambda place: _done(walk, (place,), None)))

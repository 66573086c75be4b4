"""What one operation of the PTX may be in the source, given what came before."""

from __future__ import annotations

from collections.abc import Container, Iterator

from cuq.base.records import dataclass
from cuq.checks.artefact.compare import alike, owes_acquire, pays, releases, retries
from cuq.checks.artefact.operations import WIDTH, Operation
from cuq.checks.artefact.source import Source
from cuq.ptx.instructions.effects import Fence


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read the operations so far: the source is in `state`.

    before: a fence right before that is none of the source's. owed: the operation right before, for which a fence has
    to follow.
    """

    state: int
    before: Fence | None = None
    owed: int | None = None


Step = tuple[Reading, int | None]
"""How it goes on, and the operation of the source that was done."""


def steps(source: Source, reading: Reading, found: Operation, exact: Container[int]) -> Iterator[Step]:
    """exact: the source's operations that have to be as strong as asked. Of others all that counts is what they are."""
    if found.kind == "fence":
        yield from _fence(source, reading, found, exact)
    elif reading.owed is None:
        for site in source.next[reading.state]:
            asked = source.operations[site]
            if not alike(found, asked):
                continue
            if retries(found, asked):
                yield reading, None  # it fails, and is tried again
            if site not in exact:
                yield Reading(site + 1), site
            elif releases(found, asked, _order(reading.before, asked)):
                yield Reading(site + 1, owed=site if owes_acquire(found, asked) else None), site


def _fence(source: Source, reading: Reading, found: Operation, exact: Container[int]) -> Iterator[Step]:
    """It is one of the source's, or the back end's own: these only make things stronger."""
    if reading.owed is None or pays(found, source.operations[reading.owed]):
        yield Reading(reading.state, Fence(found.order, found.scope)), None
    if reading.owed is None:
        for site in source.next[reading.state]:
            asked = source.operations[site]
            if asked.kind == "fence" and (site not in exact or releases(found, asked, "")):
                yield Reading(site + 1), site


def accessed(reading: Reading) -> Reading | None:
    """After a plain access to memory: what was beside an operation no longer is."""
    return Reading(reading.state) if reading.owed is None else None


def _order(fence: Fence | None, asked: Operation) -> str:
    return fence.order if fence is not None and WIDTH[fence.scope] >= WIDTH[asked.scope] else ""

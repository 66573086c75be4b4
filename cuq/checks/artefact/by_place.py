"""What is not as asked for in the PTX: by where operations stand.

**What is compared.** `source` is the automaton of the IR's control flow graph, `code` that of the PTX; their letters are
synchronising operations, and conditions of branches are left out of both. `runs` is the source's automaton once constants
have decided branches and counted rounds. Two inclusions have to hold, each operation of the PTX being at least as strong as the
one that it stands for:

1. Every sequence of `code` is one of `source` (`walk`). What a thread does in the machine is some way through the PTX's graph,
   as leaving out conditions only adds ways. So the thread has done what the source's graph has, in that order: nothing moved
   over another operation, nothing was left out where the source has no way without it, nothing came twice.
2. Every sequence of `runs` is one of `code` (`converse`). What the source does with some data is among `runs`, and the PTX has a
   way for it: nothing is missing from a loop's round or from one of two ways, where the source has a shorter sequence as well.

The first uses the larger automaton of the source, as a back end need not unroll loops; the second the smaller one, as it may.
What is left to trust is that of the sequences that both have, a thread of the PTX takes the one that the source takes with the
same data (`artefact-by-path`).

Plain accesses are looked at by objects, between barriers (`intervals`).

An inclusion that fails may fail on a way that no thread goes, so that it is a reason for `unknown` and never for `refuted`. What
a thread does before it traps, or loops for ever, is to be the beginning of a sequence of the source.

**When it is refuted.** If the kinds of operations alone do match, it is known what each operation of the PTX may be, and
what may have become of each one of the source. An operation is weaker than asked if all that may have become of it are,
or if it is weaker than all that it may be. If not even the kinds match, then only if nothing of the kind in the PTX is
strong enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.checks.artefact.compare import alike, does_least
from cuq.checks.artefact.converse import missing
from cuq.checks.artefact.copies import Copied, copied
from cuq.checks.artefact.intervals import NOTHING, Between, Moved, moved
from cuq.checks.artefact.nodes import Code
from cuq.checks.artefact.operations import Operation
from cuq.checks.artefact.source import Source
from cuq.checks.artefact.walk import Failure, Walk, walk


@dataclass(frozen=True, slots=True)
class Weaker:
    """An operation of the source, and what became of it."""

    asked: Operation
    found: Operation


class How(Enum):
    """MOVED: it stands before what the source has first. MISSING: what the source has first is nowhere behind it.
    REPEATED: it had its turn. ADDED: the source has no such operation. WEAKER: than one that comes next. UNORDERED: what
    comes before should acquire, and there is no fence between.
    """

    MOVED = "moved"
    MISSING = "missing"
    REPEATED = "repeated"
    ADDED = "added"
    WEAKER = "weaker"
    UNORDERED = "unordered"


@dataclass(frozen=True, slots=True)
class Astray:
    """A place in the code where the source does not follow.

    found: what stands there, None for the end of a thread. expected: what the source has next, or should acquire. later: what the PTX has
    behind.
    """

    how: How
    found: Operation | None
    place: Span
    expected: tuple[Operation, ...]
    later: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """After `after` (None: at first) the source may go on with `then`, or end (None). The PTX does not."""

    after: Operation | None
    then: Operation | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A write that the source may do behind a barrier (None: at first) and before the next one. The PTX has none."""

    obj: str
    behind: Operation | None


@dataclass(frozen=True, slots=True)
class TooMany:
    """There are more combinations than were looked at."""


Difference = Weaker | Astray | Unfollowed | Copied | Moved | Lost | TooMany


def differences(
    source: Source, runs: Source, code: Code, accesses: Between = NOTHING
) -> Iterator[Difference]:
    """What is not as asked; nothing if all is. The code has to be clear.

    runs: the source once more, with only those sequences that may happen. accesses: the plain ones of the source.
    """
    everything = range(len(source.operations))
    exact, loose = walk(source, code, everything), walk(source, code, ())
    if not (exact.complete and loose.complete):
        yield TooMany()
    elif loose.failures:
        yield from weaker_by_kind(source.operations, code.operations)
        yield from (_astray(source, code, failure) for failure in loose.failures)
    elif exact.failures:
        weak = tuple(_weaker(source, code, loose))
        yield from weak or (_astray(source, code, failure) for failure in exact.failures)
    else:
        yield from copied(code, exact.partners, source.operations)
        for one in moved(accesses, code, exact.partners):
            yield one if isinstance(one, Moved) else Lost(one.obj, _at(source, one.behind))
        left = missing(runs, exact)
        yield from (
            (TooMany(),) if left is None else (_unfollowed(source, after, then) for after, then in left)
        )


def weaker_by_kind(asked: tuple[Operation, ...], found: tuple[Operation, ...]) -> Iterator[Weaker]:
    """Operations that nothing of their kind does as asked."""
    for one in asked:
        same = [other for other in found if alike(other, one)]
        if same and not any(does_least(other, one) for other in same):
            yield Weaker(one, same[0])


def _weaker(source: Source, code: Code, loose: Walk) -> Iterator[Weaker]:
    """Each one is looked at by itself once more: fences that only some ways have may do."""
    became: dict[int, list[Operation]] = {}
    for place, sites in sorted(loose.partners.items()):
        for site in sites:
            became.setdefault(site, []).append(_operation(code, place))
    said: set[int] = set()
    for site, found in sorted(became.items()):
        asked = source.operations[site]
        if not any(does_least(one, asked) for one in found) and walk(source, code, (site,)).failures:
            said.add(site)
            yield Weaker(asked, found[0])
    for place, sites in sorted(loose.partners.items()):
        here = _operation(code, place) if sites - said == sites and sites else None
        if here is None or here.kind == "fence":
            continue
        does_some = any(does_least(here, source.operations[site]) for site in sites)
        if not does_some and walk(source, code, sites).failures:
            yield Weaker(source.operations[min(sites)], here)


def _unfollowed(source: Source, after: int | None, then: int | None) -> Unfollowed:
    return Unfollowed(_at(source, after), _at(source, then))


def _at(source: Source, site: int | None) -> Operation | None:
    return None if site is None else source.operations[site]


def _operation(code: Code, place: int) -> Operation:
    operation = code.nodes[place].operation
    assert operation is not None
    return operation


def _reached(source: Source, states: set[int]) -> set[int]:
    """The operations that may come after these states."""
    found: set[int] = set()
    work = list(states)
    while work:
        for site in source.next[work.pop()] - found:
            found.add(site)
            work.append(site + 1)
    return found


def _astray(source: Source, code: Code, failure: Failure) -> Astray:
    states = {reading.state for reading in failure.readings}
    due = sorted(frozenset[int]().union(*(source.next[state] for state in states)))
    expected = tuple(source.operations[site] for site in due)
    found = failure.node.operation
    if owed := {r.owed for r in failure.readings if r.owed is not None}:
        weak = tuple(source.operations[site] for site in sorted(owed))
        return Astray(How.UNORDERED, found, failure.node.span, weak, ())
    later = tuple(code.operations_behind(failure.place))
    if found is None:
        how = How.MISSING if expected else How.ADDED
    elif any(alike(found, one) for one in expected):
        how = How.WEAKER
    elif any(alike(found, source.operations[site]) for site in _reached(source, {site + 1 for site in due})):
        met = any(alike(other, one) for other in later for one in expected)
        how = How.MOVED if met else How.MISSING
    elif any(alike(found, one) for one in source.operations):
        how = How.REPEATED
    else:
        how = How.ADDED
    return Astray(how, found, failure.node.span, expected, later)

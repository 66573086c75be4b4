"""Barriers of blocks: who waits for whom, and who synchronizes with whom (PTX ISA, "bar, barrier").

A barrier without a quorum waits for every thread of the block that comes to the same instance with the same
id. With a quorum it waits until that many threads arrived; which ones released it is left open, so each set of
that size is tried as the one that synchronizes with all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

from cuq.base.records import dataclass
from cuq.ptx.cat.relations import Relation, relation
from cuq.ptx.litmus.events import Events
from cuq.ptx.litmus.paths import End, Kind
from cuq.ptx.litmus.terms import Loaded, value

Group = tuple[int, int, int, str, int]
"""gpu, cluster, cta, instance, id."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    node: int
    thread: int
    position: int
    group: Group
    quorum: int | None
    waits: bool


def synchronizations(events: Events, loads: Mapping[Loaded, int]) -> Iterator[Relation]:
    """The ways in which barriers may synchronize; none if threads cannot get as far as their paths say."""
    arrivals = list(_arrivals(events, loads))
    if not arrivals:
        yield (0,) * events.size
        return
    if not _possible(events, arrivals):
        return
    groups: dict[Group, list[_Arrival]] = {}
    for arrival in arrivals:
        groups.setdefault(arrival.group, []).append(arrival)
    choices = [list(_sources(members)) for members in groups.values()]
    blocked = {a.node for a in arrivals if _is_blocked(events, a)}
    for chosen in product(*choices):
        pairs = [
            (source.node, target.node)
            for sources, members in zip(chosen, groups.values(), strict=True)
            for source in sources
            for target in members
            if source is not target and target.waits and target.node not in blocked
        ]
        yield relation(pairs, events.size)


def _arrivals(events: Events, loads: Mapping[Loaded, int]) -> Iterator[_Arrival]:
    for number, node in enumerate(events.nodes):
        event = node.event
        if event is None or event.kind is not Kind.BARRIER or node.thread is None:
            continue
        assert event.barrier is not None
        assert event.value is not None
        thread = events.litmus.threads[node.thread]
        group = (thread.gpu, thread.cluster, thread.cta, event.barrier.instance, value(event.value, loads))
        quorum = None if event.quorum is None else value(event.quorum, loads)
        yield _Arrival(number, node.thread, node.position, group, quorum, event.barrier.waits)


def _is_blocked(events: Events, arrival: _Arrival) -> bool:
    path = events.paths[arrival.thread]
    return path.end is End.BLOCKED and arrival.position == len(path.events) - 1


def _possible(events: Events, arrivals: list[_Arrival]) -> bool:
    """Whether all threads get to the ends of their paths, and no further than a barrier that blocks them."""
    by_thread: dict[int, list[_Arrival]] = {}
    for arrival in arrivals:
        by_thread.setdefault(arrival.thread, []).append(arrival)
    passed = dict.fromkeys(by_thread, 0)
    changed = True
    while changed:
        changed = False
        for thread, mine in by_thread.items():
            at = passed[thread]
            if at < len(mine) and (not mine[at].waits or _released(events, mine[at], by_thread, passed)):
                if _is_blocked(events, mine[at]):
                    return False
                passed[thread] += 1
                changed = True
    return all(
        passed[thread] == len(mine) or (passed[thread] == len(mine) - 1 and _is_blocked(events, mine[-1]))
        for thread, mine in by_thread.items()
    )


def _released(
    events: Events, waiting: _Arrival, by_thread: Mapping[int, list[_Arrival]], passed: Mapping[int, int]
) -> bool:
    arrived = missing = 0
    for thread, theirs in by_thread.items():
        for at, other in enumerate(theirs):
            if other.group == waiting.group:
                if at <= passed[thread]:
                    arrived += 1
                else:
                    missing += 1
    if waiting.quorum is not None:
        return arrived >= waiting.quorum
    return missing == 0 and not any(_may_come(events, waiting, t) for t in range(len(events.paths)))


def _may_come(events: Events, waiting: _Arrival, thread: int) -> bool:
    """Whether a thread that has stopped short of its end has the instance ahead of it."""
    who = events.litmus.threads[thread]
    same = (who.gpu, who.cluster, who.cta) == waiting.group[:3]
    return same and waiting.group[3] in events.paths[thread].ahead


def _sources(members: list[_Arrival]) -> Iterator[tuple[_Arrival, ...]]:
    quorums = {m.quorum for m in members}
    (quorum,) = quorums if len(quorums) == 1 else (None,)
    if quorum is None or quorum >= len(members):
        yield tuple(members)
    else:
        yield from combinations(members, quorum)

"""Barriers of blocks: who waits for whom, and who synchronizes with whom (PTX ISA, "bar, barrier").

Threads meet where they come to one instance of a barrier of their block under one id. Without a quorum, a thread
that comes for the k-th time waits for every other one that comes so often. With a quorum it waits until that many
arrived; which ones came first is left open, so each set of that size that can is tried as the one that synchronizes
with all. Where threads do not agree about the quorum, all of them synchronize with all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from cuq.base.records import dataclass
from cuq.ptx.litmus.result import End, Kind
from cuq.ptx.litmus.symbolic.events import Events
from cuq.ptx.litmus.symbolic.terms import Loaded, value

Group = tuple[int, int, int, str, int]
"""gpu, cluster, cta, instance, id."""
Synchronization = frozenset[tuple[int, int]]
"""Pairs of events."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """`turn`: how often its thread was there before. `blocked`: it is where its path ends for ever."""

    node: int
    thread: int
    group: Group
    turn: int
    quorum: int | None
    waits: bool
    blocked: bool


def synchronizations(events: Events, loads: Mapping[Loaded, int]) -> Iterator[Synchronization]:
    """The ways in which barriers may synchronize; none if threads cannot get as far as their paths say."""
    arrivals = list(_arrivals(events, loads))
    groups: dict[Group, list[_Arrival]] = {}
    for arrival in arrivals:
        groups.setdefault(arrival.group, []).append(arrival)
    choices = [list(_first(members)) for members in groups.values()]
    for chosen in product(*choices):
        first = dict(zip(groups, chosen, strict=True))
        if _Schedule(events, arrivals, first).is_possible():
            yield frozenset(
                (source.node, target.node)
                for group, members in groups.items()
                for source in _sources(members, first[group])
                for target in members
                if source is not target and target.waits and not target.blocked
                if first[group] is not None or not _in_turns(members) or source.turn == target.turn
            )


def _arrivals(events: Events, loads: Mapping[Loaded, int]) -> Iterator[_Arrival]:
    turns: dict[tuple[int, Group], int] = {}
    for number, node in enumerate(events.nodes):
        event = node.event
        if event is None or event.kind is not Kind.BARRIER or node.thread is None:
            continue
        assert event.barrier is not None
        assert event.value is not None
        thread = events.litmus.threads[node.thread]
        group = (thread.gpu, thread.cluster, thread.cta, event.barrier.instance, value(event.value, loads))
        turn = turns.get((node.thread, group), 0)
        turns[node.thread, group] = turn + 1
        quorum = None if event.quorum is None else value(event.quorum, loads)
        path = events.paths[node.thread]
        blocked = path.end is End.BLOCKED and node.position == len(path.events) - 1
        yield _Arrival(number, node.thread, group, turn, quorum, event.barrier.waits, blocked)


def _in_turns(members: Sequence[_Arrival]) -> bool:
    return all(m.quorum is None for m in members)


def _first(members: Sequence[_Arrival]) -> Iterator[frozenset[int] | None]:
    """The nodes that may come first; None where it does not matter."""
    quorums = {m.quorum for m in members}
    (quorum,) = quorums if len(quorums) == 1 else (None,)
    if quorum is None or quorum >= len(members):
        yield None
    else:
        for some in combinations(members, max(0, quorum)):
            yield frozenset(m.node for m in some)


def _sources(members: Sequence[_Arrival], first: frozenset[int] | None) -> Sequence[_Arrival]:
    return members if first is None else [m for m in members if m.node in first]


class _Schedule:
    """A run of the threads from barrier to barrier, as far as they get. `first`: who has to come first."""

    def __init__(
        self, events: Events, arrivals: Sequence[_Arrival], first: Mapping[Group, frozenset[int] | None]
    ) -> None:
        self._events, self._first = events, first
        self._by_thread: dict[int, list[_Arrival]] = {}
        for arrival in arrivals:
            self._by_thread.setdefault(arrival.thread, []).append(arrival)
        self._arrived: set[int] = set()
        """Nodes."""

    def is_possible(self) -> bool:
        """Whether all threads get to the ends of their paths, and no further than a barrier that blocks them."""
        passed = dict.fromkeys(self._by_thread, 0)
        changed = True
        while changed:
            changed = False
            for thread, mine in self._by_thread.items():
                if passed[thread] == len(mine):
                    continue
                arrival = mine[passed[thread]]
                if arrival.node not in self._arrived and self._may_arrive(arrival):
                    self._arrived.add(arrival.node)
                    changed = True
                if arrival.node in self._arrived and (not arrival.waits or self._is_released(arrival)):
                    if arrival.blocked:
                        return False
                    passed[thread] += 1
                    changed = True
        return all(
            passed[thread] == len(mine) or (mine[passed[thread]].blocked and mine[-1].node in self._arrived)
            for thread, mine in self._by_thread.items()
        )

    def _may_arrive(self, arrival: _Arrival) -> bool:
        first = self._first[arrival.group]
        return first is None or arrival.node in first or first <= self._arrived

    def _is_released(self, waiting: _Arrival) -> bool:
        if waiting.quorum is not None:
            members = (a for theirs in self._by_thread.values() for a in theirs if a.group == waiting.group)
            return sum(a.node in self._arrived for a in members) >= waiting.quorum
        return not any(
            self._may_come(waiting, thread)
            for thread in range(len(self._events.paths))
            if thread != waiting.thread
        )

    def _may_come(self, waiting: _Arrival, thread: int) -> bool:
        """Whether a thread has yet to come, or has stopped short of its end with the barrier ahead of it."""
        for other in self._by_thread.get(thread, ()):
            if (other.group, other.turn) == (waiting.group, waiting.turn):
                return other.node not in self._arrived
        who = self._events.litmus.threads[thread]
        *place, instance, id = waiting.group
        ahead = self._events.paths[thread].ahead
        return [who.gpu, who.cluster, who.cta] == place and not ahead.isdisjoint(
            {(instance, id), (instance, None)}
        )

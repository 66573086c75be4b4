"""How barriers let threads go: all courses of a small machine in which threads arrive at barriers and wait.

Threads meet where they come to one instance of a barrier of their block under one id. Without a quorum, a thread
that comes for the k-th time waits until every other one that comes so often has done so, and none can still come
that has stopped before its end. With a quorum it waits until that many have arrived in all; those that came first
are the ones that the barrier synchronizes with everyone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cuq.base.records import dataclass
from cuq.ptx.litmus.enumeration.machine import Trace
from cuq.ptx.litmus.result import End, Kind
from cuq.ptx.litmus.syntax import Thread

Meeting = tuple[int, int, int, str, int]
"""gpu, cluster, cta, instance, id."""
Place = tuple[int, int]
"""An action: thread and position."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """`nth`: for which time its thread comes there, from 1. `stays`: this is where its thread stops for ever."""

    place: Place
    meeting: Meeting
    nth: int
    quorum: int | None
    waits: bool
    stays: bool


First = frozenset[tuple[Meeting, frozenset[Place]]]
"""For meetings whose quorum is less than who comes: those that came first."""
_Course = tuple[tuple[int, ...], First]
"""A state: how many arrivals of each thread there were, and who came first."""


def released(threads: Sequence[Thread], traces: Sequence[Trace]) -> list[frozenset[tuple[Place, Place]]]:
    """The ways in which barriers may let the threads go as far as their traces do, each as the pairs of arrivals
    that synchronize; none if the threads do not get so far, or further."""
    arrivals = [list(_arrivals(thread, number, traces[number])) for number, thread in enumerate(threads)]
    if not any(arrivals):
        return [frozenset()]
    machine = _Machine(threads, traces, arrivals)
    return [machine.pairs(dict(first)) for first in sorted(machine.courses(), key=_order)]


def _order(first: First) -> list[tuple[Meeting, list[Place]]]:
    return sorted((meeting, sorted(places)) for meeting, places in first)


def _arrivals(thread: Thread, number: int, trace: Trace) -> Iterator[_Arrival]:
    quorums = dict(trace.quorums)
    times: dict[Meeting, int] = {}
    for position, action in enumerate(trace.actions):
        if action.kind is Kind.BARRIER:
            assert action.barrier is not None
            meeting = (
                thread.gpu,
                thread.cluster,
                thread.cta,
                action.barrier.instance,
                trace.values[position],
            )
            times[meeting] = times.get(meeting, 0) + 1
            yield _Arrival(
                place=(number, position),
                meeting=meeting,
                nth=times[meeting],
                quorum=quorums.get(position),
                waits=action.barrier.waits,
                stays=trace.end is End.BLOCKED and position == len(trace.actions) - 1,
            )


class _Machine:
    def __init__(
        self, threads: Sequence[Thread], traces: Sequence[Trace], arrivals: Sequence[Sequence[_Arrival]]
    ) -> None:
        self._threads, self._traces, self._arrivals = threads, traces, arrivals
        self._members: dict[Meeting, list[_Arrival]] = {}
        for mine in arrivals:
            for arrival in mine:
                self._members.setdefault(arrival.meeting, []).append(arrival)
        self._quorums = {meeting: _quorum(members) for meeting, members in self._members.items()}

    def courses(self) -> set[First]:
        """Who may come first, in courses in which all threads get where their traces end."""
        found: set[First] = set()
        seen: set[_Course] = set()
        pending: list[_Course] = [((0,) * len(self._arrivals), frozenset())]
        while pending:
            course = pending.pop()
            if course in seen:
                continue
            seen.add(course)
            done, first = course
            coming = [
                t for t, mine in enumerate(self._arrivals) if done[t] < len(mine) and self._goes(t, done)
            ]
            if coming:
                # Where the order of arrivals does not matter, one will do.
                plain = [t for t in coming if not self._matters(self._arrivals[t][done[t]])]
                pending += [self._arrive(t, done, first) for t in plain[:1] or coming]
            elif all(self._ends_well(t, done) for t in range(len(self._arrivals))):
                found.add(first)
        return found

    def _matters(self, arrival: _Arrival) -> bool:
        quorum = self._quorums[arrival.meeting]
        return quorum is not None and quorum < len(self._members[arrival.meeting])

    def _arrive(self, thread: int, done: tuple[int, ...], first: First) -> _Course:
        arrival = self._arrivals[thread][done[thread]]
        after = (*done[:thread], done[thread] + 1, *done[thread + 1 :])
        quorum = self._quorums[arrival.meeting]
        if quorum is None or not self._matters(arrival):
            return after, first
        firsts = dict(first)
        came = firsts.get(arrival.meeting, frozenset())
        firsts[arrival.meeting] = came | {arrival.place} if len(came) < quorum else came
        return after, frozenset(firsts.items())

    def _goes(self, thread: int, done: tuple[int, ...]) -> bool:
        """Whether the thread is not held where it arrived last."""
        if done[thread] == 0:
            return True
        arrival = self._arrivals[thread][done[thread] - 1]
        return not arrival.waits or self._lets_go(arrival, done)

    def _lets_go(self, arrival: _Arrival, done: tuple[int, ...]) -> bool:
        if arrival.quorum is not None:
            came = sum(
                a.meeting == arrival.meeting for t, n in enumerate(done) for a in self._arrivals[t][:n]
            )
            return came >= arrival.quorum
        return not any(
            self._is_missed(arrival, other, done[other])
            for other in range(len(self._threads))
            if other != arrival.place[0]
        )

    def _is_missed(self, arrival: _Arrival, other: int, done: int) -> bool:
        """Whether the thread `other` still may come as often as this arrival was."""
        for number, theirs in enumerate(self._arrivals[other]):
            if theirs.meeting == arrival.meeting and theirs.nth == arrival.nth:
                return number >= done
        thread = self._threads[other]
        if (thread.gpu, thread.cluster, thread.cta) != arrival.meeting[:3]:
            return False
        ahead = self._traces[other].ahead
        return any((arrival.meeting[3], id) in ahead for id in (arrival.meeting[4], None))

    def _ends_well(self, thread: int, done: tuple[int, ...]) -> bool:
        mine = self._arrivals[thread]
        if done[thread] < len(mine):
            return False
        if not mine:
            return True
        return mine[-1].stays is not self._goes(thread, done)

    def pairs(self, first: Mapping[Meeting, frozenset[Place]]) -> frozenset[tuple[Place, Place]]:
        found: set[tuple[Place, Place]] = set()
        for meeting, members in self._members.items():
            by_number = all(m.quorum is None for m in members)
            for source in members:
                if meeting in first and source.place not in first[meeting]:
                    continue
                for target in members:
                    if source is target or not target.waits or target.stays:
                        continue
                    if not by_number or source.nth == target.nth:
                        found.add((source.place, target.place))
        return frozenset(found)


def _quorum(members: Sequence[_Arrival]) -> int | None:
    """How many release a meeting, if all that come agree about it."""
    quorums = {m.quorum for m in members}
    if len(quorums) != 1:
        return None
    (quorum,) = quorums
    return None if quorum is None else max(0, quorum)

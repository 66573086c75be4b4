"""The executions of traces that fit together: who reads from whom, how barriers synchronize, what the model adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from math import prod

from cuq.base.records import dataclass
from cuq.ptx.litmus.enumeration.evaluate import Environment, Program
from cuq.ptx.litmus.enumeration.frame import Actions, Frame, frame
from cuq.ptx.litmus.enumeration.machine import Trace
from cuq.ptx.litmus.enumeration.relations import Relation, is_acyclic, pairs, relation, union
from cuq.ptx.litmus.enumeration.rendezvous import released
from cuq.ptx.litmus.result import Event, Kind, State, Witness
from cuq.ptx.litmus.syntax import Litmus
from cuq.ptx.litmus.vocabulary import COHERENCE

MANY = 6
"""Ways for the other reads to be served, from which on it is worth asking the model about some reads alone."""


@dataclass(frozen=True, slots=True)
class Execution:
    """`values`: of each event. `reads`: from which write each read reads."""

    frame: Frame
    traces: tuple[Trace, ...]
    values: tuple[int, ...]
    reads: Mapping[int, int]
    relations: Mapping[str, Relation]
    flags: tuple[str, ...]

    def last_writes(self, physical: str) -> list[int]:
        """The writes to a location that no other write follows in coherence order."""
        order = self.relations[COHERENCE]
        return [w for w in self.frame.writes[physical] if not order[w]]


class Executions:
    """`circles`: values may depend on themselves."""

    def __init__(self, litmus: Litmus, program: Program, circles: bool) -> None:
        self._litmus, self._program, self._circles = litmus, program, circles
        self._initial = {x.physical: x.initial for x in litmus.locations if x.name == x.physical}
        self._frames: dict[tuple[Actions, ...], tuple[Frame, Environment | None]] = {}

    @property
    def initial(self) -> Mapping[str, int]:
        """What physical locations hold at the start."""
        return self._initial

    def of(self, traces: tuple[Trace, ...]) -> Iterator[Execution]:
        """Those that the model allows."""
        meetings = released(self._litmus.threads, traces)
        if not meetings:
            return
        shape, prepared = self._frame(tuple(trace.actions for trace in traces))
        if prepared is None:
            return
        values = (*self._initial.values(), *chain.from_iterable(trace.values for trace in traces))
        for met in meetings:
            edges = ((shape.number(*a), shape.number(*b)) for a, b in met)
            known = {**prepared, "bar-sync": relation(edges, shape.size)}
            for reads, rf in self._reads(shape, values, known):
                for made in self._program.complete(known, {"rf": rf}, shape.size):
                    found = {k: v for k, v in made.relations.items() if not isinstance(v, int)}
                    yield Execution(shape, traces, values, reads, found, made.flags)

    def _reads(
        self, shape: Frame, values: tuple[int, ...], known: Environment
    ) -> Iterator[tuple[dict[int, int], Relation]]:
        """The ways in which reads find writes of the values that they read, but for some that the model rules out."""
        choices = [
            (r, [w for w in shape.writes[place] if values[w] == values[r]]) for r, place in shape.reads
        ]
        # Reads with little to choose come first, so that what rules them out does so for all the others.
        choices.sort(key=lambda choice: len(choice[1]))
        data = known["data"]
        assert not isinstance(data, int)

        def choose(
            at: int, rest: int, reads: dict[int, int], rf: Relation
        ) -> Iterator[tuple[dict[int, int], Relation]]:
            if at == len(choices):
                yield reads, rf
                return
            read, sources = choices[at]
            rest //= len(sources)
            for write in sources:
                row = rf[write] | 1 << read
                more = (*rf[:write], row, *rf[write + 1 :])
                if not self._circles and not is_acyclic(union(more, data)):
                    continue
                if (
                    rest >= MANY
                    and len(sources) > 1
                    and self._program.refutes(known, {"rf": more}, shape.size)
                ):
                    continue
                yield from choose(at + 1, rest, {**reads, read: write}, more)

        yield from choose(0, prod(len(sources) for _, sources in choices), {}, (0,) * shape.size)

    def ways(self, traces: tuple[Trace, ...]) -> int:
        """About how many candidates there are: ways for the reads to be served, and for the writes to be ordered."""
        written = Counter(self._initial.items())
        writes: Counter[str] = Counter()
        reads: list[tuple[str, int]] = []
        for trace in traces:
            for action, value in zip(trace.actions, trace.values, strict=True):
                if action.physical is not None:
                    if action.kind is Kind.READ:
                        reads.append((action.physical, value))
                    else:
                        written[action.physical, value] += 1
                        writes[action.physical] += 1
        return prod(written[read] for read in reads) * prod(writes.values())

    def _frame(self, actions: tuple[Actions, ...]) -> tuple[Frame, Environment | None]:
        known = self._frames.get(actions)
        if known is None:
            made = frame(self._litmus.threads, actions, tuple(self._initial))
            known = self._frames[actions] = (made, self._program.prepare(made.base, made.size))
        return known


def witness(execution: Execution, state: State) -> Witness:
    valued = (Kind.READ, Kind.WRITE, Kind.BARRIER)
    events = [
        Event(None, Kind.WRITE, place, value)
        for place, value in zip(execution.frame.initial, execution.values, strict=False)
    ]
    for thread, trace in enumerate(execution.traces):
        events += [
            Event(
                thread=thread,
                kind=a.kind,
                location=a.location,
                value=value if a.kind in valued else None,
                order=a.order,
                scope=a.scope,
                proxy=a.proxy,
                barrier=a.barrier,
            )
            for a, value in zip(trace.actions, trace.values, strict=True)
        ]
    named = {name: frozenset(pairs(rel)) for name, rel in execution.relations.items()}
    return Witness(tuple(events), named, tuple(trace.end for trace in execution.traces), state)

"""The first engine: all executions of a litmus test, one by one.

Each thread is run by itself on every sequence of values that its reads may find. What the threads do together is put
together from that: traces that fit, for each read a write of the value that it found, and the orders that the model
leaves open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from math import prod

from cuq.ptx.cat import Model
from cuq.ptx.cat.check import check
from cuq.ptx.litmus.enumeration.conditions import satisfies
from cuq.ptx.litmus.enumeration.evaluate import Program
from cuq.ptx.litmus.enumeration.executions import Execution, Executions, witness
from cuq.ptx.litmus.enumeration.machine import Trace
from cuq.ptx.litmus.enumeration.matching import Matching
from cuq.ptx.litmus.enumeration.thread import Code
from cuq.ptx.litmus.enumeration.traces import TooManyError, traces
from cuq.ptx.litmus.result import End, Outcome, State, Witness, verdict
from cuq.ptx.litmus.syntax import Final, Litmus, Number, RegisterOf, quantities
from cuq.ptx.litmus.vocabulary import COHERENCE, RELATIONS, SETS

MOST_TRIED = 100_000
"""Traces are put together in so many ways, at most, to see how many fit."""


def enumerate_executions(litmus: Litmus, model: Model, bound: int) -> Outcome:
    """Decides the condition and termination. `bound`: how often the same loop body is taken."""
    return _Enumeration(litmus, model, bound, None).outcome()


def enumerate_few(litmus: Litmus, model: Model, bound: int, most: int) -> Outcome | None:
    """None, soon, if there seem to be more than `most` candidates: ways for reads to be served and writes ordered."""
    try:
        enumeration = _Enumeration(litmus, model, bound, most)
    except TooManyError:
        return None
    return enumeration.outcome() if enumeration.has_few(most) else None


class _Enumeration:
    def __init__(self, litmus: Litmus, model: Model, bound: int, most: int | None) -> None:
        check(model, SETS, RELATIONS, COHERENCE)
        self._litmus = litmus
        self._program = Program(model)
        circles = not self._program.is_acyclic(frozenset(("rf", "data", "ctrl")))
        asked = dict.fromkeys((*quantities(litmus.condition), *litmus.shown))
        self._asked = tuple(q for q in asked if not isinstance(q, Number))
        observed = [
            frozenset(q.name for q in self._asked if isinstance(q, RegisterOf) and q.thread == number)
            for number, _ in enumerate(litmus.threads)
        ]
        codes = [Code(t, litmus.locations, o) for t, o in zip(litmus.threads, observed, strict=True)]
        self._executions = Executions(litmus, self._program, circles)
        self._matching = Matching(self._executions.initial)
        self._by_end = [_by_end(mine) for mine in traces(codes, litmus, bound, circles, most)]

    def has_few(self, most: int) -> bool:
        threads = [[trace for mine in ends.values() for trace in mine] for ends in self._by_end]
        if prod(map(len, threads)) > MOST_TRIED:
            return False
        total = 0
        for together in self._matching.together(threads):
            total += self._executions.ways(together)
            if total > most:
                return False
        return True

    def outcome(self) -> Outcome:
        states: Counter[State] = Counter()
        counts = [0, 0]
        witnesses: list[Witness | None] = [None, None]
        flags: set[str] = set()
        for execution in self._ending((End.DONE,) * len(self._by_end)):
            flags.update(execution.flags)
            for state in self._states(execution):
                states[state] += 1
                holds = satisfies(self._litmus.condition, dict(state))
                counts[holds] += 1
                if witnesses[holds] is None:
                    witnesses[holds] = witness(execution, state)
        # Of executions that do not end it is enough to know one of each kind, and the flags: what a thread does before
        # it is stuck or cut it also does in executions that go on.
        stuck: Witness | None = None
        cut = False
        for ends in product(*self._by_end):
            if set(ends) == {End.DONE}:
                continue
            executions = self._ending(ends)
            while flags != self._program.flags or not (cut if End.CUT in ends else stuck):
                found = next(executions, None)
                if found is None:
                    break
                flags.update(found.flags)
                if End.CUT in ends:
                    cut = True
                elif stuck is None and _is_stuck(found):
                    stuck = witness(found, ())
        violating, satisfying = counts
        holds_ = verdict(self._litmus.quantifier, satisfying, violating, cut)
        shown = witnesses[self._litmus.quantifier.value != "forall"]
        terminates = False if stuck is not None else None if cut else True
        return Outcome(states, satisfying, violating, holds_, terminates, shown, stuck, tuple(sorted(flags)))

    def _ending(self, ends: tuple[End, ...]) -> Iterator[Execution]:
        """The executions whose threads end in these ways."""
        threads = [mine.get(end, []) for mine, end in zip(self._by_end, ends, strict=True)]
        for together in self._matching.together(threads):
            yield from self._executions.of(together)

    def _states(self, execution: Execution) -> Iterator[State]:
        """Final states; a location may hold the value of any of its last writes."""
        choices: list[list[int]] = []
        for quantity in self._asked:
            match quantity:
                case RegisterOf(thread=thread, name=name):
                    choices.append([dict(execution.traces[thread].registers)[name]])
                case Final(location=location):
                    last = execution.last_writes(self._litmus.location(location).physical)
                    choices.append(sorted({execution.values[w] for w in last}))
        for values in product(*choices):
            yield tuple(zip(self._asked, values, strict=True))


def _by_end(mine: tuple[Trace, ...]) -> dict[End, list[Trace]]:
    found: dict[End, list[Trace]] = {}
    for trace in mine:
        found.setdefault(trace.end, []).append(trace)
    return found


def _is_stuck(execution: Execution) -> bool:
    """Whether nothing more happens: spinning threads read what stays for ever."""
    for thread, trace in enumerate(execution.traces):
        for position in trace.spinning:
            physical = trace.actions[position].physical
            assert physical is not None
            source = execution.reads[execution.frame.number(thread, position)]
            if source not in execution.last_writes(physical):
                return False
    return True

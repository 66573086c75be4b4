"""What each thread can do, whatever the others do: its traces for all values that its reads may find.

Which values those are is found in rounds: at first what memory holds at the start, then also what the traces of the
round before write. In an execution in which values do not depend on themselves, each value goes back by a chain of
writes that depend on reads to one that does not, and no write is in that chain twice. So when there were more rounds
than there are writes that depend on reads, more rounds give values of no execution.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuq.base.records import dataclass
from cuq.ptx.litmus.enumeration.machine import BRANCHES, Run, Trace, run
from cuq.ptx.litmus.enumeration.thread import Code, operands
from cuq.ptx.litmus.result import Kind
from cuq.ptx.litmus.syntax import Litmus, Number

Values = dict[str, frozenset[int]]
"""By location: the values that it may hold."""
Traces = tuple[tuple[Trace, ...], ...]
"""Of each thread."""


class TooManyError(Exception):
    """There are more runs than were asked for."""


@dataclass(slots=True)
class _Tree:
    """The runs of one thread, by the values given; each is made once."""

    code: Code
    bound: int
    free: bool
    runs: dict[tuple[int, ...], Run]

    def traces(self, values: Values, most: int | None) -> list[Trace]:
        """Raises TooManyError if that takes more than `most` runs."""
        found: list[Trace] = []
        pending: list[tuple[int, ...]] = [()]
        while pending:
            given = pending.pop()
            made = self.runs.get(given)
            if made is None:
                if most is not None and len(self.runs) == most:
                    raise TooManyError
                made = self.runs[given] = run(self.code, given, self.bound, self.free)
            found += made.stops
            if made.asks is not None:
                answers = (0, 1) if made.asks == BRANCHES else sorted(values[made.asks], reverse=True)
                pending += [(*given, value) for value in answers]
        return found


def traces(codes: Sequence[Code], litmus: Litmus, bound: int, circles: bool, most: int | None) -> Traces:
    """All traces. `circles`: values may depend on themselves, where they are any numbers of the test that fit,
    and whether something is done may depend on that it is done.

    Raises TooManyError where some thread has more than `most` runs.
    """
    values = {x.physical: frozenset((x.initial,)) for x in litmus.locations if x.name == x.physical}
    if circles:
        numbers = _numbers(codes)
        values = {name: known | numbers for name, known in values.items()}
        _grow([_Tree(code, bound, True, {}) for code in codes], values, most)
    found = _grow([_Tree(code, bound, False, {}) for code in codes], values, most)
    return tuple(map(tuple, found))


def _grow(trees: list[_Tree], values: Values, most: int | None) -> list[list[Trace]]:
    """The traces for the values that the traces themselves give, which are added."""
    rounds = 0
    while True:
        found = [tree.traces(values, most) for tree in trees]
        added = False
        for trace in (trace for mine in found for trace in mine):
            for action, value in zip(trace.actions, trace.values, strict=True):
                place = action.physical
                if action.kind is Kind.WRITE and place is not None and value not in values[place]:
                    values[place] |= {value}
                    added = True
        if not added or rounds > sum(max(map(_dependent, mine), default=0) for mine in found):
            return found
        rounds += 1


def _dependent(trace: Trace) -> int:
    return sum(a.kind is Kind.WRITE and (a.data | a.control) != 0 for a in trace.actions)


def _numbers(codes: Sequence[Code]) -> frozenset[int]:
    """The numbers that the threads speak of, and 0 and 1."""
    found = {0, 1}
    for code in codes:
        found.update(value for _, value in code.thread.registers)
        for instruction in code.instructions:
            found.update(o.value for o in operands(instruction) if isinstance(o, Number))
    return frozenset(found)

"""Traces of the threads that fit together: each value that one reads is written by one of them, or is initial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from cuq.base.records import dataclass
from cuq.ptx.litmus.enumeration.machine import Trace
from cuq.ptx.litmus.result import Kind


@dataclass(frozen=True, slots=True)
class _Group:
    """Traces of one thread that read the same values of the same locations, and that write the same.

    `needs`, `gives`: pairs of location and value, as bits.
    """

    needs: int
    gives: int
    traces: tuple[Trace, ...]


class Matching:
    """`initial`: what locations hold at the start."""

    def __init__(self, initial: Mapping[str, int]) -> None:
        self._bits: dict[tuple[str, int], int] = {}
        self._initial = 0
        for pair in initial.items():
            self._initial |= self._bit(pair)

    def _bit(self, pair: tuple[str, int]) -> int:
        return self._bits.setdefault(pair, 1 << len(self._bits))

    def together(self, threads: Sequence[Sequence[Trace]]) -> Iterator[tuple[Trace, ...]]:
        """One trace of each thread."""
        groups = [self._groups(traces) for traces in threads]
        # What the threads from each one on may give.
        may = [0]
        for mine in reversed(groups):
            given = may[-1]
            for group in mine:
                given |= group.gives
            may.append(given)
        may.reverse()

        def choose(
            at: int, needs: int, gives: int, chosen: tuple[_Group, ...]
        ) -> Iterator[tuple[Trace, ...]]:
            if at == len(groups):
                yield from product(*(group.traces for group in chosen))
                return
            later = may[at + 1]
            for group in groups[at]:
                all_needs, all_gives = needs | group.needs, gives | group.gives
                if not all_needs & ~(all_gives | later):
                    yield from choose(at + 1, all_needs, all_gives, (*chosen, group))

        yield from choose(0, 0, self._initial, ())

    def _groups(self, traces: Sequence[Trace]) -> list[_Group]:
        found: dict[tuple[int, int], list[Trace]] = {}
        for trace in traces:
            needs = gives = 0
            for action, value in zip(trace.actions, trace.values, strict=True):
                if action.physical is not None:
                    bit = self._bit((action.physical, value))
                    if action.kind is Kind.READ:
                        needs |= bit
                    else:
                        gives |= bit
            found.setdefault((needs, gives), []).append(trace)
        return [_Group(needs, gives, tuple(mine)) for (needs, gives), mine in found.items()]

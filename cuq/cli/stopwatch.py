"""How long each stage of a run takes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field

from cuq.base.records import dataclass
from cuq.checks.result import STAGES


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds by stage, summed up; stages that run in several processes at once sum up, too."""

    started: float = field(default_factory=time.perf_counter)
    _spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add([(name, (time.perf_counter() - start) * 1e3)])

    def add(self, times: Iterable[tuple[str, float]]) -> None:
        for name, milliseconds in times:
            self._spent[name] = self._spent.get(name, 0.0) + milliseconds

    def result(self) -> tuple[tuple[str, float], ...]:
        """Every stage in its order, 0 if it did not happen, and the wall-clock `total`."""
        total = (time.perf_counter() - self.started) * 1e3
        known = dict.fromkeys(STAGES, 0.0) | self._spent
        return (*known.items(), ("total", total))

"""How long things take: medians of a few runs, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from statistics import median

RUNS = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of wall time and of processor time, with child processes; peak memory of the largest
    process in MB."""

    wall: float
    cpu: float
    memory: float = 0.0


def typical(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(median(c.wall for c in costs), median(c.cpu for c in costs), median(c.memory for c in costs))


def process(command: Sequence[str], environment: dict[str, str] | None = None) -> Cost:
    """One run of a program. Raises RuntimeError when it fails."""
    start = time.perf_counter()
    child = subprocess.Popen(
        command, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    message = child.communicate()[1].decode(errors="replace")
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit code {child.returncode}\n{message}")
    return Cost(wall * 1e3, (used.ru_utime + used.ru_stime) * 1e3, used.ru_maxrss / 1024)


def forked(function: Callable[[], object], ready: Callable[[], object] = lambda: None) -> Cost:
    """One call in a process forked from here: modules are loaded, nothing else is known from earlier calls.

    `ready` is called before, and does not count.
    """
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)
    child = fork.Process(target=_timed, args=(function, ready, there))
    child.start()
    there.close()
    wall, cpu = here.recv()
    child.join()
    return Cost(wall, cpu)


def _timed(function: Callable[[], object], ready: Callable[[], object], result: Connection) -> None:
    ready()
    wall, cpu = time.perf_counter(), time.process_time()
    function()
    result.send(((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3))

"""Checking kernels in processes of their own.

A crash of the solver then costs one kernel, Ctrl-C works at once, and the solver loads while rustc still
compiles. Results come in the order of the kernels.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, TypeVar

from cuq.base.errors import CuqError
from cuq.checks.result import RunError

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Job(Generic[T, R]):
    """A function of a module (it has to be found from the other process) and what it is given."""

    function: Callable[[T], R]
    argument: T
    name: str


class Workers:
    """Up to `jobs` processes; `warm` runs in the first of them at once. Leaving ends them all."""

    def __init__(self, jobs: int, warm: Callable[[], None]) -> None:
        # Forked, not spawned: nothing has to be imported twice, and no thread runs yet.
        context = multiprocessing.get_context("fork")
        self._pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_in_worker)
        self._pool.submit(warm)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=kind is None, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()

    def run(self, jobs: Sequence[Job[T, R]]) -> Iterator[R | RunError]:
        """Each job's result, or the error that ended it. Nothing of one job touches another's."""
        futures = [self._pool.submit(_guarded, job) for job in jobs]
        for job, future in zip(jobs, futures, strict=True):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield RunError(f"{job.name}: the process that checked it died", 70)


def _in_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _guarded(job: Job[T, R]) -> R | RunError:
    """Errors as values: exceptions lose half of what they hold on their way between processes."""
    try:
        return job.function(job.argument)
    except CuqError as error:
        return RunError(f"{job.name}: {error.message}", error.exit_code, error.span, error.help)
    except Exception as error:  # noqa: BLE001  one kernel's internal error does not end the run
        from cuq.cli.crash import crash_report

        return RunError(
            f"{job.name}: internal error: {type(error).__name__}: {error}", 70, help=crash_report(error)
        )

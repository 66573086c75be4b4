"""Checking kernels in processes of their own.

A crash of the solver then costs one kernel, Ctrl-C works at once, and the solver loads while rustc still
compiles. Results come in the order of the jobs.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic
from types import TracebackType
from typing import Any, Generic, TypeVar

from cuq.base.errors import CuqError
from cuq.base.records import dataclass
from cuq.checks.result import RunError
from cuq.cli.crash import INTERNAL, failure

T = TypeVar("T")
R = TypeVar("R")

# Forked, not spawned: nothing has to be imported twice. No other thread runs at that time.
_FORK = multiprocessing.get_context("fork")
_SIGNALS = {signal.SIGINT, signal.SIGTERM}


@dataclass(frozen=True, slots=True)
class Job(Generic[T, R]):
    """A function and what it is given; both are pickled on their way.

    seconds: after which the process is ended, and `late` of the argument is the result; None for ever.
    """

    function: Callable[[T], R]
    argument: T
    name: str
    seconds: float | None = None
    late: Callable[[T], R] | None = None


@dataclass(eq=False, slots=True)
class _Worker:
    """A process, this end of the pipe to it, the number of the job that it works on, and until when it may."""

    process: BaseProcess
    pipe: Connection
    job: int | None = None
    until: float | None = None


class Workers:
    """Up to `limit` processes. The first one starts now and runs `warm`; leaving ends them all."""

    def __init__(self, limit: int, warm: Callable[[], object]) -> None:
        self._limit = limit
        self._workers = [_start(warm)]

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()

    def run(self, jobs: Sequence[Job[T, R]]) -> Iterator[R | RunError]:
        """Each job's result, or the error that ended it. Nothing of one job touches another's."""
        while len(self._workers) < min(self._limit, len(jobs)):
            self._workers.append(_start(lambda: None))
        waiting = deque(enumerate(jobs))
        done: dict[int, R | RunError] = {}
        for number in range(len(jobs)):
            while number not in done:
                for worker in self._workers:
                    if worker.job is None and waiting:
                        worker.job, job = waiting.popleft()
                        worker.until = None if job.seconds is None else monotonic() + job.seconds
                        worker.pipe.send(job)
                busy = [worker for worker in self._workers if worker.job is not None]
                ready = wait([worker.pipe for worker in busy], _patience(busy))
                for worker in busy:
                    if worker.pipe in ready:
                        self._receive(worker, jobs, done)
                    elif worker.until is not None and worker.until <= monotonic():
                        self._end(worker, jobs, done)
            yield done.pop(number)

    def _receive(self, worker: _Worker, jobs: Sequence[Job[T, R]], done: dict[int, R | RunError]) -> None:
        number = worker.job
        assert number is not None
        try:
            done[number] = worker.pipe.recv()
            worker.job = None
        except EOFError:
            done[number] = RunError(f"{jobs[number].name}: the process that checked it died", INTERNAL)
            self._replace(worker)

    def _end(self, worker: _Worker, jobs: Sequence[Job[T, R]], done: dict[int, R | RunError]) -> None:
        """A job has had its time."""
        assert worker.job is not None
        job = jobs[worker.job]
        assert job.late is not None, "said with the time"
        done[worker.job] = job.late(job.argument)
        worker.process.kill()
        self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        self._workers[self._workers.index(worker)] = _start(lambda: None)
        worker.process.join()
        worker.pipe.close()


def _patience(busy: Sequence[_Worker]) -> float | None:
    """Seconds until the first of these has had its time."""
    ends = [worker.until for worker in busy if worker.until is not None]
    return max(0.0, min(ends) - monotonic()) if ends else None


def _start(warm: Callable[[], object]) -> _Worker:
    here, there = multiprocessing.Pipe()
    process = _FORK.Process(target=_serve, args=(there, here, warm), daemon=True)
    # The child must not run this process's handlers before it has set its own.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    there.close()
    return _Worker(process, here)


def _serve(pipe: Connection, parent: Connection, warm: Callable[[], object]) -> None:
    """The life of a worker: it ends when the parent closes the pipe, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    parent.close()
    with suppress(Exception):  # what is wrong will be wrong again in the first job, which reports it
        warm()
    while True:
        try:
            job = pipe.recv()
        except (EOFError, ConnectionError):
            return
        with suppress(ConnectionError):
            pipe.send(_guarded(job))


def _guarded(job: Job[T, Any]) -> object:
    """Errors as values: exceptions lose half of what they hold on their way between processes."""
    try:
        return job.function(job.argument)
    except CuqError as error:
        return RunError(f"{job.name}: {error.message}", error.exit_code, error.span, error.help)
    except Exception as error:  # noqa: BLE001  one kernel's internal error does not end the run
        return failure(job.name, error)

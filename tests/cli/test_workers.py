"""Worker processes: order, errors as values, crashes, interruption."""

import os
import signal
import time
from pathlib import Path

import pytest

from cuq.base.errors import SelfCheckError
from cuq.checks.result import RunError
from cuq.cli.workers import Job, Workers


def work(argument: str) -> str:
    match argument:
        case "slow":
            time.sleep(0.2)
        case "self-check":
            raise SelfCheckError("they disagree", help="look")
        case "bug":
            raise ZeroDivisionError("oops")
        case "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        case "forever":
            time.sleep(60)
        case _:
            pass
    return argument.upper()


def late(argument: str) -> str:
    return f"{argument}: late"


def nothing() -> None:
    return


def run(*arguments: str, jobs: int = 2) -> list[str | RunError]:
    with Workers(jobs, nothing) as workers:
        return list(workers.run([Job(work, argument, argument) for argument in arguments]))


def test_results_come_in_order() -> None:
    assert run("slow", "a", "b") == ["SLOW", "A", "B"]


def test_errors_are_values_and_touch_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUQ_CACHE_DIR", str(tmp_path))
    first, second, third = run("self-check", "bug", "a")
    assert first == RunError("self-check: they disagree", 10, None, "look")
    assert isinstance(second, RunError)
    assert (second.exit_code, second.message) == (70, "bug: internal error: ZeroDivisionError: oops")
    # The traceback is in a file whose path is told, not in the message.
    [report] = (tmp_path / "crashes").iterdir()
    assert second.help is not None
    assert str(report) in second.help
    assert "ZeroDivisionError: oops" in report.read_text()
    assert third == "A"


def test_a_crash_is_an_error_of_its_kernel() -> None:
    found = run("a", "crash", jobs=1)
    assert found[0] == "A"
    assert isinstance(found[1], RunError)
    assert found[1].exit_code == 70
    assert "died" in found[1].message


def test_leaving_ends_them_at_once() -> None:
    def interrupted() -> None:
        with Workers(1, nothing) as workers:
            next(workers.run([Job(work, "a", "a"), Job(work, "forever", "forever")]))
            raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - start < 5


def test_a_job_that_takes_too_long_is_ended() -> None:
    jobs: list[Job[str, str | RunError]] = [
        Job(work, "forever", "forever", 0.3, late),
        Job(work, "a", "a", 30.0, late),
        Job(work, "b", "b"),
    ]
    start = time.monotonic()
    with Workers(1, nothing) as workers:
        assert list(workers.run(jobs)) == ["forever: late", "A", "B"]
    assert time.monotonic() - start < 30

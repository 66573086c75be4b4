"""Scheduling: who runs when, limits, parts of a launch, reproducibility."""

from __future__ import annotations

import time

import pytest

from cuq.base.errors import Unsupported, UsageError
from cuq.ir.interp import (
    Explicit,
    InOrder,
    Interleaved,
    Interpreter,
    LaunchConfig,
    Limits,
    Schedule,
    ThreadCoord,
)
from tests.interp.launches import launch, thread
from tests.interp.mini import mini

TICKETS = "def k(x: ptr(i32), c: ptr(i32)):\n i = add(c[0], 1, relaxed, gpu)\n x[i] = gid"


def order(schedule: Schedule, grid: int = 2) -> list[int]:
    """Global ids in the order in which they drew a ticket."""
    report = launch(TICKETS, 3, grid, schedule=schedule)
    return [report.word("x", 4 * i, 4) or 0 for i in range(3 * grid)]


def test_orders() -> None:
    assert order(InOrder()) == [0, 1, 2, 3, 4, 5]
    assert order(InOrder(reverse=True)) == [5, 4, 3, 2, 1, 0]
    assert order(Explicit((thread(2, 1), thread(2, 1), thread(0), thread(0)))) == [5, 0, 1, 2, 3, 4]


def test_interleaving_depends_on_the_seed_alone() -> None:
    orders = [order(Interleaved(seed)) for seed in range(20)]
    assert orders == [order(Interleaved(seed)) for seed in range(20)]
    assert len({tuple(o) for o in orders}) > 10
    assert all(sorted(o) == [0, 1, 2, 3, 4, 5] for o in orders)


def test_interleaving_reaches_lost_updates() -> None:
    """Threads change between the read and the write of one statement."""
    text = "def k(x: ptr(i32)):\n x[0] = x[0] + 1"
    results = {launch(text, 2, schedule=Interleaved(seed)).word("x", 0, 4) for seed in range(20)}
    assert results == {1, 2}


def test_reports_are_reproducible() -> None:
    text = "def k(x: ptr(i32), s: shared(i32, 2)):\n s[0] = tid\n x[s[0]] = gid\n a = s[tid % 3]\n barrier()"
    for schedule in (InOrder(), Interleaved(3)):
        first, second = (launch(text, 4, 2, schedule=schedule, trace=True) for _ in range(2))
        assert str(first.races) == str(second.races)
        assert str(first.trace) == str(second.trace)
        assert str(first.faults) == str(second.faults)


SPIN = """
def k(x: ptr(i32)):
    if gid == WAITER:
        while load(x[0], acquire, gpu) == 0:
            pass
        x[1] = 7
    if gid == 3:
        store(x[0], 1, release, gpu)
"""


@pytest.mark.parametrize("schedule", [InOrder(), InOrder(reverse=True), Interleaved(1)])
def test_a_thread_that_waits_lets_others_go_on(schedule: Schedule) -> None:
    """Also those of blocks that have not started yet."""
    report = launch(SPIN.replace("WAITER", "0"), 2, 2, schedule=schedule)
    assert report.clean
    assert report.word("x", 4, 4) == 7


@pytest.mark.parametrize("schedule", [InOrder(), Interleaved(1)])
def test_waiting_for_ever_is_a_timeout(schedule: Schedule) -> None:
    text = "def k(x: ptr(i32)):\n while load(x[0], relaxed, gpu) == 0:\n  pass"
    report = launch(text, 2, schedule=schedule)
    assert [t.thread for t in report.timeouts] == [thread(0), thread(1)]
    assert "wait for each other" in report.timeouts[0].reason
    assert report.timeouts[0].site
    assert not report.finished


def test_a_plain_spin_loop_lets_others_go_on() -> None:
    """It is a race, but one that does end."""
    text = "def k(x: ptr(i32)):\n if ctaid == 0:\n  while x[0] == 0:\n   pass\n else:\n  x[0] = 1"
    report = launch(text, 1, 2)
    assert report.finished
    assert report.races


def test_endless_loops_are_timeouts() -> None:
    text = "def k():\n i = 0\n while i >= 0:\n  i = 0"
    report = Interpreter(mini(text)).run(
        LaunchConfig(block=(2, 1, 1)), limits=Limits(thread_steps=20_000, launch_steps=100_000)
    )
    assert len(report.timeouts) == 2
    report = Interpreter(mini(text)).run(
        LaunchConfig(block=(9, 1, 1)), limits=Limits(thread_steps=1_000_000, launch_steps=50_000)
    )
    assert len(report.timeouts) == 9
    assert not report.finished


def test_a_timeout_holds_the_barrier_without_divergence() -> None:
    text = "def k():\n if tid == 0:\n  i = 0\n  while i >= 0:\n   i = 0\n barrier()"
    report = Interpreter(mini(text)).run(LaunchConfig(block=(2, 1, 1)), limits=Limits(thread_steps=20_000))
    assert report.divergences == ()
    assert len(report.timeouts) == 1


def test_only_some_threads_of_a_huge_launch() -> None:
    text = "def k(x: ptr(i32)):\n x[ctaid] = tid"
    grid = 2**31 - 1
    chosen = [thread(0, grid - 1), thread(1023, grid - 1), thread(5)]
    start = time.perf_counter()
    report = launch(text, 1024, grid, only=chosen)
    assert time.perf_counter() - start < 5
    (race,) = report.races
    assert {race.first.thread, race.second.thread} == {thread(0, grid - 1), thread(1023, grid - 1)}
    assert not race.crosses_blocks


def test_only_whole_blocks_pass_barriers() -> None:
    text = "def k(x: ptr(i32)):\n x[gid] = 1\n barrier()\n a = x[0]"
    assert launch(text, 2, 9, only=[thread(0, 5), thread(1, 5)]).clean
    with pytest.raises(Unsupported, match="only some threads"):
        launch(text, 2, 9, only=[thread(0, 5)])


def test_only_threads_of_the_launch() -> None:
    with pytest.raises(UsageError, match="not in a launch"):
        launch("def k():\n pass", 2, only=[ThreadCoord((0, 0, 0), (0, 1, 0))])


def test_special_registers() -> None:
    """Each of the twelve, in a launch whose six dimensions differ."""
    names = [f"{family}{axis}" for family in ("tid", "ntid", "ctaid", "nctaid") for axis in ("", "_y", "_z")]
    text = "def k(x: ptr(i32)):\n" + "\n".join(f" x[{i}] = {name}" for i, name in enumerate(names))
    chosen = ThreadCoord((8, 9, 10), (1, 2, 3))
    report = launch(text, (4, 5, 6), (11, 12, 13), only=[chosen])
    assert [report.word("x", 4 * i, 4) for i in range(12)] == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]


def test_trace() -> None:
    text = "def k(x: ptr(i32)):\n x[1] = x[0] + 5\n add(x[1], 2, relaxed, gpu)\n copy(x[2], x[1], 4)"
    events = launch(text, 1, trace=True).trace
    assert [(e.action, e.obj, e.offset, e.width, e.value) for e in events] == [
        ("read", "x", 0, 4, 0),
        ("write", "x", 4, 4, 5),
        ("update", "x", 4, 4, 7),
        ("copy", "x", 4, 4, None),
        ("copy", "x", 8, 4, None),
    ]


@pytest.mark.parametrize(
    ("op", "operand", "expected"),
    [
        ("add", 5, 3), ("sub", 1, -3), ("and_", 6, 6), ("nand", 6, -7), ("or_", 1, -1), ("xor", -1, 1),
        ("umin", 3, 3), ("umax", 3, -2), ("smin", 3, -2), ("smax", 3, 3), ("exch", 9, 9),
    ],
)  # fmt: skip
def test_atomic_updates(op: str, operand: int, expected: int) -> None:
    """Of the word -2; the old value is returned."""
    text = f"def k(x: ptr(i32)):\n x[0] = -2\n x[1] = {op}(x[0], {operand}, relaxed, gpu)"
    report = launch(text, 1)
    assert report.word("x", 0, 4) == expected % 2**32
    assert report.word("x", 4, 4) == 2**32 - 2


@pytest.mark.parametrize(("expected", "after"), [(0, 5), (1, 0)])
def test_compare_and_swap(expected: int, after: int) -> None:
    report = launch(f"def k(x: ptr(i32)):\n x[1] = cas(x[0], {expected}, 5, relaxed, gpu) + 1", 1)
    assert (report.word("x", 0, 4), report.word("x", 4, 4)) == (after, 1)


def test_many_blocks_in_the_text() -> None:
    """Deep nesting and long chains of blocks compile (Python limits indentation)."""
    nested = "\n".join(" " * (i + 1) + f"if x[{i}] == 0:" for i in range(90))
    text = f"def k(x: ptr(i32)):\n{nested}\n{' ' * 91}x[0] = 1"
    assert launch(text, 1).word("x", 0, 4) == 1
    assert launch(_chain(200), 1).word("x", 0, 4) == 200


def _chain(depth: int) -> str:
    """Conditions that each return early, one after the other, and nested ones in each."""
    lines = ["def k(x: ptr(i32)):", " n = 0"]
    for i in range(depth):
        lines += [f" if x[{i + 1}] == 0:", "  n = n + 1", " else:", f"  if x[{i}] == 1:", "   return"]
    return "\n".join([*lines, " x[0] = n"])


def test_speed() -> None:
    """64 threads of a thousand operations take well under a second."""
    text = "def k(x: ptr(i32)):\n a = 0\n for i in range(100):\n  a = a * 3 + i\n  x[tid] = a ^ i"
    interpreter = Interpreter(mini(text))
    start = time.perf_counter()
    assert interpreter.run(LaunchConfig(block=(64, 1, 1))).clean
    assert time.perf_counter() - start < 2


def test_steps_are_counted_in_every_kind_of_turn() -> None:
    """Also between barriers, where no turn is long."""
    text = "def k():\n for i in range(50):\n  j = 0\n  while j < 100:\n   j = j + 1\n  barrier()"
    config = LaunchConfig(block=(2, 1, 1))
    assert Interpreter(mini(text)).run(config, limits=Limits(launch_steps=15_000)).finished
    assert not Interpreter(mini(text)).run(config, limits=Limits(launch_steps=5_000)).finished

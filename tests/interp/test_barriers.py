"""Barrier divergence: who waits where, and what is no divergence."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cuq.ir.interp import InOrder, Interleaved
from tests.interp.launches import launch, mark, thread


@dataclass(frozen=True)
class Case:
    """`waiting` and `exited`: the marks of lines with the threads (x) that stand there."""

    why: str
    text: str
    waiting: dict[str, list[int]]
    exited: dict[str, list[int]]
    interval: int = 0


DIVERGENT = [
    Case(
        "early return before a barrier",
        "def k():\n if tid >= 2:\n  return # out\n barrier() # bar",
        {"bar": [0, 1]},
        {"out": [2, 3]},
    ),
    Case(
        "two barriers in two arms",
        "def k():\n if tid == 0:\n  barrier() # a\n else:\n  barrier() # b",
        {"a": [0], "b": [1, 2, 3]},
        {},
    ),
    Case(
        "a trip count that differs between threads",
        "def k():\n for i in range(tid + 1):\n  barrier() # bar\n return # out",
        {"bar": [1, 2, 3]},
        {"out": [0]},
        interval=1,
    ),
    Case(
        "one barrier is a different one in the last round",
        "def k():\n barrier() # a\n if tid == 3:\n  barrier() # b\n barrier() # c",
        {"b": [3], "c": [0, 1, 2]},
        {},
        interval=1,
    ),
    Case(
        "data decides",
        "def k(x: ptr(i32)):\n if x[tid] == tid:\n  barrier() # bar\n return # out",
        {"bar": [0]},
        {"out": [1, 2, 3]},
    ),
]

UNIFORM = [
    ("tail guard around the access only", "def k(x: ptr(i32)):\n if tid < 2:\n  x[gid] = 1\n barrier()"),
    ("a uniform condition", "def k():\n if ntid > 2:\n  barrier()"),
    ("a loop that runs zero times", "def k():\n for i in range(0):\n  barrier()"),
    ("all return early", "def k():\n if ntid == 4:\n  return\n barrier()"),
    ("block by block", "def k():\n if ctaid == 0:\n  barrier()"),
    ("one cell that all read", "def k(x: ptr(i32)):\n if x[0] == 0:\n  barrier()"),
]

SCHEDULES = [InOrder(), InOrder(reverse=True), Interleaved(5)]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=["forward", "backward", "mixed"])
@pytest.mark.parametrize("case", DIVERGENT, ids=lambda c: c.why)
def test_divergence(case: Case, schedule: InOrder | Interleaved) -> None:
    report = launch(case.text, 4, schedule=schedule)
    (divergence,) = report.divergences
    for positions, expected in ((divergence.waiting, case.waiting), (divergence.exited, case.exited)):
        found: dict[str, list[int]] = {}
        for p in positions:
            found.setdefault(mark(case.text, p.site), []).append(p.thread.thread[0])
        assert found == expected
    assert divergence.interval == case.interval


@pytest.mark.parametrize("schedule", SCHEDULES, ids=["forward", "backward", "mixed"])
@pytest.mark.parametrize(("why", "text"), UNIFORM, ids=[why for why, _ in UNIFORM])
def test_no_divergence(why: str, text: str, schedule: InOrder | Interleaved) -> None:
    assert launch(text, 4, 2, schedule=schedule).clean


def test_each_block_for_itself() -> None:
    report = launch("def k():\n if ctaid == 1:\n  if tid == 0:\n   barrier()", 2, 3)
    assert [d.block for d in report.divergences] == [(1, 0, 0)]


def test_a_trap_is_no_divergence() -> None:
    """A thread that panics ends the launch; the others just never pass the barrier."""
    text = "def k(x: ptr(i32)):\n if tid == 0:\n  panic()\n barrier()\n x[0] = 1"
    report = launch(text, 4)
    assert (len(report.panics), report.divergences, report.races) == (1, (), ())


def test_nothing_after_a_barrier_that_is_not_passed() -> None:
    text = "def k(x: ptr(i32)):\n if tid == 0:\n  return\n barrier()\n x[0] = tid"
    report = launch(text, 4)
    assert report.divergences
    assert report.races == ()
    assert report.word("x", 0, 4) == 0


def test_accesses_before_a_divergent_barrier_still_race() -> None:
    text = "def k(x: ptr(i32)):\n x[0] = tid\n if tid == 0:\n  return\n barrier()"
    report = launch(text, 4)
    assert report.divergences
    assert report.races


def test_who_exits_after_the_barrier_has_not_diverged() -> None:
    assert launch("def k():\n barrier()\n if tid == 0:\n  return\n a = tid", 4).clean


def test_positions_are_sorted_by_linear_id() -> None:
    report = launch("def k():\n if tid_y == 0:\n  return\n barrier()", (2, 2, 1))
    (divergence,) = report.divergences
    assert [p.thread.thread for p in divergence.waiting] == [(0, 1, 0), (1, 1, 0)]
    assert divergence.exited[0].thread == thread(0)

"""Races: one safe and one broken form of each way to race, with exactly the pairs that must be found."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from cuq.ir.interp import InOrder, Interleaved, Schedule
from tests.interp.launches import launch, raced, thread, words

_SCHEDULES: list[Schedule] = [InOrder(), InOrder(reverse=True), Interleaved(1), Interleaved(2)]


@dataclass(frozen=True)
class Case:
    why: str
    text: str
    races: set[str] = field(default_factory=set)
    block: int | tuple[int, int, int] = 4
    grid: int = 1
    params: dict[str, int] = field(default_factory=dict)
    memory: dict[str, bytes] = field(default_factory=dict)


CASES = [
    Case("each thread its own word", "def k(x: ptr(i32)):\n x[gid] = 1 # W", grid=2),
    Case("all threads one word", "def k(x: ptr(i32)):\n x[0] = tid # W", {"W-W"}),
    Case("same value is a race all the same", "def k(x: ptr(i32)):\n x[0] = 7 # W", {"W-W"}),
    Case(
        "a same-value write does not hide the real race beside it",
        "def k(x: ptr(i32)):\n x[0] = 7 # S\n x[1] = tid # D",
        {"S-S", "D-D"},
    ),
    Case("only reads", "def k(x: ptr(i32)):\n a = x[0] # R", grid=2),
    Case("read of the neighbour", "def k(x: ptr(i32)):\n x[tid] = x[tid + 1] # A", {"A-A"}),
    Case(
        "a barrier between write and read",
        "def k(s: shared(i32, 8)):\n s[tid] = 1 # W\n barrier()\n a = s[tid + 1] # R",
    ),
    Case(
        "no barrier between write and read",
        "def k(s: shared(i32, 8)):\n s[tid] = 1 # W\n a = s[tid + 1] # R",
        {"R-W"},
    ),
    Case(
        "the other order of text: the read comes first",
        "def k(s: shared(i32, 8)):\n a = s[tid + 1] # R\n s[tid] = 1 # W",
        {"R-W"},
    ),
    Case(
        "a shared tile is reused without a barrier",
        """
        def k(s: shared(i32, 8)):
            for i in range(2):
                s[tid] = i          # W
                barrier()
                a = s[(tid + 1) % 4]  # R
        """,
        {"R-W"},
    ),
    Case(
        "a shared tile is reused behind a barrier",
        """
        def k(s: shared(i32, 8)):
            for i in range(2):
                s[tid] = i          # W
                barrier()
                a = s[(tid + 1) % 4]  # R
                barrier()
        """,
    ),
    Case(
        "double buffer needs only one barrier a round",
        """
        def k(s: shared(i32, 8)):
            for i in range(4):
                s[i % 2 * 4 + tid] = i                # W
                barrier()
                a = s[i % 2 * 4 + (tid + 1) % 4]      # R
        """,
    ),
    Case(
        "double buffer whose barrier only every second round has",
        """
        def k(s: shared(i32, 8)):
            for i in range(4):
                s[i % 2 * 4 + tid] = i                # W
                if i % 2 == 0:
                    barrier()
                a = s[i % 2 * 4 + (tid + 1) % 4]      # R
        """,
        {"R-W"},
    ),
    Case("shared memory is private to the block", "def k(s: shared(i32, 8)):\n s[tid] = 1 # W", grid=2),
    Case("global memory is not", "def k(x: ptr(i32)):\n x[tid] = 1 # W", {"W-W*"}, grid=2),
    Case(
        "a block barrier orders nothing between blocks",
        "def k(x: ptr(i32)):\n x[gid] = 1 # W\n barrier()\n a = x[(gid + 1) % 8] # R",
        {"R-W*"},
        grid=2,
    ),
    Case(
        "bytes against words: neighbours inside one word",
        "def k(x: ptr(i32)):\n view(x, i8)[tid] = 1 # B\n a = x[1] # W",
    ),
    Case(
        "bytes against words: the word covers the bytes",
        "def k(x: ptr(i32)):\n view(x, i8)[tid] = 1 # B\n a = x[0] # W",
        {"B-W"},
    ),
    Case(
        "halves of neighbouring words",
        "def k(x: ptr(i32)):\n view(x, i16)[tid * 2 + 1] = 1 # H\n a = view(x, i16)[tid * 2 + 2] # L",
    ),
    Case(
        "a stride that does not divide the width",
        "def k(x: ptr(i8)):\n copy(x[tid * 3], x[100 + 4 * tid], 4) # C",
        {"C-C"},
    ),
    Case(
        "five bytes into records of four",
        "def k(x: ptr(i8), y: ptr(i8)):\n copy(x[tid * 4], y[0], 5) # C",
        {"C-C"},
    ),
    Case(
        "five bytes into records of eight", "def k(x: ptr(i8), y: ptr(i8)):\n copy(x[tid * 8], y[0], 5) # C"
    ),
    Case(
        "threads that differ only in y",
        "def k(x: ptr(i32)):\n x[tid] = tid_y # W",
        {"W-W"},
        block=(4, 2, 1),
    ),
    Case(
        "both indices",
        "def k(x: ptr(i32)):\n x[tid_y * ntid + tid] = tid_y # W",
        block=(4, 2, 1),
    ),
    Case(
        "a wrong pitch",
        "def k(x: ptr(i32)):\n x[tid_y * (ntid - 1) + tid] = tid_y # W",
        {"W-W"},
        block=(4, 2, 1),
    ),
    Case("race for no other parameter", "def k(x: ptr(i32), n: i32):\n x[tid * n] = 1 # W", params={"n": 1}),
    Case(
        "race for one parameter value",
        "def k(x: ptr(i32), n: i32):\n x[tid * n] = 1 # W",
        {"W-W"},
        params={"n": 0},
    ),
    Case(
        "negative offsets",
        "def k(x: ptr(i32)):\n x[tid - 4] = 1 # W\n x[-1 - tid] = 2 # V",
        {"V-W"},
    ),
    Case("negative offsets apart", "def k(x: ptr(i32)):\n x[tid - 4] = 1 # W\n x[tid - 8] = 2 # V"),
    Case(
        "an index that wraps at 32 bits",
        "def k(x: ptr(i32)):\n x[tid * 1073741824 * 4] = 1 # W",
        {"W-W"},
    ),
    Case(
        "a halving loop from a power of two",
        """
        def k(s: shared(i32, 8)):
            s[tid] = tid
            barrier()
            h = ntid // 2
            while h > 0:
                if tid < h:
                    s[tid] = s[tid] + s[tid + h]  # U
                barrier()
                h = h // 2
        """,
        block=8,
    ),
    Case(
        "the guard of a halving loop lets one thread too many in",
        """
        def k(s: shared(i32, 8)):
            s[tid] = tid
            barrier()
            h = ntid // 2
            while h > 0:
                if tid <= h:
                    s[tid % 8] = s[tid] + s[(tid + h) % 8]  # U
                barrier()
                h = h // 2
        """,
        {"U-U"},
        block=8,
    ),
    Case(
        "values carried across a barrier: a permutation read from memory",
        "def k(p: ptr(i32), x: ptr(i32)):\n x[p[tid]] = 1 # W",
        memory={"p": words(2, 0, 3, 1)},
    ),
    Case(
        "no permutation",
        "def k(p: ptr(i32), x: ptr(i32)):\n x[p[tid]] = 1 # W",
        {"W-W"},
        memory={"p": words(2, 0, 2, 1)},
    ),
    Case(
        "volatile accesses are not atomic",
        "def k(x: ptr(i32)):\n store(x[0], tid, volatile) # V",
        {"V-V"},
    ),
    Case(
        "relaxed atomics of all threads on one word",
        "def k(x: ptr(i32)):\n add(x[0], 1, relaxed, gpu) # A",
        grid=2,
    ),
    Case(
        "atomics against a plain read",
        "def k(x: ptr(i32)):\n add(x[0], 1, relaxed, gpu) # A\n a = x[0] # R",
        {"A-R"},
    ),
    Case(
        "atomics against a plain write in the other block",
        "def k(x: ptr(i32)):\n if ctaid == 0:\n  add(x[0], 1, relaxed, gpu) # A\n else:\n  x[0] = 1 # W",
        {"A-W*"},
        grid=2,
        block=1,
    ),
    Case(
        "block scope suffices inside the block",
        "def k(x: ptr(i32)):\n add(x[0], 1, relaxed, cta) # A",
    ),
    Case(
        "block scope does not reach other blocks",
        "def k(x: ptr(i32)):\n add(x[0], 1, relaxed, cta) # A",
        {"A-A*"},
        grid=2,
    ),
    Case(
        "one side with block scope is as good as none",
        "def k(x: ptr(i32)):\n if ctaid == 0:\n  add(x[0], 1, relaxed, cta) # A\n else:\n  add(x[0], 1, relaxed, sys) # B",
        {"A-B*"},
        grid=2,
        block=1,
    ),
    Case(
        "atomics that overlap in part only",
        "def k(x: ptr(i32)):\n add(x[0], 1, relaxed, gpu) # A\n add(view(x, i64)[0], 1, relaxed, gpu) # L",
        {"A-L"},
    ),
    Case(
        "a failing compare-and-swap only reads",
        "def k(x: ptr(i32)):\n cas(x[0], 1, 2, relaxed, gpu) # C\n a = x[0] # R",
    ),
    Case(
        "a compare-and-swap that succeeds writes",
        "def k(x: ptr(i32)):\n cas(x[0], 0, 2, relaxed, gpu) # C\n a = x[0] # R",
        {"C-R"},
    ),
    Case(
        "a counter of one block used as a slot of all",
        "def k(x: ptr(i32), c: shared(i32, 1)):\n i = add(c[0], 1, relaxed, cta)\n x[i] = 1 # W",
        {"W-W*"},
        grid=2,
    ),
    Case(
        "ticket slots",
        "def k(x: ptr(i32), c: ptr(i32)):\n i = add(c[0], 1, relaxed, gpu)\n x[i] = 1 # W",
        grid=2,
    ),
    Case(
        "a read-only slice is only read",
        "def k(x: ptr(i32), y: ref(i32)):\n x[gid] = y[0] # R",
        params={"y.len": 1},
        grid=2,
    ),
]


@pytest.mark.parametrize("schedule", _SCHEDULES, ids=["forward", "backward", "mixed 1", "mixed 2"])
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.why)
def test_races(case: Case, schedule: Schedule) -> None:
    report = launch(
        case.text, case.block, case.grid, params=case.params, memory=case.memory, schedule=schedule
    )
    assert raced(case.text, report) == case.races
    assert not report.faults
    assert not report.divergences
    assert report.finished


def test_an_example_is_complete() -> None:
    """Threads, bytes, widths, values, interval of the example."""
    text = "def k(s: shared(i32, 8)):\n barrier()\n s[tid] = tid + 5 # W\n a = view(s, i8)[tid * 4 + 6] # R"
    (race,) = launch(text, 2).races
    assert (race.obj, race.overlap, race.same_value) == ("s", 6, False)
    write, read = race.first, race.second
    assert (write.thread, write.offset, write.width, write.value) == (thread(1), 4, 4, 6)
    assert (read.thread, read.offset, read.width, read.interval) == (thread(0), 6, 1, 1)
    assert (write.writes, read.writes) == (True, False)


@pytest.mark.parametrize(("value", "same"), [("7", True), ("tid // 3", False)])
def test_same_value_is_said_only_if_no_pair_differs(value: str, same: bool) -> None:
    (race,) = launch(f"def k(x: ptr(i32)):\n x[0] = {value}").races
    assert race.same_value is same
    if not same:
        assert race.first.value != race.second.value


def test_query_for_two_threads() -> None:
    """A pair of sites may race for some threads and not for others."""
    text = "def k(x: ptr(i32)):\n x[tid // 2] = tid"
    report = launch(text, 4)
    site = report.races[0].first.site
    assert report.races_between(site, thread(2), site, thread(3))
    assert not report.races_between(site, thread(1), site, thread(2))


def test_aliasing_parameters() -> None:
    """Two parameters that point into one object race where they meet."""
    text = "def k(x: ptr(i32), y: ptr(i32)):\n x[tid] = 1 # X\n a = y[tid] # Y"
    assert raced(text, launch(text)) == set()
    assert raced(text, launch(text, aliases={"y": ("x", 4)})) == {"X-Y"}
    assert raced(text, launch(text, aliases={"y": ("x", 16)})) == set()

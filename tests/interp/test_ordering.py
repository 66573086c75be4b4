"""Ordering by release and acquire: which accesses it orders, and which it does not.

Each case is run under many interleavings. A race must be found in at least one of them when the case is
broken, and in none when it is safe.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from cuq.ir.interp import InOrder, Interleaved, Report, Schedule
from tests.interp.launches import launch, raced

SCHEDULES: list[Schedule] = [InOrder(), InOrder(reverse=True), *(Interleaved(seed) for seed in range(20))]


@dataclass(frozen=True)
class Case:
    why: str
    text: str
    races: set[str] = field(default_factory=set)
    block: int = 1
    grid: int = 2


def message(write: str, read: str, guard: str = "r == 1") -> str:
    """Thread 0 writes `x` and raises a flag; another sees the flag and reads `x`."""
    return f"""
    def k(x: ptr(i32), f: ptr(i32), g: ptr(i32)):
        if gid == 0:
            x[0] = 1        # W
            {write}
        else:
            {read}
            if {guard}:
                a = x[0]    # R
    """


def lock(enter: str, leave: str) -> str:
    """Threads add to a counter, one at a time."""
    return f"""
    def k(x: ptr(i32), l: ptr(i32)):
        while {enter} != 0:
            pass
        x[0] = x[0] + 1     # U
        {leave}
    """


RELEASE, ACQUIRE = "store(f[0], 1, release, gpu)", "r = load(f[0], acquire, gpu)"
CASES = [
    Case("release and acquire", message(RELEASE, ACQUIRE)),
    Case("sequentially consistent", message("store(f[0], 1, sc, sys)", "r = load(f[0], sc, sys)")),
    Case("relaxed store", message("store(f[0], 1, relaxed, gpu)", ACQUIRE), {"R-W*"}),
    Case("relaxed load", message(RELEASE, "r = load(f[0], relaxed, gpu)"), {"R-W*"}),
    Case("the flag is not looked at", message(RELEASE, ACQUIRE, "r == r"), {"R-W*"}),
    Case(
        "block scope on the writing side",
        message("store(f[0], 1, release, cta)  # F", f"{ACQUIRE}  # G"),
        {"R-W*", "F-G*"},
    ),
    Case(
        "block scope on the reading side",
        message(f"{RELEASE}  # F", "r = load(f[0], acquire, cta)  # G"),
        {"R-W*", "F-G*"},
    ),
    Case(
        "block scope within a block",
        message("store(f[0], 1, release, cta)", "r = load(f[0], acquire, cta)"),
        block=2,
        grid=1,
    ),
    Case(
        "cluster scope is no wider than a block without clusters",
        message("store(f[0], 1, release, cluster)  # F", "r = load(f[0], acquire, cluster)  # G"),
        {"R-W*", "F-G*"},
    ),
    Case(
        "fences on both sides",
        message(
            "fence(release, gpu)\n            store(f[0], 1, relaxed, gpu)",
            "r = load(f[0], relaxed, gpu)\n            fence(acquire, gpu)",
        ),
    ),
    Case(
        "a release fence alone",
        message(
            "fence(release, gpu)\n            store(f[0], 1, relaxed, gpu)", "r = load(f[0], relaxed, gpu)"
        ),
        {"R-W*"},
    ),
    Case(
        "the release fence comes too late",
        message("store(f[0], 1, relaxed, gpu)\n            fence(release, gpu)", ACQUIRE),
        {"R-W*"},
    ),
    Case(
        "an acquire fence does not release",
        message("fence(acquire, gpu)\n            store(f[0], 1, relaxed, gpu)", ACQUIRE),
        {"R-W*"},
    ),
    Case(
        "fence of block scope, store of device scope",
        message("fence(release, cta)\n            store(f[0], 1, relaxed, gpu)", ACQUIRE),
        {"R-W*"},
    ),
    Case(
        "release on another location",
        message("store(g[0], 1, release, gpu)\n            store(f[0], 1, relaxed, gpu)", ACQUIRE),
        {"R-W*"},
    ),
    Case(
        "release, then a relaxed store to the same location (PTX: release pattern)",
        message(
            "store(f[0], 2, release, gpu)\n            store(f[0], 1, relaxed, gpu)",
            ACQUIRE,
        ),
    ),
    Case(
        "relaxed load, then acquire of the same location (PTX: acquire pattern)",
        message(
            RELEASE,
            "r = load(f[0], relaxed, gpu)\n            q = load(f[0], acquire, gpu)",
        ),
    ),
    Case(
        "a flag that is written plainly orders nothing",
        message("f[0] = 1       # F", "r = load(f[0], acquire, gpu)  # G"),
        {"R-W*", "F-G*"},
    ),
    Case(
        "a flag of another width",
        message("store(view(f, i8)[0], 1, release, gpu)  # F", "r = load(f[0], acquire, gpu)  # G"),
        {"R-W*", "F-G*"},
    ),
    Case(
        "what the writer does after the release is not ordered",
        """
        def k(x: ptr(i32), f: ptr(i32)):
            if gid == 0:
                store(f[0], 1, release, gpu)
                x[0] = 1        # W
            else:
                if load(f[0], acquire, gpu) == 1:
                    a = x[0]    # R
        """,
        {"R-W*"},
    ),
    Case(
        "updates by others carry the message on",
        """
        def k(x: ptr(i32), f: ptr(i32)):
            if gid == 0:
                x[0] = 1                              # W
                add(f[0], 1, release, gpu)
            else:
                if gid == 1:
                    add(f[0], 2, relaxed, gpu)
                else:
                    if load(f[0], acquire, gpu) == 3:
                        a = x[0]                      # R
        """,
        grid=3,
    ),
    Case(
        "an update of block scope in another block breaks the chain",
        """
        def k(x: ptr(i32), f: ptr(i32)):
            if gid == 0:
                x[0] = 1                              # W
                add(f[0], 1, release, gpu)            # A
            else:
                if gid == 1:
                    while load(f[0], relaxed, gpu) == 0:   # L
                        pass
                    add(f[0], 2, relaxed, cta)        # B
                else:
                    if load(f[0], acquire, gpu) == 3:  # L
                        a = x[0]                      # R
        """,
        {"R-W*", "A-B*", "B-L*"},
        grid=3,
    ),
    Case(
        "handed on by a third thread",
        """
        def k(x: ptr(i32), f: ptr(i32), g: ptr(i32)):
            if gid == 0:
                x[0] = 1                              # W
                store(f[0], 1, release, gpu)
            else:
                if gid == 1:
                    if load(f[0], acquire, gpu) == 1:
                        store(g[0], 1, release, gpu)
                else:
                    if load(g[0], acquire, gpu) == 1:
                        a = x[0]                      # R
        """,
        grid=3,
    ),
    Case(
        "a barrier hands on what one thread acquired, and releases what another wrote",
        """
        def k(x: ptr(i32), f: ptr(i32), s: shared(i32, 1)):
            if ctaid == 0:
                if tid == 1:
                    x[0] = 1                          # W
                barrier()
                if tid == 0:
                    store(f[0], 1, release, gpu)
            else:
                if tid == 0:
                    s[0] = load(f[0], acquire, gpu)
                barrier()
                if s[0] == 1:
                    a = x[0]                          # R
        """,
        block=2,
    ),
    Case(
        "without that barrier the other thread's write is not released",
        """
        def k(x: ptr(i32), f: ptr(i32)):
            if ctaid == 0:
                if tid == 1:
                    x[0] = 1                          # W
                else:
                    store(f[0], 1, release, gpu)
            else:
                if load(f[0], acquire, gpu) == 1:
                    a = x[0]                          # R
        """,
        {"R-W*"},
        block=2,
    ),
    Case(
        "sequentially consistent fences synchronize in their order",
        """
        def k(x: ptr(i32), y: ptr(i32)):
            if gid == 0:
                x[0] = 1                              # W
                fence(sc, gpu)
                a = load(y[0], relaxed, gpu)
            else:
                store(y[0], 1, relaxed, gpu)
                fence(sc, gpu)
                b = x[0]                              # R
        """,
        {"R-W*"},
    ),
    Case("lock", lock("exch(l[0], 1, acquire, gpu)", "store(l[0], 0, release, gpu)"), grid=3),
    Case("lock by compare-and-swap", lock("cas(l[0], 0, 1, acquire, gpu)", "store(l[0], 0, release, gpu)")),
    Case(
        "lock released with relaxed",
        lock("exch(l[0], 1, acquire, gpu)", "store(l[0], 0, relaxed, gpu)"),
        {"U-U*"},
    ),
    Case(
        "lock taken with relaxed",
        lock("exch(l[0], 1, relaxed, gpu)", "store(l[0], 0, release, gpu)"),
        {"U-U*"},
    ),
    Case(
        "lock of block scope between blocks",
        lock("exch(l[0], 1, acquire, cta)     # L", "store(l[0], 0, release, cta)   # F").replace(
            "     # L != 0:", " != 0:   # L"
        ),
        {"U-U*", "L-L*", "F-L*", "F-F*"},
    ),
    Case(
        "the last block sums up",
        """
        def k(x: ptr(i32), c: ptr(i32)):
            x[ctaid] = 1                              # W
            if add(c[0], 1, acq_rel, gpu) == nctaid - 1:
                for i in range(nctaid):
                    a = x[i]                          # R
        """,
        grid=4,
    ),
    Case(
        "the last block sums up, relaxed",
        """
        def k(x: ptr(i32), c: ptr(i32)):
            x[ctaid] = 1                              # W
            if add(c[0], 1, relaxed, gpu) == nctaid - 1:
                for i in range(nctaid):
                    a = x[i]                          # R
        """,
        {"R-W*"},
        grid=4,
    ),
]


def reports(case: Case) -> list[Report]:
    return [launch(case.text, case.block, case.grid, schedule=schedule) for schedule in SCHEDULES]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.why)
def test_ordering(case: Case) -> None:
    found: set[str] = set()
    for report in reports(case):
        assert report.finished
        assert not report.faults
        found |= raced(case.text, report)
    assert found == case.races


def test_message_is_seen_in_some_interleaving() -> None:
    """The safe cases above would prove nothing if their guarded reads never ran."""
    text = message(RELEASE, ACQUIRE)
    seen = [
        any(e.obj == "x" and e.action == "read" for e in launch(text, 1, 2, schedule=s, trace=True).trace)
        for s in SCHEDULES
    ]
    assert any(seen)
    assert not all(seen)

"""The race detector against the definition, on random straight-line kernels.

Every access of such a kernel is known without running it, so all pairs of accesses of all threads can be
compared one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from cuq.ir.interp import InOrder, Interleaved, Schedule
from tests.interp.launches import launch, raced

BLOCK, GRID = 3, 2


@dataclass(frozen=True)
class Line:
    """An access to element `a·tid + b·ctaid + c` of `obj`, after `interval` barriers."""

    name: str
    interval: int
    obj: str
    kind: str
    bits: int
    a: int
    b: int
    c: int

    @property
    def text(self) -> str:
        place = f"view({self.obj}, i{self.bits})[{self.a} * tid + {self.b} * ctaid + {self.c}]"
        match self.kind:
            case "read":
                return f"v = {place}  # {self.name}"
            case "write":
                return f"{place} = tid  # {self.name}"
            case scope:
                return f"add({place}, 1, relaxed, {scope})  # {self.name}"

    @property
    def scope(self) -> str | None:
        return self.kind if self.kind in ("cta", "gpu") else None

    def bytes(self, tid: int, ctaid: int) -> range:
        width = self.bits // 8
        start = (self.a * tid + self.b * ctaid + self.c) * width
        return range(start, start + width)


@st.composite
def kernels(draw: st.DrawFn) -> list[Line]:
    small = st.integers(0, 2)
    lines = []
    interval = 0
    for i in range(draw(st.integers(1, 6))):
        interval += draw(st.sampled_from([0, 0, 1]))
        lines.append(
            Line(
                f"L{i}",
                interval,
                draw(st.sampled_from(["s", "x"])),
                draw(st.sampled_from(["read", "write", "cta", "gpu"])),
                draw(st.sampled_from([8, 16, 32])),
                *(draw(small) for _ in range(3)),
            )
        )
    return lines


def source(lines: list[Line]) -> str:
    text, interval = ["def k(s: shared(i32, 16), x: ptr(i32)):"], 0
    for line in lines:
        text += [" barrier()"] * (line.interval - interval)
        interval = line.interval
        text.append(f" {line.text}")
    return "\n".join(text)


def conflict(p: Line, at_p: tuple[int, int], q: Line, at_q: tuple[int, int]) -> bool:
    """The definition of a race, for two accesses of different threads (tid, ctaid)."""
    same_block = at_p[1] == at_q[1]
    if p.obj != q.obj or (p.obj == "s" and not same_block) or (p.kind == q.kind == "read"):
        return False
    if same_block and p.interval != q.interval:
        return False
    a, b = p.bytes(*at_p), q.bytes(*at_q)
    if not set(a) & set(b):
        return False
    strong = p.scope and q.scope and a == b and (same_block or p.scope == q.scope == "gpu")
    return not strong


def expected(lines: list[Line]) -> set[str]:
    threads = [(t, c) for c in range(GRID) for t in range(BLOCK)]
    found = set()
    for s, t in combinations(threads, 2):
        for p in lines:
            for q in lines:
                if conflict(p, s, q, t):
                    found.add("-".join(sorted((p.name, q.name))) + ("*" if s[1] != t[1] else ""))
    return found


@settings(max_examples=200)
@given(kernels(), st.sampled_from([InOrder(), InOrder(reverse=True), Interleaved(7)]))
def test_detector_finds_exactly_the_races(lines: list[Line], schedule: Schedule) -> None:
    text = source(lines)
    report = launch(text, BLOCK, GRID, schedule=schedule)
    assert raced(text, report) == expected(lines)
    assert not report.faults

"""Which barriers synchronize: the pairs of arrivals, as thread and position, in each way in which it can go."""

from __future__ import annotations

import pytest

from cuq.ptx.litmus.enumeration.machine import Trace, run
from cuq.ptx.litmus.enumeration.rendezvous import released
from cuq.ptx.litmus.enumeration.thread import Code
from cuq.ptx.litmus.result import End
from tests.ptx.litmus.enumeration.test_traces import parsed

A = "bar.cta.sync a"
TWO = "bar.cta.sync a, 0, 2"
BOTH = {"00-10", "10-00"}


def ways(*columns: str, stops: tuple[int | None, ...] | None = None) -> list[set[str]]:
    """`stops`: of each thread, how many actions it does until it stays at a barrier; None if it comes to its end."""
    test = parsed(*columns)
    threads = [type(t)(t.name, 0, 0, 0, t.instructions) for t in test.threads]
    chosen: list[Trace] = []
    for thread, stop in zip(threads, stops or (None,) * len(threads), strict=True):
        made = run(Code(thread, test.locations, frozenset()), (), 1).stops
        wanted = End.DONE if stop is None else End.BLOCKED
        chosen += [t for t in made if t.end is wanted and stop in (None, len(t.actions))]
    return [{f"{a}{p}-{b}{q}" for (a, p), (b, q) in pairs} for pairs in released(threads, chosen)]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param(("", ""), [set()], id="no barriers"),
        pytest.param((A, A), [BOTH], id="both wait"),
        pytest.param((A, "bar.cta.arrive a"), [{"10-00"}], id="who only arrives learns nothing"),
        pytest.param((A, "bar.cta.sync a, 1"), [set()], id="another id"),
        pytest.param((f"{A}; {A}", f"{A}; {A}"), [{*BOTH, "01-11", "11-01"}], id="each time again"),
        pytest.param((f"{A}; {A}", A), [BOTH], id="the second time alone"),
        pytest.param((f"{A}; bar.cta.sync b", f"bar.cta.sync b; {A}"), [], id="crossed: nobody gets through"),
        pytest.param((TWO, TWO), [BOTH], id="a quorum of all"),
        pytest.param((TWO,), [], id="a quorum that nobody fills"),
        pytest.param(
            (TWO, TWO, TWO),
            [
                {*BOTH, "00-20", "10-20"},
                {"00-10", "00-20", "20-00", "20-10"},
                {"10-00", "10-20", "20-00", "20-10"},
            ],
            id="two of three come first, and all have seen them",
        ),
        pytest.param(
            (f"{TWO}; bar.cta.sync b", TWO, f"bar.cta.sync b; {TWO}"),
            [{*BOTH, "00-21", "10-21", "01-20", "20-01"}],
            id="who comes later is not among the first",
        ),
        pytest.param(
            ("bar.cta.arrive a, 0, 2; bar.cta.arrive a, 0, 2", TWO),
            [{"00-10", "01-10"}, {"00-10"}],
            id="in program order",
        ),
        pytest.param(
            (TWO, A, "bar.cta.arrive a"), [{"00-10", "10-00", "20-00", "20-10"}], id="different quorums"
        ),
        pytest.param(("bar.cta.sync a, 0, 0", "bar.cta.arrive a, 0, 0"), [set()], id="a quorum of nobody"),
    ],
)
def test_ways(columns: tuple[str, ...], expected: list[set[str]]) -> None:
    found = ways(*columns)
    assert sorted(map(sorted, found)) == sorted(map(sorted, expected))


@pytest.mark.parametrize(
    ("columns", "stops", "expected"),
    [
        pytest.param((A, A), (1, 1), [], id="nobody stays where all came"),
        pytest.param((TWO, ""), (1, None), [set()], id="who waits for more stays"),
        pytest.param(("bar.cta.sync c; bar.cta.sync a", A), (1, 1), [], id="who is let go does not stay"),
        pytest.param(
            ("bar.cta.sync c, 0, 2; bar.cta.sync a", A), (1, 1), [set()], id="the other one may yet come"
        ),
        pytest.param(("bar.cta.sync c, 0, 2; bar.cta.sync a, 1", A), (1, 1), [], id="but to another barrier"),
        pytest.param(
            ("bar.cta.sync c, 0, 2; bar.cta.sync a", A), (1, None), [], id="so this one does not pass"
        ),
    ],
)
def test_who_stays(columns: tuple[str, ...], stops: tuple[int | None, ...], expected: list[set[str]]) -> None:
    assert ways(*columns, stops=stops) == expected

"""One thread on given values: what it does, what that depends on, how it ends; and which values there are to give."""

from __future__ import annotations

import pytest

from cuq.ptx.litmus import Litmus, parse_litmus
from cuq.ptx.litmus.enumeration.machine import Trace, run
from cuq.ptx.litmus.enumeration.relations import bits
from cuq.ptx.litmus.enumeration.thread import Code
from cuq.ptx.litmus.enumeration.traces import TooManyError, traces
from cuq.ptx.litmus.result import Kind


def parsed(*columns: str, initial: str = "") -> Litmus:
    """A thread for each column, whose instructions are separated by `;`."""
    codes = [column.split(";") for column in columns]
    rows = max(map(len, codes))
    head = " | ".join(f"P{i}@cta {i}" for i in range(len(codes)))
    lines = [" | ".join(c[row] if row < len(c) else "" for c in codes) for row in range(rows)]
    return parse_litmus(f"PTX t\n{{ {initial} }}\n{head} ;\n{' ;'.join(lines)} ;\nexists (0 == 0)", "t")


def code(test: Litmus, thread: int = 0, observed: frozenset[str] = frozenset()) -> Code:
    return Code(test.threads[thread], test.locations, observed)


def last(text: str, *given: int, bound: int = 1) -> Trace:
    """The stop that the values lead to."""
    made = run(code(parsed(text), observed=frozenset({"r9"})), given, bound)
    assert made.asks is None
    return made.stops[-1]


@pytest.mark.parametrize(
    ("text", "given", "written"),
    [
        pytest.param("st.weak x, 3", (), [3], id="a number"),
        pytest.param("ld.weak r, x; add r, r, 2; st.weak y, r", (5,), [7], id="computed from what is read"),
        pytest.param("st.weak y, r", (), [0], id="a register that was never set"),
        pytest.param(
            "atom.relaxed.gpu.add r, x, 2; st.weak y, r", (5,), [7, 5], id="the result is the old value"
        ),
        pytest.param("red.relaxed.gpu.max x, 2", (5,), [5], id="the larger one stays"),
        pytest.param("red.relaxed.gpu.exch x, 2", (5,), [2], id="whatever was there"),
        pytest.param("red.relaxed.gpu.cas x, 5, 2", (5,), [2], id="a swap"),
        pytest.param("red.relaxed.gpu.cas x, 4, 2", (5,), [5], id="no swap: what was read is written"),
        pytest.param("ld.weak r, x; div r, r, 2; st.weak y, r", (-7,), [-3], id="division goes towards zero"),
        pytest.param("ld.weak r, x; div r, r, r; st.weak y, r", (0,), [0], id="division by zero"),
        pytest.param("ld.weak r, x; beq r, 1, L; st.weak y, 1; L: ;", (1,), [], id="a branch that is taken"),
        pytest.param("ld.weak r, x; beq r, 1, L; st.weak y, 1; L: ;", (0,), [1], id="one that is not"),
    ],
)
def test_values(text: str, given: tuple[int, ...], written: list[int]) -> None:
    trace = last(text, *given)
    assert [v for a, v in zip(trace.actions, trace.values, strict=True) if a.kind is Kind.WRITE] == written


@pytest.mark.parametrize(
    ("text", "given", "data", "control"),
    [
        pytest.param("ld.weak r, x; st.weak y, r", (0,), [0], [], id="a value"),
        pytest.param("ld.weak r, x; xor r, r, r; st.weak y, r", (0,), [0], [], id="whatever the operation"),
        pytest.param("ld.weak r, x; mov r, 1; st.weak y, r", (0,), [], [], id="written over"),
        pytest.param(
            "ld.weak r, x; ld.weak s, y; add r, r, s; st.weak y, r", (0, 0), [0, 1], [], id="two reads"
        ),
        pytest.param("red.relaxed.gpu.add x, 1", (0,), [0], [], id="an atomic operation on its own read"),
        pytest.param("red.relaxed.gpu.exch x, 1", (0,), [], [], id="but not an exchange"),
        pytest.param(
            "ld.weak r, x; red.relaxed.gpu.exch y, r", (0, 0), [0], [], id="which depends on its operand"
        ),
        pytest.param(
            "ld.weak r, x; beq r, 1, L; L: ; st.weak y, 1", (0,), [], [0], id="control, after the join too"
        ),
        pytest.param("ld.weak r, x; beq 0, 1, L; L: ; st.weak y, r", (0,), [0], [], id="a branch on numbers"),
    ],
)
def test_dependencies(text: str, given: tuple[int, ...], data: list[int], control: list[int]) -> None:
    write = last(text, *given).actions[-1]
    assert (list(bits(write.data)), list(bits(write.control))) == (data, control)


COUNTS = "mov r, 0; L: ; add r, r, 1; ld.weak s, x; bne r, 3, L"


@pytest.mark.parametrize(
    ("text", "given", "bound", "end"),
    [
        pytest.param("L: ; ld.weak r, x; bne r, 1, L", (1,), 1, "done", id="it comes out"),
        pytest.param("L: ; ld.weak r, x; bne r, 1, L", (0,), 1, "spins", id="nothing happened"),
        pytest.param(
            "L: ; st.weak y, 1; ld.weak r, x; bne r, 1, L", (0,), 1, "cut", id="something was written"
        ),
        pytest.param(
            "L: ; st.weak y, 1; ld.weak r, x; bne r, 1, L", (0, 1), 2, "done", id="and may be once more"
        ),
        pytest.param(
            "L: ; ld.weak r9, x; bne r9, 1, L", (2,), 1, "spins", id="matters at the end, but is read anew"
        ),
        pytest.param(COUNTS, (0,), 1, "cut", id="a register that counts"),
        pytest.param(COUNTS, (0, 0, 0), 3, "done", id="as far as it counts"),
        pytest.param("L: ; mov r, s; ld.weak s, x; bne r, 1, L", (0,), 1, "spins", id="a value that stays"),
        pytest.param("L: ; mov r, s; ld.weak s, x; bne r, 1, L", (2,), 1, "cut", id="a value that changes"),
        pytest.param("L: ; mov r, s; ld.weak s, x; bne r, 1, L", (2, 2), 2, "spins", id="and then stays"),
    ],
)
def test_ends(text: str, given: tuple[int, ...], bound: int, end: str) -> None:
    assert last(text, *given, bound=bound).end.value == end


def test_stops_at_barriers() -> None:
    """At each barrier at which it waits a thread may stop; what may still come is said."""
    test = parsed("ld.weak r, x; bar.cta.sync a; bar.cta.arrive b; bar.cta.sync c, 1; bar.cta.sync d, r")
    made = run(code(test), (7,), 1)
    assert [(t.end.value, len(t.actions), sorted(t.ahead, key=str)) for t in made.stops] == [
        ("blocked", 2, [("b", 0), ("c", 1), ("d", None)]),
        ("blocked", 4, [("d", None)]),
        ("blocked", 5, []),
        ("done", 5, []),
    ]


CHAIN = (
    "ld.weak r, a; st.weak b, r",
    "ld.weak r, b; st.weak c, r",
    "ld.weak r, c; st.weak d, r",
    "st.weak a, 4",
)


def values_of(test: Litmus, location: str, circles: bool = False) -> set[int]:
    """What the first thread reads there, in one of its traces."""
    codes = [code(test, number) for number in range(len(test.threads))]
    found = traces(codes, test, 1, circles, None)
    return {
        value
        for mine in found
        for trace in mine
        for action, value in zip(trace.actions, trace.values, strict=True)
        if action.kind is Kind.READ and action.location == location
    }


@pytest.mark.parametrize(
    ("columns", "location", "values"),
    [
        pytest.param(CHAIN, "c", {0, 4}, id="through three threads"),
        pytest.param(
            ("ld.weak r, x; st.weak y, r", "ld.weak r, y; st.weak x, 1"), "y", {0, 1}, id="what comes later"
        ),
        pytest.param(
            ("ld.weak r, x; bne r, 1, L; st.weak y, 2; L: ;", "ld.weak r, y; st.weak x, 1"),
            "y",
            {0, 2},
            id="done only if something is read",
        ),
        pytest.param(("st.weak x, 1; ld.weak r, y",), "y", {0}, id="nothing else is written"),
    ],
)
def test_values_go_from_thread_to_thread(columns: tuple[str, ...], location: str, values: set[int]) -> None:
    assert values_of(parsed(*columns), location) == values


def test_sums_end() -> None:
    """Four additions: the sum is 4 at most, and a few more are tried, but not without an end."""
    test = parsed(
        "red.relaxed.gpu.add x, 1; red.relaxed.gpu.add x, 1",
        "red.relaxed.gpu.add x, 1; red.relaxed.gpu.add x, 1",
    )
    values = values_of(test, "x")
    assert {0, 1, 2, 3} <= values
    assert max(values) <= 5


def test_circles_begin_with_numbers_of_the_test() -> None:
    test = parsed("ld.weak r, x; st.weak y, r", "ld.weak r, y; st.weak x, r; bne r, 7, L; L: ;")
    assert values_of(test, "x") == {0}
    assert values_of(test, "x", circles=True) == {0, 1, 7}


def test_circles_of_control() -> None:
    """Each of the two stores is only done if the other one was."""
    columns = [
        f"ld.weak r, {a}; bne r, {v}, L; mov s, {w}; add s, s, 1; st.weak {b}, s; L: ;"
        for a, b, v, w in ("xy64", "yx56")
    ]
    test = parsed(*columns)
    assert values_of(test, "x") == {0}
    assert {0, 7} <= values_of(test, "x", circles=True)


def test_too_many_runs() -> None:
    test = parsed("ld.weak r, x; ld.weak r, x; ld.weak r, x", "st.weak x, 1; st.weak x, 2")
    codes = [code(test, number) for number in range(2)]
    assert len(traces(codes, test, 1, False, 40)[0]) == 27
    with pytest.raises(TooManyError):
        traces(codes, test, 1, False, 39)

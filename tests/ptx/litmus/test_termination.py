"""Loops and barriers: what is spinning, what is cut at the bound, who waits for whom."""

from __future__ import annotations

import pytest

from cuq.ptx.litmus import parse_litmus
from cuq.ptx.litmus.enumeration import enumerate_executions
from cuq.ptx.litmus.result import Outcome
from cuq.ptx.models import model


def judged(
    threads: str, condition: str = "exists (0 == 0)", bound: int = 1, name: str = "ptx-7.5"
) -> Outcome:
    return enumerate_executions(
        parse_litmus(f"PTX t\n{{ }}\n{threads}\n{condition}", "t"), model(name), bound
    )


FLAG = """
 P0@cta 0,gpu 0 | P1@cta {cta},gpu 0 ;
 {store} f, 1   | L: ;
                | {load} r0, f ;
                | bne r0, 1, L ;
"""


@pytest.mark.parametrize(
    ("store", "load", "cta"),
    [
        pytest.param("st.relaxed.gpu", "ld.relaxed.gpu", 1, id="morally strong"),
        pytest.param("st.weak", "ld.weak", 1, id="weak: the store is still the last one"),
        pytest.param("st.relaxed.cta", "ld.relaxed.cta", 1, id="scopes that leave each other out: likewise"),
    ],
)
def test_waiting_for_a_flag(store: str, load: str, cta: int) -> None:
    outcome = judged(FLAG.format(store=store, load=load, cta=cta))
    assert (outcome.terminates, outcome.stuck) == (True, None)


RESET = """
 P0@cta 0,gpu 0 | P1@cta 1,gpu 0 | P2@cta 2,gpu 0 ;
 {store} f, 1   | {store} f, 0   | L: ;
                |                | {load} r0, f ;
                |                | bne r0, 1, L ;
"""


@pytest.mark.parametrize("kind", ["weak", "relaxed.gpu"])
def test_either_of_two_stores_may_be_the_last(kind: str) -> None:
    outcome = judged(RESET.format(store=f"st.{kind}", load=f"ld.{kind}"))
    assert outcome.terminates is False
    assert outcome.stuck is not None


def test_waiting_for_nobody() -> None:
    outcome = judged(" P0@cta 0 ;\n L: ;\n ld.relaxed.gpu r0, f ;\n bne r0, 1, L ;", "exists (P0:r0 == 1)")
    assert (outcome.terminates, outcome.holds) == (False, False)


COUNT = """
 P0@cta 0 ;
 ld r0, 0 ;
 L: ;
 add r0, r0, 1 ;
 atom.relaxed.gpu.add r1, x, 1 ;
 bne r0, 3, L ;
"""


@pytest.mark.parametrize(
    ("bound", "holds", "terminates"),
    [
        pytest.param(1, None, None, id="cut in the second iteration"),
        pytest.param(2, None, None, id="cut in the third"),
        pytest.param(3, True, True, id="all of it"),
    ],
)
def test_loops_with_effects_are_cut(bound: int, holds: bool | None, terminates: bool | None) -> None:
    outcome = judged(COUNT, "exists (x == 3)", bound)
    assert (outcome.holds, outcome.terminates) == (holds, terminates)


def test_a_counter_that_matters_is_no_spinning() -> None:
    """The register changes from one iteration to the next, and is read at the end."""
    code = " P0@cta 0 ;\n ld r0, 0 ;\n L: ;\n add r0, r0, 1 ;\n ld.relaxed.gpu r1, x ;\n bne r0, 2, L ;"
    assert judged(code, "exists (P0:r0 == 2)", bound=1).holds is None
    assert judged(code, "exists (P0:r0 == 2)", bound=2).holds is True


BARRIERS = """
 P0@cta 0 | P1@cta {cta} ;
 {a}      | {b} ;
 {c}      | {d} ;
"""


@pytest.mark.parametrize(
    ("a", "b", "c", "d", "cta", "terminates"),
    [
        pytest.param("bar.cta.sync 0", "bar.cta.sync 0", "", "", 0, True, id="both come"),
        pytest.param(
            "bar.cta.sync 0", "bar.cta.sync 1", "bar.cta.sync 1", "bar.cta.sync 0", 0, False, id="crossed"
        ),
        pytest.param(
            "bar.cta.sync 0", "bar.cta.sync 1", "bar.cta.sync 1", "bar.cta.sync 0", 1, True, id="two blocks"
        ),
        pytest.param(
            "bar.cta.sync 0", "bar.cta.arrive 1", "bar.cta.sync 1", "bar.cta.sync 0", 0, True, id="arrive"
        ),
        pytest.param("bar.cta.sync 0, 0, 3", "bar.cta.sync 0, 0, 3", "", "", 0, False, id="one too few"),
        pytest.param("bar.cta.sync 0, 1", "bar.cta.sync 0, 2", "", "", 0, True, id="different barriers"),
    ],
)
def test_barriers(a: str, b: str, c: str, d: str, cta: int, terminates: bool) -> None:
    assert judged(BARRIERS.format(a=a, b=b, c=c, d=d, cta=cta)).terminates is terminates


def test_who_spins_keeps_others_at_the_barrier() -> None:
    code = " P0@cta 0 | P1@cta 0 ;\n bar.cta.sync 0 | L: ;\n | ld.relaxed.gpu r0, f ;\n | bne r0, 1, L ;\n | bar.cta.sync 0 ;"
    outcome = judged(code)
    assert outcome.terminates is False
    assert outcome.stuck is not None
    assert [end.value for end in outcome.stuck.ends] == ["blocked", "spins"]

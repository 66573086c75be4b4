"""Loops and barriers: what is spinning, what is cut at the bound, who waits for whom. Both engines are asked."""

from __future__ import annotations

import pytest

from cuq.ptx.litmus import parse_litmus
from cuq.ptx.litmus.engines import Engine, decide
from cuq.ptx.litmus.result import Outcome
from cuq.ptx.models import model

pytestmark = pytest.mark.parametrize("engine", [Engine.ENUMERATION, Engine.SMT])


def judged(
    engine: Engine,
    threads: str,
    condition: str = "exists (0 == 0)",
    bound: int = 1,
    name: str = "ptx-7.5",
) -> Outcome:
    test = parse_litmus(f"PTX t\n{{ }}\n{threads}\n{condition}", "t")
    return decide(test, model(name), bound, engine)


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
def test_waiting_for_a_flag(engine: Engine, store: str, load: str, cta: int) -> None:
    outcome = judged(engine, FLAG.format(store=store, load=load, cta=cta))
    assert (outcome.terminates, outcome.stuck) == (True, None)


RESET = """
 P0@cta 0,gpu 0 | P1@cta 1,gpu 0 | P2@cta 2,gpu 0 ;
 {store} f, 1   | {store} f, 0   | L: ;
                |                | {load} r0, f ;
                |                | bne r0, 1, L ;
"""


@pytest.mark.parametrize("kind", ["weak", "relaxed.gpu"])
def test_either_of_two_stores_may_be_the_last(engine: Engine, kind: str) -> None:
    outcome = judged(engine, RESET.format(store=f"st.{kind}", load=f"ld.{kind}"))
    assert outcome.terminates is False
    assert outcome.stuck is not None


def test_waiting_for_nobody(engine: Engine) -> None:
    outcome = judged(
        engine, " P0@cta 0 ;\n L: ;\n ld.relaxed.gpu r0, f ;\n bne r0, 1, L ;", "exists (P0:r0 == 1)"
    )
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
def test_loops_with_effects_are_cut(
    engine: Engine, bound: int, holds: bool | None, terminates: bool | None
) -> None:
    outcome = judged(engine, COUNT, "exists (x == 3)", bound)
    assert (outcome.holds, outcome.terminates) == (holds, terminates)


def test_a_counter_that_matters_is_no_spinning(engine: Engine) -> None:
    """The register changes from one iteration to the next, and is read at the end."""
    code = " P0@cta 0 ;\n ld r0, 0 ;\n L: ;\n add r0, r0, 1 ;\n ld.relaxed.gpu r1, x ;\n bne r0, 2, L ;"
    assert judged(engine, code, "exists (P0:r0 == 2)", bound=1).holds is None
    assert judged(engine, code, "exists (P0:r0 == 2)", bound=2).holds is True


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
        pytest.param(
            "bar.cta.sync 0", "bar.cta.sync 0", "bar.cta.sync 0", "", 0, True, id="nobody comes twice"
        ),
        pytest.param(
            "bar.cta.sync 0", "bar.cta.sync 0", "bar.cta.sync 0", "bar.cta.sync 0", 0, True, id="twice each"
        ),
        pytest.param(
            "bar.cta.arrive 0",
            "bar.cta.sync 0",
            "bar.cta.sync 1",
            "bar.cta.sync 1",
            0,
            True,
            id="arrived before",
        ),
        pytest.param(
            "bar.cta.sync 0, 0, 2", "bar.cta.arrive 0", "", "", 0, True, id="one of them has a quorum"
        ),
        pytest.param("bar.cta.sync 0, 0, 0", "", "", "", 0, True, id="a quorum of nobody"),
    ],
)
def test_barriers(engine: Engine, a: str, b: str, c: str, d: str, cta: int, terminates: bool) -> None:
    assert judged(engine, BARRIERS.format(a=a, b=b, c=c, d=d, cta=cta)).terminates is terminates


def test_who_spins_keeps_others_at_the_barrier(engine: Engine) -> None:
    code = " P0@cta 0 | P1@cta 0 ;\n bar.cta.sync 0 | L: ;\n | ld.relaxed.gpu r0, f ;\n | bne r0, 1, L ;\n | bar.cta.sync 0 ;"
    outcome = judged(engine, code)
    assert outcome.terminates is False
    assert outcome.stuck is not None
    assert [end.value for end in outcome.stuck.ends] == ["blocked", "spins"]


def test_who_spins_before_another_barrier_keeps_nobody(engine: Engine) -> None:
    """The first thread passes its barrier alone, and then sets what the second one waits for."""
    code = """
 P0@cta 0             | P1@cta 0 ;
 bar.cta.sync 0, 1    | L: ;
 st.relaxed.gpu f, 1  | ld.relaxed.gpu r0, f ;
                      | bne r0, 1, L ;
                      | bar.cta.sync 0, 2 ;
"""
    assert judged(engine, code).terminates is True


STAYS = """
 P0@cta 0             | P1@cta 1 ;
 {store}              | L: ;
                      | mov r0, r1 ;
                      | ld.relaxed.gpu r1, f ;
                      | bne r1, r0, L ;
                      | {after} ;
"""


@pytest.mark.parametrize(
    ("store", "after", "terminates"),
    [
        pytest.param("st.relaxed.gpu f, 0", "", True, id="it never changes"),
        pytest.param("st.relaxed.gpu f, 1", "", None, id="it may have changed, which is no spinning: cut"),
    ],
)
def test_waiting_until_nothing_changes(
    engine: Engine, store: str, after: str, terminates: bool | None
) -> None:
    """Whether the loop goes on, and whether an iteration changed anything, depends on the values."""
    assert judged(engine, STAYS.format(store=store, after=after)).terminates is terminates


TOGGLES = """
 P0@cta 0             | P1@cta 1 ;
 st.relaxed.gpu f, {value} | L: ;
                      | ld.relaxed.gpu r1, f ;
                      | beq r1, r0, L ;
"""


@pytest.mark.parametrize(
    ("value", "terminates"),
    [
        pytest.param(0, False, id="the same value for ever"),
        pytest.param(1, True, id="in the end another one"),
    ],
)
def test_waiting_for_a_change(engine: Engine, value: int, terminates: bool) -> None:
    assert judged(engine, TOGGLES.format(value=value)).terminates is terminates


LIVE = """
 P0@cta 0 ;
 L: ;
 mov r0, r1 ;
 ld.relaxed.gpu r1, f ;
 bne r0, 5, L ;
"""


def test_a_register_that_is_read_again_spins_if_its_value_stays(engine: Engine) -> None:
    """`r1` is read in the next iteration; that it has the value that it had is only known when f is read."""
    outcome = judged(engine, LIVE, "exists (f == 0)")
    assert (outcome.terminates, outcome.holds) == (False, False)


QUORUM = """
 P0@cta 0               | P1@cta 0             | P2@cta 0             ;
 bar.cta.sync 0, 0, 2   | st.weak x, 1         | bar.cta.sync 1       ;
 bar.cta.sync 1         | bar.cta.sync 0, 0, 2 | bar.cta.sync 0, 0, 2 ;
 ld.weak r0, x          |                      |                      ;
"""


def test_who_comes_only_later_releases_nobody(engine: Engine) -> None:
    """The third thread comes to barrier 0 only when the first has passed it: it was the second who released it."""
    assert judged(engine, QUORUM, "exists (P0:r0 == 0)").holds is False
    assert judged(engine, QUORUM, "exists (P0:r0 == 1)").holds is True


RACE = """
 P0@cta 0            | P1@cta 1              ;
 st.weak x, 1        | goto M                ;
 st.release.gpu f, 1 | L:                    ;
                     | {access}              ;
                     | M:                    ;
                     | ld.acquire.gpu r1, f  ;
                     | bne r1, 1, L          ;
                     | bar.cta.sync b, 0, {quorum} ;
"""


@pytest.mark.parametrize(
    ("access", "quorum", "flags"),
    [
        pytest.param("ld.weak r0, x", 1, ("DataRace",), id="read in an iteration that only waits"),
        pytest.param("st.weak x, 2", 1, ("DataRace",), id="written in an iteration beyond the bound"),
        pytest.param("ld.weak r0, x", 2, ("DataRace",), id="and then stuck at a barrier"),
        pytest.param("ld.weak r0, y", 1, (), id="something else is read"),
    ],
)
def test_races_of_iterations_that_are_not_followed(
    engine: Engine, access: str, quorum: int, flags: tuple[str, ...]
) -> None:
    assert judged(engine, RACE.format(access=access, quorum=quorum), name="rc11").flags == flags

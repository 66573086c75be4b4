"""The engine that asks z3 says what the enumerating one says, and what is expected."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cuq.ptx.litmus import parse_litmus
from cuq.ptx.litmus.engines import Engine, decide
from cuq.ptx.litmus.enumeration import executions, machine, rendezvous
from cuq.ptx.litmus.enumeration.thread import Code
from cuq.ptx.litmus.result import Undecidable
from cuq.ptx.litmus.symbolic import barriers, bools, engine, paths
from cuq.ptx.models import model
from tests.ptx.litmus.random_tests import compare, line
from tests.ptx.litmus.shapes import Own, litmus, own_tests
from tests.ptx.litmus.shared import FOLDER, VERDICTS, expected

OWN = list(own_tests())
ROWS = expected()
COLUMNS = {"ptx-6.0": "safety_v6_0", "ptx-7.5": "safety_v7_5"}
WHERE = ("cta 0,gpu 0", "cta 1,gpu 0")


@pytest.mark.slow
@pytest.mark.parametrize("own", OWN, ids=lambda own: own.name)
def test_own(own: Own) -> None:
    test = parse_litmus(own.text, own.name)
    for name, allowed in own.allowed.items():
        assert decide(test, model(name), 1, Engine.SMT).holds is allowed


@pytest.mark.slow
@pytest.mark.skipif(not ROWS, reason="no shared/litmus beside the project")
@pytest.mark.parametrize("name", COLUMNS)
def test_shared(name: str) -> None:
    for row in ROWS:
        test = parse_litmus((FOLDER / "dev" / row["test"]).read_text(), row["test"])
        outcome = decide(test, model(name), 1, Engine.SMT)
        if row[COLUMNS[name]] != "-":
            assert outcome.holds is VERDICTS[row[COLUMNS[name]]], row["test"]
        if row["termination"] != "-":
            assert outcome.terminates is VERDICTS[row["termination"]], row["test"]


@pytest.mark.parametrize("start", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (40, 80))])
def test_random(start: int) -> None:
    lines = [line(seed) for seed in range(start, start + 40)]
    assert [one.seed for one in lines if one.agree is False] == []
    assert sum(one.agree is True for one in lines) >= 36, "few tests are left out"


def test_witnesses_have_the_same_shape() -> None:
    """Reports show either: for each event of each thread what it is, and all relations by name."""
    seen = 0
    for seed in range(40):
        one = compare(seed)
        a, b = one.enumerated.witness, one.solved.witness
        assert (a is None) is (b is None)
        if a is None or b is None or a.state != b.state:
            continue
        assert a.relations.keys() == b.relations.keys()
        assert a.ends == b.ends
        kinds = [[(e.thread, e.kind, e.location, e.order, e.scope) for e in w.events] for w in (a, b)]
        if kinds[0] == kinds[1]:
            seen += 1
            for name in ("po", "loc", "vloc", "rmw", "data", "ctrl", "same-cta", "same-cluster", "same-gpu"):
                assert a.relations[name] == b.relations[name], (name, one.text)
    assert seen >= 10, "many take the same way"


def nothing(*_: object) -> frozenset[object]:
    return frozenset()


def everything(*_: object) -> bool:
    return True


@pytest.mark.parametrize(
    ("seed", "where", "name", "wrong"),
    [
        pytest.param(260, machine._Machine, "_source", lambda *_: 0, id="enumeration: no dependencies"),
        pytest.param(
            33, Code, "_live", lambda code, _: tuple(code._registers), id="enumeration: all registers matter"
        ),
        pytest.param(
            1, rendezvous._Machine, "_ends_well", everything, id="enumeration: nobody waits at barriers"
        ),
        pytest.param(
            83, executions, "released", lambda *_: [frozenset()], id="enumeration: barriers order nothing"
        ),
        pytest.param(86, paths, "loads_of", nothing, id="z3: no dependencies"),
        pytest.param(5, barriers._Schedule, "_is_released", everything, id="z3: nobody waits at barriers"),
        pytest.param(
            83, engine, "synchronizations", lambda *_: [frozenset()], id="z3: barriers order nothing"
        ),
        pytest.param(17, bools, "plus", lambda matrix: matrix, id="z3: nothing is transitive"),
    ],
)
def test_a_mistake_in_one_engine_is_noticed(
    seed: int, where: object, name: str, wrong: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert line(seed).agree is True
    monkeypatch.setattr(where, name, wrong)
    assert line(seed).agree is False


def test_the_choice_of_engine_decides_nothing() -> None:
    """A test that is too large to enumerate quickly goes to z3, and says the same as a part of it."""
    adds = [[f"atom.relaxed.gpu.add r{i}, x, 1" for i in range(3)] for _ in range(3)]
    text = litmus("adds", "", [("cta 0,gpu 0", a) for a in adds], "x == 9 /\\ P0:r0 == 6")
    outcome = decide(parse_litmus(text, "adds"), model("ptx-6.0"), 1)
    assert outcome.holds is True
    assert set(outcome.states.values()) == {1}, "z3 counts each state once"


def test_what_only_enumeration_can_do() -> None:
    code = ["ld.relaxed.gpu r0, x", "mul r1, r0, r0", "st.relaxed.gpu y, r1"]
    text = litmus("square", "", [(WHERE[0], code), (WHERE[1], ["st.relaxed.gpu x, 3"])], "y == 9")
    test = parse_litmus(text, "square")
    with pytest.raises(Undecidable, match="`mul` of values that are read"):
        decide(test, model("ptx-7.5"), 1, Engine.SMT)
    assert decide(test, model("ptx-7.5"), 1).holds is True

"""Models on one execution: functions and recursion, what is computed once, what rules executions out early."""

from __future__ import annotations

import pytest

from cuq.base.errors import InputError
from cuq.ptx.cat import parse_model
from cuq.ptx.cat.syntax import Check
from cuq.ptx.litmus import parse_litmus
from cuq.ptx.litmus.engines import Engine, decide
from cuq.ptx.litmus.enumeration import enumerate_executions, executions
from cuq.ptx.litmus.enumeration.evaluate import Program
from cuq.ptx.litmus.enumeration.stages import Stages
from cuq.ptx.litmus.result import Undecidable
from cuq.ptx.litmus.vocabulary import RELATIONS, SETS
from cuq.ptx.models import model
from tests.ptx.litmus.random_tests import written


def test_functions_and_recursion() -> None:
    text = "let twice(x) = x; x\nlet rec far = po | far; far\nempty twice(po) \\ far as Inside\nflag empty po as Po"
    program = Program(parse_model(text, "m.cat"))
    env = {name: 0 for name in SETS} | {name: (0,) * 3 for name in RELATIONS}
    prepared = program.prepare({**env, "po": (0b010, 0b100, 0)}, 3)
    assert prepared is not None
    assert prepared["far"] == (0b110, 0b100, 0)


@pytest.mark.parametrize(
    ("text", "grows"),
    [
        pytest.param("", True, id="what is read itself"),
        pytest.param("let a = po \\ id", True, id="nothing of it is taken away"),
        pytest.param("let a = rf \\ id", True, id="taken away from it"),
        pytest.param("let a = ~po", True, id="the rest of something known"),
        pytest.param("let a = po \\ rf", False, id="it is taken away"),
        pytest.param("let a = ~(po | rf)", False, id="the rest of it"),
        pytest.param("let b = ~rf\nlet a = po; b", False, id="by another name"),
        pytest.param("let f(x) = po \\ x\nlet a = f(rf)", False, id="in a function"),
        pytest.param("let f(x) = po \\ x\nlet a = f(po)", True, id="a function of something known"),
        pytest.param("with a from orders(rf, 0)", True, id="an order with it"),
        pytest.param("with a from orders(po \\ rf, 0)", False, id="an order with less of it"),
        pytest.param("let rec a = rf | a; a", True, id="recursion"),
        pytest.param("let rec a = (po \\ rf) | a; a", False, id="recursion with less"),
    ],
)
def test_what_only_gets_more(text: str, grows: bool) -> None:
    """Only of such relations may it be said early that they break an axiom."""
    name = "a" if " a " in text else "rf"
    stages = Stages(parse_model(f"{text}\nirreflexive rf; {name} as Wanted", "m.cat"))
    (check,) = (s for s in stages.late if isinstance(s, Check))
    assert stages.grows(check.value) is grows


def test_recursion_without_a_least_value() -> None:
    with pytest.raises(InputError, match="takes itself away"):
        Program(parse_model("let rec a = po \\ a", "m.cat"))


ORDER = "let writes = (W * W) & loc \\ id\nwith co from orders((I * (W \\ I)) & loc, 0)\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(
            "acyclic writes \\ co as Axiom", "`Axiom` takes pairs", id="an axiom about what it leaves out"
        ),
        pytest.param("let rest = ~co\nempty rest as Axiom", "`Axiom` takes pairs", id="by another name"),
        pytest.param(
            "with other from orders(writes \\ co, 0)", "`other` takes pairs", id="an order of the rest"
        ),
        pytest.param("flag acyclic co as Flag", "`Flag` speaks of", id="larger orders raise more flags"),
    ],
)
def test_the_least_orders_are_not_enough(text: str, why: str) -> None:
    rules = parse_model(ORDER + text, "m.cat")
    with pytest.raises(Undecidable, match=why):
        Program(rules)
    test = parse_litmus("PTX t\n{ x = 0 }\n P0@cta 0 ;\n st.weak x, 1 ;\nexists (x == 1)", "t")
    with pytest.raises(Undecidable):
        decide(test, rules, 1, Engine.ENUMERATION)
    assert decide(test, rules, 1) == decide(test, rules, 1, Engine.SMT)


@pytest.mark.parametrize("start", [0, pytest.param(40, marks=pytest.mark.slow)])
def test_ruling_out_early_changes_nothing(start: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(start, start + 40):
        name, text, bound = written(seed)
        test, rules = parse_litmus(text, name), model(name.removesuffix("+"))
        found = []
        for many in (1, 10**9):
            monkeypatch.setattr(executions, "MANY", many)
            outcome = enumerate_executions(test, rules, bound)
            found.append((outcome.states, outcome.flags, outcome.holds, outcome.terminates))
        assert found[0] == found[1], text

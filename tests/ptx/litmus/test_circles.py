"""Models without an axiom against values out of thin air: what depends on itself may be any number of the test."""

from __future__ import annotations

import pytest

from cuq.ptx.cat import Model, parse_model
from cuq.ptx.litmus import Litmus, parse_litmus
from cuq.ptx.litmus.engines import Engine, decide
from cuq.ptx.litmus.result import Undecidable
from cuq.ptx.models import model
from tests.ptx.litmus.shapes import litmus

WHERE = ("cta 0,gpu 0", "cta 1,gpu 0")
COHERENCE = """
let writes = (W * W) & loc \\ id
with co from orders((I * (W \\ I)) & loc, writes)
let fr = rf^-1; co
acyclic (po & loc) | rf | co | fr as Coherence
"""
DATA = (
    ["ld.relaxed.gpu r0, x", "st.relaxed.gpu y, r0"],
    ["ld.relaxed.gpu r0, y", "st.relaxed.gpu x, r0", "beq r0, 7, L", "L:"],
)
CONTROL = (
    ["ld.relaxed.gpu r0, x", "bne r0, 7, L", "st.relaxed.gpu y, 5", "L:"],
    ["ld.relaxed.gpu r0, y", "bne r0, 5, L", "st.relaxed.gpu x, 7", "L:"],
)


def load_buffering(codes: tuple[list[str], list[str]]) -> Litmus:
    return parse_litmus(litmus("LB", "", list(zip(WHERE, codes, strict=True)), "P0:r0 == 7"), "LB")


def lone(name: str) -> Model:
    """Coherence, and that what is read and these dependencies do not go round in circles."""
    axiom = f"acyclic rf | {name} as NoThinAir" if name else ""
    return parse_model(f"{COHERENCE}\n{axiom}", "m.cat")


@pytest.mark.parametrize(
    ("codes", "dependencies", "values"),
    [
        pytest.param(DATA, "", {0, 1, 7}, id="any number of the test"),
        pytest.param(DATA, "data", {0}, id="ruled out by the axiom"),
        pytest.param(DATA, "ctrl", {0, 1, 7}, id="by another axiom not"),
        pytest.param(CONTROL, "", {0, 7}, id="each does it because the other one does"),
        pytest.param(CONTROL, "data", {0, 7}, id="no value depends on itself"),
        pytest.param(CONTROL, "(data | ctrl)", {0}, id="ruled out"),
        pytest.param(CONTROL, "po", {0}, id="program order is more than dependencies"),
    ],
)
@pytest.mark.parametrize("engine", [Engine.ENUMERATION, Engine.SMT])
def test_circles(
    codes: tuple[list[str], list[str]], dependencies: str, values: set[int], engine: Engine
) -> None:
    test, rules = load_buffering(codes), lone(dependencies)
    if engine is Engine.SMT and 1 in values:
        with pytest.raises(Undecidable, match="any number"):
            decide(test, rules, 1, engine)
        return
    outcome = decide(test, rules, 1, engine)
    assert {state[0][1] for state in outcome.states} == values


@pytest.mark.parametrize("name", ["ptx-6.0", "ptx-7.5", "rc11"])
@pytest.mark.parametrize("codes", [DATA, CONTROL], ids=["data", "control"])
def test_the_models_have_none(codes: tuple[list[str], list[str]], name: str) -> None:
    assert not decide(load_buffering(codes), model(name), 1).holds

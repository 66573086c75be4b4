"""The language of models: printing and reading are inverse, and what is wrong is said with its place."""

from __future__ import annotations

import pytest

from cuq.base.errors import InputError
from cuq.ptx.cat import parse_model
from cuq.ptx.cat.check import check
from cuq.ptx.cat.syntax import model_text
from cuq.ptx.litmus.vocabulary import COHERENCE, RELATIONS, SETS
from cuq.ptx.models import NAMES, model, source


@pytest.mark.parametrize("name", NAMES)
def test_round_trip(name: str) -> None:
    printed = model_text(model(name))
    assert model_text(parse_model(printed, "printed")) == printed


@pytest.mark.parametrize("name", NAMES)
def test_models_are_well_formed(name: str) -> None:
    check(model(name), SETS, RELATIONS, COHERENCE)
    assert len(model(name).axioms) >= 5


@pytest.mark.parametrize("name", ["ptx-6.0", "ptx-7.5"])
def test_axioms_name_their_section(name: str) -> None:
    for section in ("Observation Order", "Causality Order", "Coherence Order", "Fence-SC Order", "Axioms"):
        assert f'"{section}"' in source(name)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        pytest.param("let a = rf;", "1:12", "expected a set or a relation", id="nothing after the semicolon"),
        pytest.param("let a = #", "1:9", "not cat", id="no sign of the language"),
        pytest.param("let a = (* x", "1:9", "a comment without its end", id="open comment"),
        pytest.param("acyclic rf", "1:11", "expected `as`", id="an axiom has a name"),
        pytest.param("\nlet let = rf", "2:5", "expected a name", id="a word of the language is no name"),
        pytest.param(
            "with co from linear(0, 0)", "1:14", "expected `orders`", id="only orders can be chosen"
        ),
        pytest.param("foo", "1:1", "expected `let`", id="no statement"),
    ],
)
def test_what_does_not_parse(text: str, place: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_model(text, "m.cat")
    assert str(caught.value.span) == f"m.cat:{place}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("let a = rff", "nothing is called `rff`", id="unknown name"),
        pytest.param("let a = f(rf)", "there is no function `f`", id="unknown function"),
        pytest.param("let f(x) = x\nlet a = f(rf, rf)", "no function of 2", id="too many arguments"),
        pytest.param("let a = rf | W", "two sets or two relations", id="a set and a relation"),
        pytest.param("let a = W; rf", "needs relations", id="a set in a sequence"),
        pytest.param("let a = rf * rf", "needs sets", id="a product of relations"),
        pytest.param("let a = [rf]", "needs a set", id="identity on a relation"),
        pytest.param("let a = W^+", "needs a relation", id="closure of a set"),
        pytest.param("empty W as A", "needs a relation", id="an axiom about a set"),
        pytest.param("let po = rf", "`po` is defined already", id="a name of executions"),
        pytest.param("let a = rf\nlet a = po", "`a` is defined already", id="a name of the model"),
        pytest.param("let f(x) = f(x)\nlet a = f(rf)", "`f` calls itself", id="a function without an end"),
    ],
)
def test_what_means_nothing(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        check(parse_model(text, "m.cat"), SETS, RELATIONS, COHERENCE)
    assert caught.value.span is not None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("acyclic po | rf as Axiom", id="nothing of the name"),
        pytest.param("let co = W & M", id="a set"),
        pytest.param("let co(x) = x", id="a function"),
    ],
)
def test_a_model_defines_coherence(text: str) -> None:
    with pytest.raises(InputError, match="defines no relation `co`"):
        check(parse_model(text, "m.cat"), SETS, RELATIONS, COHERENCE)

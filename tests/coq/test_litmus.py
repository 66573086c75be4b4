"""The verdicts of Coq's models of PTX 6.0 and 7.5 are those of `cuq litmus`, on the tests that both can say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cuq.ptx.litmus import parse_litmus
from tests.coq.build import coqc
from tests.coq.outcomes import outcomes
from tests.ptx.litmus.shapes import Own, own_tests

LACKING = ("proxy+", "alias+", "MP+cluster+", "arrive+")
"""Families of tests with something that the Coq model does not have."""

PREAMBLE = """\
From Coq Require Import List.
From Cuq.Ptx Require Import Execution Model Litmus.
Import ListNotations.
Definition verdicts (l : list outcome) := map (fun v => existsb (allowed (ptx v)) l) [V60; V75].
"""


def sayable() -> list[tuple[Own, list[str]]]:
    asked = [(own, outcomes(parse_litmus(own.text, own.name))) for own in own_tests()]
    return [(own, terms) for own, terms in asked if terms is not None]


def test_what_coq_is_not_asked() -> None:
    left = {own.name for own in own_tests()} - {own.name for own, _ in sayable()}
    assert left == {own.name for own in own_tests() if own.name.startswith(LACKING)}


@pytest.mark.coqc
@pytest.mark.slow
def test_coq_agrees(tmp_path: Path) -> None:
    asked = sayable()
    file = tmp_path / "Verdicts.v"
    file.write_text(PREAMBLE + "".join(f"Compute verdicts [{'; '.join(terms)}].\n" for _, terms in asked))
    said = re.findall(r"= \[(true|false); (true|false)\]", coqc(file))
    coq = {
        own.name: {"ptx-6.0": old == "true", "ptx-7.5": new == "true"}
        for (own, _), (old, new) in zip(asked, said, strict=True)
    }
    assert coq == {own.name: own.allowed for own, _ in asked}

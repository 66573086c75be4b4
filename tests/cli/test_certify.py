"""`cuq check --certify`: levels, reports, and what goes wrong with coqc."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cuq.coq.coqc import find_coqc
from cuq.report.json_ import schema
from tests.cli.kernels import RACY, SAFE, Cuq
from tests.fixtures.kinds import ROOT

OTHER = ROOT / "block_shift/block_shift.mir"

pytestmark = [pytest.mark.coqc, pytest.mark.slow]


def certificates(text: str) -> dict[str, dict[str, Any]]:
    """The field of each property of each kernel that has one."""
    result = json.loads(text)
    Draft202012Validator(schema()).validate(result)
    return {
        f"{kernel['name']} {check['property']}": check["certified"]
        for kernel in result["kernels"]
        for check in kernel["checks"]
        if "certified" in check
    }


def test_levels(cuq: Cuq) -> None:
    """What is refuted, and what has no theorem, gets no certificate."""
    found = certificates(cuq("check", SAFE, RACY, "--certify", "--format", "json").out)
    assert {name: c["level"] for name, c in found.items()} == {
        "saxpy_u32 race": "program",
        "saxpy_u32 divergence": "program",
        "saxpy_shifted divergence": "program",
    }
    assert certificates(cuq("check", SAFE, "--format", "json").out) == {}


def test_the_report_says_it(cuq: Cuq) -> None:
    out = cuq("check", SAFE, "--certify").out
    assert "= certified: no data race: Coq checked a proof about the program" in out
    assert "certified" not in cuq("check", SAFE).out


def test_claims_are_named(cuq: Cuq) -> None:
    """What is only true under a hypothesis about tickets says so, for the property that it is used for."""
    drawing = ROOT / "ticket/compact.mir"
    found = certificates(cuq("check", drawing, "--certify", "--format", "json").out)
    assert {name: c["claims"] for name, c in found.items()} == {
        "compact race": ["tickets-differ.count"],
        "compact divergence": [],
    }
    assert "about the program, given tickets-differ.count" in cuq("check", drawing, "--certify").out


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A coqc that is the real one until it comes to a proof: then it does what $INSTEAD says."""
    script = tmp_path_factory.mktemp("bin") / "coqc"
    script.write_text(
        '#!/bin/sh\nfor last in "$@"; do :; done\ncase "$last" in\n'
        f'  Proof_*) eval "$INSTEAD" ;;\n  *) exec {find_coqc().path} "$@" ;;\nesac\n'
    )
    script.chmod(0o755)
    return script


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("kill -9 $$", "coqc was stopped by signal 9", id="killed"),
        pytest.param("sleep 30", "no proof within 1 s", id="too slow"),
        pytest.param("echo 'Error: no way.' >&2; exit 1", "no way.", id="failing"),
        pytest.param("exit 0", "rests on axioms", id="an answer without the check for axioms"),
    ],
)
def test_a_coqc_that_fails_is_reported_for_each_kernel(
    cuq: Cuq, fake: Path, monkeypatch: pytest.MonkeyPatch, body: str, reason: str
) -> None:
    monkeypatch.setenv("COQC", str(fake))
    monkeypatch.setenv("INSTEAD", body)
    find_coqc.cache_clear()
    try:
        outcome = cuq("check", SAFE, OTHER, "--certify", "--proof-timeout", "1s", "--format", "json")
    finally:
        find_coqc.cache_clear()
    found = certificates(outcome.out)
    assert {c["level"] for c in found.values()} == {None}
    assert {name.split()[0] for name in found} == {"saxpy_u32", "block_shift"}
    assert all(reason in c["reason"] for name, c in found.items() if name.startswith("saxpy"))
    assert outcome.code == 0, "the verdicts stand"


def test_no_coqc(cuq: Cuq, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COQC", str(tmp_path / "nowhere"))
    find_coqc.cache_clear()
    try:
        outcome = cuq("check", SAFE, "--certify")
    finally:
        find_coqc.cache_clear()
    assert outcome.code == 5
    assert "cannot run" in outcome.err
    assert "apt-get install coq" in outcome.err

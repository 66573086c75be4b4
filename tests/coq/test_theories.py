"""The Coq development: complete, without axioms, and what its README claims is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from cuq.coq.coqc import LIBRARY, find_coqc, theories

COQ = Path(__file__).resolve().parents[2] / "coq"
SOURCES = sorted((COQ / "theories").rglob("*.v"))
FORBIDDEN = re.compile(r"\b(Admitted|Axioms?|Parameters?|Conjecture|admit|give_up|Abort)\b")


def _code(text: str) -> str:
    """The text without comments."""
    while (shorter := re.sub(r"\(\*(?:(?!\(\*|\*\)).)*\*\)", "", text, flags=re.S)) != text:
        text = shorter
    return text


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_nothing_is_left_open(source: Path) -> None:
    assert FORBIDDEN.findall(_code(source.read_text(encoding="utf-8"))) == []


def test_an_open_proof_is_found() -> None:
    """The rule above can fail, and comments do not make it fail."""
    assert FORBIDDEN.findall(_code("Lemma x : False. Proof. (* no Axiom *) admit. Admitted.")) == [
        "admit",
        "Admitted",
    ]


def test_every_theory_is_built() -> None:
    project = (COQ / "_CoqProject").read_text(encoding="utf-8").split()
    listed = {line for line in project if line.endswith(".v")}
    assert listed == {str(path.relative_to(COQ)) for path in SOURCES}
    assert {f"theories/{name}.v" for name in LIBRARY} <= listed


def test_the_readme_and_the_audit_name_the_same_theorems() -> None:
    claims = (COQ / "README.md").read_text(encoding="utf-8").partition("## Claims")[2]
    rows = [
        line.rpartition("|")[0].rpartition("|")[2] for line in claims.splitlines() if line.startswith("|")
    ]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    audited = re.findall(r"^Print Assumptions (\w+)\.", (COQ / "theories/Gpu/Audit.v").read_text(), re.M)
    assert named == set(audited)
    assert len(audited) == len(set(audited))


@pytest.mark.coqc
@pytest.mark.slow
def test_every_theorem_is_closed() -> None:
    """`make -C coq` first: what is up to date is not built again."""
    subprocess.run(["make", "-s", "-C", str(COQ), "-j2"], check=True, capture_output=True)
    audit = COQ / "theories/Gpu/Audit.v"
    said = subprocess.run(
        [str(find_coqc().path), "-q", "-Q", "theories", "Cuq", str(audit.relative_to(COQ))],
        cwd=COQ,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    theorems = audit.read_text(encoding="utf-8").count("Print Assumptions")
    assert said == "Closed under the global context\n" * theorems


@pytest.mark.coqc
def test_theories_are_compiled_once() -> None:
    first = theories(find_coqc())
    assert (first / "Gpu" / "Tactics.vo").is_file()
    assert theories(find_coqc()) == first

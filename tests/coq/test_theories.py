"""The Coq development: complete, without axioms, and what its README claims is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from cuq.coq.coqc import LIBRARY, find_coqc, theories
from tests.coq.build import coqc

COQ = Path(__file__).resolve().parents[2] / "coq"
SOURCES = sorted((COQ / "theories").rglob("*.v"))
AUDITS = sorted((COQ / "theories").rglob("Audit.v"))
PRINTED = r"^Print Assumptions (\w+)\."
FORBIDDEN = re.compile(
    r"\b(Admitted|Axioms?|Parameters?|Conjecture|admit|give_up|Abort|bypass_check|Unset\s+Guard)\b"
)


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
    audited = [name for audit in AUDITS for name in re.findall(PRINTED, audit.read_text(), re.M)]
    assert named == set(audited)
    assert len(audited) == len(set(audited))


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("audit", AUDITS, ids=lambda p: p.parent.name)
def test_every_theorem_is_closed(audit: Path) -> None:
    said = coqc(audit)
    assert said == "Closed under the global context\n" * audit.read_text(encoding="utf-8").count(
        "Print Assumptions"
    )


def test_what_the_documentation_names_exists() -> None:
    """Theorems in tables, by their names in the sources."""
    page = (COQ.parent / "docs/proofs.md").read_text(encoding="utf-8")
    tables = [
        line.rpartition("|")[0].rpartition("|")[2] for line in page.splitlines() if line.startswith("|")
    ]
    named = {name for cell in tables for name in re.findall(r"`(\w+)`", cell)}
    declared = r"^\s*(?:Theorem|Lemma|Definition|Example|Record|Inductive|Fixpoint)\s+(\w+)"
    known = {name for path in SOURCES for name in re.findall(declared, path.read_text(), re.M)}
    assert len(named) > 30
    assert named - known == set()


@pytest.mark.coqc
@pytest.mark.slow
def test_coqchk_accepts_the_proofs() -> None:
    done = subprocess.run(
        ["make", "-s", "-C", str(COQ), "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_reads_every_audit() -> None:
    audits = {".".join(("Cuq", path.parent.name, "Audit")) for path in AUDITS}
    assert audits == set(re.findall(r"Cuq\.\w+\.Audit", (COQ / "Makefile").read_text(encoding="utf-8")))


@pytest.mark.coqc
def test_theories_are_compiled_once() -> None:
    first = theories(find_coqc())
    assert (first / "Gpu" / "Tactics.vo").is_file()
    assert theories(find_coqc()) == first

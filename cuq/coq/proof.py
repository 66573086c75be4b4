"""Proof scripts: the loop invariants as data, then the tactics of the theories."""

from __future__ import annotations

from collections.abc import Iterable

from cuq.coq.invariants import Invariant
from cuq.coq.program_statement import ProgramStatement
from cuq.coq.statement import Statement

_HEADER = """\
From Coq Require Import ZArith List Lia.
From Cuq.{tactics} Require Import Tactics.
{imports}
Import ListNotations.
Local Open Scope Z_scope.

"""
_KERNEL = _HEADER.format(tactics="Gpu", imports="Require Import Kernel.")
_PROGRAM = _HEADER.format(tactics="Certify", imports="Require Import Program.")

_RACE_FREE = """\
Theorem kernel_race_free : race_free.
Proof. cuq_prove_race_free kernel invariants. Qed.
Print Assumptions kernel_race_free.
"""

_NO_DIVERGENCE = """\
Theorem kernel_no_divergence : no_divergence.
Proof. cuq_prove_no_divergence. Qed.
Print Assumptions kernel_no_divergence.
"""

_PROGRAM_RACE_FREE = """\
Theorem program_race_free : race_free.
Proof. {tactic} covered invariants. Qed.
Print Assumptions program_race_free.
"""

_PROGRAM_NO_DIVERGENCE = """\
Theorem program_no_divergence : no_divergence.
Proof. cuq_prove_program_no_divergence covered. Qed.
Print Assumptions program_no_divergence.
"""


def invariants(found: Iterable[Invariant]) -> str:
    """The definition `invariants : nat -> invariant`."""
    cases = "".join(f"  | {i.loop}%nat => {i.text()}\n" for i in found)
    return f"Definition invariants (loop : nat) : invariant :=\n  match loop with\n{cases}  | _ => no_invariant\n  end.\n"


def race_free(statement: Statement) -> str:
    """A file with the theorem `kernel_race_free : race_free`."""
    return f"{_KERNEL}{invariants(statement.term.invariants)}\n{_RACE_FREE}"


def no_divergence() -> str:
    """A file with the theorem `kernel_no_divergence : no_divergence`."""
    return _KERNEL + _NO_DIVERGENCE


def program_race_free(statement: ProgramStatement) -> str:
    """A file with the theorem `program_race_free : race_free`, of Program.v."""
    return _about_races(statement, "Require Import Program.")


def program_no_divergence() -> str:
    """A file with the theorem `program_no_divergence : no_divergence`, of Program.v."""
    return _PROGRAM + _PROGRAM_NO_DIVERGENCE


def script(statement: Statement, project: str) -> str:
    """A file with both theorems about the summary, for a project with this logical name."""
    header = _HEADER.format(tactics="Gpu", imports=f"From {project} Require Import Kernel.")
    return f"{header}{invariants(statement.term.invariants)}\n{_RACE_FREE}\n{_NO_DIVERGENCE}"


def program_script(statement: ProgramStatement, project: str) -> str:
    """A file with both theorems about the program."""
    return f"{_about_races(statement, f'From {project} Require Import Program.')}\n{_PROGRAM_NO_DIVERGENCE}"


def _about_races(statement: ProgramStatement, imports: str) -> str:
    tactic = "cuq_prove_program_race_free"
    if statement.claims:
        imports = f"From Cuq.Certify Require Import Claimed.\n{imports}"
        tactic = f"{tactic}_claimed"
    header = _HEADER.format(tactics="Certify", imports=imports)
    return f"{header}{invariants(statement.invariants)}\n{_PROGRAM_RACE_FREE.format(tactic=tactic)}"

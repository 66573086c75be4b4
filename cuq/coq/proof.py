"""Proof scripts: the loop invariants as data, then the tactics of the theories."""

from __future__ import annotations

from collections.abc import Iterable

from cuq.coq.invariants import Invariant
from cuq.coq.program_statement import ProgramStatement
from cuq.coq.statement import Statement

_HEADER = """\
From Coq Require Import ZArith List Lia.
From Cuq.{tactics}.
{imports}
Import ListNotations.
Local Open Scope Z_scope.

"""
_KERNEL = _HEADER.format(tactics="Gpu Require Import Tactics", imports="Require Import Kernel.")

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
Proof. {tactic} covered {data}. Qed.
Print Assumptions program_race_free.
"""

_PROGRAM_NO_DIVERGENCE = """\
Theorem program_no_divergence : no_divergence.
Proof. {tactic} covered{classes}. Qed.
Print Assumptions program_no_divergence.
"""


_KINDS = ("between_blocks", "between_warps", "in_a_warp")
"""Loop invariants by the pairs of threads that are asked about."""


def invariants(found: Iterable[Invariant], name: str = "invariants") -> str:
    """The definition `invariants : nat -> invariant`, or of that name."""
    cases = "".join(f"  | {i.loop}%nat => {i.text()}\n" for i in found)
    return f"Definition {name} (loop : nat) : invariant :=\n  match loop with\n{cases}  | _ => no_invariant\n  end.\n"


def race_free(statement: Statement) -> str:
    """A file with the theorem `kernel_race_free : race_free`."""
    return f"{_KERNEL}{invariants(statement.term.invariants)}\n{_RACE_FREE}"


def no_divergence() -> str:
    """A file with the theorem `kernel_no_divergence : no_divergence`."""
    return _KERNEL + _NO_DIVERGENCE


def program_race_free(statement: ProgramStatement) -> str:
    """A file with the theorem `program_race_free : race_free`, of Program.v."""
    return f"{_program_header(statement)}{_program_invariants(statement)}\n{_program_race(statement)}"


def program_no_divergence(statement: ProgramStatement) -> str:
    """A file with the theorem `program_no_divergence : no_divergence`, of Program.v."""
    return _program_header(statement) + _program_divergence(statement)


def _program_header(statement: ProgramStatement, imports: str = "Require Import Program.") -> str:
    tactics = "GroupTactics" if statement.term.meetings else "Tactics"
    if statement.claims:
        imports = f"From Cuq.Certify Require Import Claimed.\n{imports}"
    return _HEADER.format(tactics=f"Certify Require Import {tactics}", imports=imports)


def _program_invariants(statement: ProgramStatement) -> str:
    if statement.term.meetings:
        return "".join(map(invariants, statement.kinds, _KINDS))
    return invariants(statement.invariants)


def _program_race(statement: ProgramStatement) -> str:
    if statement.term.meetings:
        data = " ".join(("lane_classes", *_KINDS))
        return _PROGRAM_RACE_FREE.format(tactic="cuq_prove_program_group_race_free", data=data)
    tactic = "cuq_prove_program_race_free" + ("_claimed" if statement.claims else "")
    return _PROGRAM_RACE_FREE.format(tactic=tactic, data="invariants")


def _program_divergence(statement: ProgramStatement) -> str:
    if statement.term.meetings:
        tactic = "cuq_prove_program_no_group_divergence"
        return _PROGRAM_NO_DIVERGENCE.format(tactic=tactic, classes=" lane_classes")
    return _PROGRAM_NO_DIVERGENCE.format(tactic="cuq_prove_program_no_divergence", classes="")


def script(statement: Statement, project: str) -> str:
    """A file with both theorems about the summary, for a project with this logical name."""
    header = _HEADER.format(
        tactics="Gpu Require Import Tactics", imports=f"From {project} Require Import Kernel."
    )
    return f"{header}{invariants(statement.term.invariants)}\n{_RACE_FREE}\n{_NO_DIVERGENCE}"


def program_script(statement: ProgramStatement, project: str) -> str:
    """A file with both theorems about the program."""
    header = _program_header(statement, f"From {project} Require Import Program.")
    theorems = f"{_program_race(statement)}\n{_program_divergence(statement)}"
    return f"{header}{_program_invariants(statement)}\n{theorems}"

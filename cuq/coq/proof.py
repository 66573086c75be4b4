"""Proof scripts: the loop invariants as data, then the tactics of the theories."""

from __future__ import annotations

from cuq.coq.statement import Statement

_HEADER = """\
From Coq Require Import ZArith List Lia.
From Cuq.Gpu Require Import Tactics.
{imports}Require Import Kernel.
Import ListNotations.
Local Open Scope Z_scope.

"""
_ALONE = _HEADER.format(imports="")

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


def invariants(statement: Statement) -> str:
    """The definition `invariants : nat -> invariant`."""
    cases = "".join(f"  | {i.loop}%nat => {i.text()}\n" for i in statement.term.invariants)
    return f"Definition invariants (loop : nat) : invariant :=\n  match loop with\n{cases}  | _ => no_invariant\n  end.\n"


def race_free(statement: Statement) -> str:
    """A file with the theorem `kernel_race_free : race_free`."""
    return f"{_ALONE}{invariants(statement)}\n{_RACE_FREE}"


def no_divergence() -> str:
    """A file with the theorem `kernel_no_divergence : no_divergence`."""
    return _ALONE + _NO_DIVERGENCE


def script(statement: Statement, project: str) -> str:
    """A file with both theorems, for a project with this logical name."""
    header = _HEADER.format(imports=f"From {project} ")
    return f"{header}{invariants(statement)}\n{_RACE_FREE}\n{_NO_DIVERGENCE}"

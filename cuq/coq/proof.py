"""Proof scripts: the loop invariants as data, then the tactics of the theories."""

from __future__ import annotations

from cuq.coq.statement import Statement

_HEADER = """\
From Coq Require Import ZArith List Lia.
From Cuq.Gpu Require Import Tactics.
Require Import Kernel.
Import ListNotations.
Local Open Scope Z_scope.

"""


def invariants(statement: Statement) -> str:
    """The definition `invariants : nat -> invariant`."""
    cases = "".join(f"  | {i.loop}%nat => {i.text()}\n" for i in statement.term.invariants)
    return f"Definition invariants (loop : nat) : invariant :=\n  match loop with\n{cases}  | _ => no_invariant\n  end.\n"


def race_free(statement: Statement) -> str:
    """A file with the theorem `kernel_race_free : race_free`."""
    return (
        _HEADER
        + invariants(statement)
        + "\nTheorem kernel_race_free : race_free.\n"
        + "Proof. cuq_prove_race_free kernel invariants. Qed.\n"
        + "Print Assumptions kernel_race_free.\n"
    )


def no_divergence() -> str:
    """A file with the theorem `kernel_no_divergence : no_divergence`."""
    return (
        _HEADER
        + "Theorem kernel_no_divergence : no_divergence.\n"
        + "Proof. cuq_prove_no_divergence. Qed.\n"
        + "Print Assumptions kernel_no_divergence.\n"
    )

"""Proof scripts: the loop invariants as data, then the tactics of the theories."""

from __future__ import annotations

from collections.abc import Iterable

from cuq.base.records import dataclass
from cuq.checks.result import Property
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


@dataclass(frozen=True, slots=True)
class Theorem:
    """`says`: the definition that the statement gives it. `by`: the tactic that proves it."""

    name: str
    says: str
    by: str

    def text(self) -> str:
        return f"Theorem {self.name} : {self.says}.\nProof. {self.by}. Qed.\n"


_KERNEL = {
    Property.DIVERGENCE: Theorem("kernel_no_divergence", "no_divergence", "cuq_prove_no_divergence"),
    Property.RACE: Theorem("kernel_race_free", "race_free", "cuq_prove_race_free kernel invariants"),
}
_KINDS = ("between_blocks", "between_warps", "in_a_warp")
"""Loop invariants by the pairs of threads that are asked about."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """What there is to prove of a kernel at one level; the quickest first. `header`: imports and invariants.

    `claims`: what the theorem about races takes of histories.
    """

    header: str
    theorems: dict[Property, Theorem]
    claims: tuple[str, ...] = ()

    def text(self, properties: Iterable[Property]) -> str:
        """A file with the theorems of these properties, in the order of `theorems`. What it prints in the end is
        what all of them assume: Coq takes longer to look for that than it takes for most proofs."""
        wanted = [theorem for prop, theorem in self.theorems.items() if prop in properties]
        names = ", ".join(theorem.name for theorem in wanted)
        proved = f"Definition proved := ({names}).\nPrint Assumptions proved.\n"
        return "\n".join([self.header, *(theorem.text() for theorem in wanted), proved])

    def script(self) -> str:
        """A file with all theorems, for a person to go on with."""
        each = (f"{t.text()}Print Assumptions {t.name}.\n" for t in self.theorems.values())
        return "\n".join([self.header, *each])


def invariants(found: Iterable[Invariant], name: str = "invariants") -> str:
    """The definition `invariants : nat -> invariant`, or of that name."""
    cases = "".join(f"  | {i.loop}%nat => {i.text()}\n" for i in found)
    return f"Definition {name} (loop : nat) : invariant :=\n  match loop with\n{cases}  | _ => no_invariant\n  end.\n"


def kernel_proofs(statement: Statement, imports: str = "Require Import Kernel.") -> Proofs:
    """Of the theorems in `Kernel.v`."""
    header = _HEADER.format(tactics="Gpu Require Import Tactics", imports=imports)
    return Proofs(f"{header}\n{invariants(statement.term.invariants)}", _KERNEL)


def program_proofs(statement: ProgramStatement, imports: str = "Require Import Program.") -> Proofs:
    """Of the theorems in `Program.v`."""
    tactics, data = "Tactics", invariants(statement.invariants)
    divergence, race = "no_divergence covered", "race_free covered invariants"
    if statement.term.meetings:
        tactics, data = "GroupTactics", "".join(map(invariants, statement.kinds, _KINDS))
        divergence = "no_group_divergence covered lane_classes"
        race = " ".join(("group_race_free covered lane_classes", *_KINDS))
    elif statement.claims:
        tactics, race = "Claimed", "race_free_claimed covered invariants"
    header = _HEADER.format(tactics=f"Certify Require Import {tactics}", imports=imports)
    theorems = {
        Property.DIVERGENCE: Theorem(
            "program_no_divergence", "no_divergence", f"cuq_prove_program_{divergence}"
        ),
        Property.RACE: Theorem("program_race_free", "race_free", f"cuq_prove_program_{race}"),
    }
    return Proofs(f"{header}\n{data}", theorems, tuple(claim.name for claim in statement.claims))

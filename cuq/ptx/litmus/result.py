"""What an engine says of a litmus test under a model."""

from __future__ import annotations

from collections.abc import Mapping

from cuq.base.errors import InputError
from cuq.base.records import dataclass
from cuq.ptx.cat.relations import Relation
from cuq.ptx.litmus.events import Events
from cuq.ptx.litmus.syntax import Both, Compares, Condition, Either, Not, Number, Quantifier, Quantity
from cuq.ptx.litmus.terms import RELATIONS

State = tuple[tuple[Quantity, int], ...]
"""Values of registers and locations at the end."""


class Undecidable(InputError):
    """A test that the engine cannot decide, though another one can."""

    def __init__(self, what: str) -> None:
        super().__init__(f"this engine cannot decide {what}", help="enumerate its executions: --engine enum")


@dataclass(frozen=True, slots=True)
class Witness:
    """An execution: its events, the value of each read and write by node, and relations by name."""

    events: Events
    values: Mapping[int, int]
    relations: Mapping[str, Relation]
    state: State


@dataclass(frozen=True, slots=True)
class Outcome:
    """`states`: final states of executions that end, with the number of executions found for each.

    `holds`: for `exists` whether the condition is reachable, for `~exists` and `forall` whether no execution
    violates it; None when executions beyond the bound could decide otherwise. `witness` shows what decided.
    `terminates`: whether every fair execution ends; None when the bound decides nothing.
    """

    states: Mapping[State, int]
    satisfying: int
    violating: int
    holds: bool | None
    terminates: bool | None
    witness: Witness | None
    stuck: Witness | None
    flags: tuple[str, ...] = ()


def evaluate(condition: Condition, state: Mapping[Quantity, int]) -> bool:
    match condition:
        case Compares(relation=relation, left=left, right=right):
            a, b = (q.value if isinstance(q, Number) else state[q] for q in (left, right))
            return RELATIONS[relation](a, b)
        case Not(of=of):
            return not evaluate(of, state)
        case Both(left=left, right=right):
            return evaluate(left, state) and evaluate(right, state)
        case Either(left=left, right=right):
            return evaluate(left, state) or evaluate(right, state)


def verdict(quantifier: Quantifier, satisfying: int, violating: int, cut: bool) -> bool | None:
    """Whether the quantified condition holds, from the executions that (do not) satisfy it.

    `cut`: there are executions beyond the bound.
    """
    match quantifier:
        case Quantifier.EXISTS:
            return True if satisfying else None if cut else False
        case Quantifier.NOT_EXISTS:
            return False if satisfying else None if cut else True
        case Quantifier.FORALL:
            return False if violating else None if cut else True

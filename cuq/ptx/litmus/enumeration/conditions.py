"""Whether a condition holds in a final state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from cuq.ptx.litmus.enumeration.machine import COMPARISONS
from cuq.ptx.litmus.syntax import Both, Compares, Condition, Either, Not, Number, Quantity


def satisfies(condition: Condition, state: Mapping[Quantity, int]) -> bool:
    match condition:
        case Compares(relation=relation, left=left, right=right):
            a, b = (q.value if isinstance(q, Number) else state[q] for q in (left, right))
            return COMPARISONS[relation](a, b)
        case Not(of=of):
            return not satisfies(of, state)
        case Both(left=left, right=right):
            return satisfies(left, state) and satisfies(right, state)
        case Either(left=left, right=right):
            return satisfies(left, state) or satisfies(right, state)
        case _:
            assert_never(condition)

"""Ordering by atomics and fences: which conflicting accesses are in causality order in every execution.

Each rule is an argument over the PTX memory model for all threads of all launches; none of them looks at single
executions. A pair that no rule orders stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable

from cuq.checks.ordering.advice import advice
from cuq.checks.ordering.arrivals import ordered_by_count
from cuq.checks.ordering.context import Context, Orderings
from cuq.checks.ordering.draws import with_draws
from cuq.checks.ordering.flags import ordered_by_flag
from cuq.checks.ordering.locks import ordered_by_lock
from cuq.checks.ordering.tickets import ordered_by_ticket
from cuq.smt.pairs import Group, Pair

AS_WRITTEN = "orderings-as-written"

_RULES: tuple[Callable[[Context], tuple[str, ...] | None], ...] = (
    ordered_by_flag,
    ordered_by_lock,
    ordered_by_ticket,
    ordered_by_count,
)


def ordered(orderings: Orderings, group: Group, pair: Pair) -> tuple[str, ...] | None:
    """The assumptions on which it rests that this pair of a group is in causality order; None if it may not be."""
    context = Context(orderings, pair, group.same_block)
    for rule in _RULES:
        assumptions = rule(context)
        if assumptions is not None:
            return (AS_WRITTEN, *assumptions)
    return None


__all__ = ["Orderings", "advice", "ordered", "with_draws"]

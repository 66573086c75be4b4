"""The choice between the engines: enumeration is fastest where there is little to enumerate."""

from __future__ import annotations

from enum import Enum
from itertools import product
from math import prod

from cuq.ptx.cat import Model
from cuq.ptx.litmus.enumeration import enumerate_executions
from cuq.ptx.litmus.events import Events, events_of
from cuq.ptx.litmus.paths import paths
from cuq.ptx.litmus.result import Outcome, Undecidable
from cuq.ptx.litmus.syntax import Litmus

FEW = 3_000
"""Candidate executions that are enumerated in the time that z3 takes for a question."""


class Engine(Enum):
    AUTO = "auto"
    ENUMERATION = "enum"
    SMT = "smt"


def decide(litmus: Litmus, model: Model, bound: int, engine: Engine = Engine.AUTO) -> Outcome:
    """Whether the condition holds, which states are reachable, and whether every fair execution ends.

    `bound`: how often the same loop body is taken. Raises Undecidable when z3 was asked for and
    cannot decide the test; `AUTO` then enumerates.
    """
    if engine is Engine.ENUMERATION or (engine is Engine.AUTO and _candidates(litmus, bound) <= FEW):
        return enumerate_executions(litmus, model, bound)
    # z3 takes a while to import.
    from cuq.ptx.litmus.symbolic import solve_executions

    try:
        return solve_executions(litmus, model, bound)
    except Undecidable:
        if engine is Engine.SMT:
            raise
        return enumerate_executions(litmus, model, bound)


def _candidates(litmus: Litmus, bound: int) -> int:
    """How many ways there are for reads to be served and writes to be ordered; counting stops when that is many."""
    unfolded = [paths(t, i, bound, frozenset()) for i, t in enumerate(litmus.threads)]
    total = 0
    for chosen in product(*unfolded):
        total += _of(events_of(litmus, chosen))
        if total > FEW:
            break
    return total


def _of(events: Events) -> int:
    writes: dict[str, int] = {}
    for node in events.nodes:
        if node.is_write and node.physical is not None:
            writes[node.physical] = writes.get(node.physical, 0) + 1
    served = prod(writes[events.nodes[i].physical or ""] for i in events.index.values())
    return served * prod(max(1, n - 1) for n in writes.values())

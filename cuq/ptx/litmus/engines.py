"""The choice between the engines: enumeration is fastest where there is little to enumerate."""

from __future__ import annotations

from contextlib import suppress
from enum import Enum

from cuq.ptx.cat import Model
from cuq.ptx.litmus.enumeration import enumerate_executions, enumerate_few
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

    `bound`: how often the same loop body is taken. Raises Undecidable when the engine that was asked for cannot
    decide the test; `AUTO` then asks the other one.
    """
    if engine is Engine.ENUMERATION:
        return enumerate_executions(litmus, model, bound)
    if engine is Engine.AUTO:
        with suppress(Undecidable):
            found = enumerate_few(litmus, model, bound, FEW)
            if found is not None:
                return found
    # z3 takes a while to import.
    from cuq.ptx.litmus.symbolic import solve_executions

    try:
        return solve_executions(litmus, model, bound)
    except Undecidable:
        if engine is Engine.SMT:
            raise
        return enumerate_executions(litmus, model, bound)

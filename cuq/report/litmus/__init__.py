"""Reports on litmus tests, one format a module."""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.ptx.litmus.result import Outcome
from cuq.ptx.litmus.syntax import Final, Litmus, Number, Quantity, RegisterOf


@dataclass(frozen=True, slots=True)
class Judged:
    """A test under a model. `path`: as given. `bound`: iterations of loops that were followed."""

    path: str
    test: Litmus
    model: str
    bound: int
    outcome: Outcome
    time_ms: float


def quantity_text(quantity: Quantity, test: Litmus) -> str:
    """As in the condition of a test: `P0:r1`, `x`."""
    match quantity:
        case RegisterOf(thread=thread, name=name):
            return f"{test.threads[thread].name}:{name}"
        case Final(location=location):
            return location
        case Number(value=value):
            return str(value)

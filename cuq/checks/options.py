"""What the user asks of a check, apart from the contract."""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.checks.result import Property

SOURCE_PROPERTIES = frozenset(prop for prop in Property if prop.is_of_source)


@dataclass(frozen=True, slots=True)
class Options:
    """How to check a kernel.

    properties: which to decide. timeout_ms: for one solver query. budget_ms: for one kernel.
    seed: of the solver. patient: False to ask only what the solver answers at once. jobs: processes that may work at once.
    certify: what is verified is proved in Coq, with `proof_timeout` seconds for each theorem.
    """

    properties: frozenset[Property] = SOURCE_PROPERTIES
    timeout_ms: int = 10_000
    budget_ms: int = 300_000
    seed: int = 0
    patient: bool = True
    jobs: int = 1
    certify: bool = False
    proof_timeout: float = 60.0

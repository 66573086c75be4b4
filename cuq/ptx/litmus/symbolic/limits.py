"""What z3 is not asked."""

from __future__ import annotations

from cuq.ptx.litmus.result import Undecidable


def unsolvable(what: str) -> Undecidable:
    return Undecidable(what, "enumerate its executions: --engine enum")

"""Pieces of verdicts that all checks share."""

from __future__ import annotations

from time import perf_counter

from cuq.checks.result import Obstacle
from cuq.checks.session import Session


def blocked(session: Session) -> tuple[Obstacle, ...]:
    """What the analysis could not follow: nothing of the kernel is verified over it."""
    return tuple(Obstacle(o.construct, o.loc.span, o.help) for o in session.summary.obstacles)


def timed(since: float) -> float:
    """Milliseconds since a moment of `perf_counter`."""
    return round((perf_counter() - since) * 1000, 3)

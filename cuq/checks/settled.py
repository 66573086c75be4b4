"""Contracts that settle what is not decided: mostly it is open whether a product wraps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cuq.base.errors import CuqError
from cuq.checks.fewest import fewest
from cuq.checks.session import Session
from cuq.contract.contract import Requirement
from cuq.contract.parser import parse_condition

_LIMIT = 1 << 16
_MOST = 8

Proves = Callable[[Session], bool]


def small_parameters(session: Session, proves: Proves) -> tuple[str, ...]:
    """The condition that as few integer parameters as suffice fit 16 bits; empty if all of them together do not."""
    needed = [f"{name} <= {_LIMIT}" for name in session.scope.params if not name.endswith(".len")]
    if not 0 < len(needed) <= _MOST or not _suffices(session, needed, proves):
        return ()
    return (" && ".join(fewest(needed, lambda fewer: _suffices(session, fewer, proves))),)


def _suffices(session: Session, conditions: list[str], proves: Proves) -> bool:
    at = session.contract.span
    more = tuple(Requirement(parse_condition(text, at), at) for text in conditions)
    contract = replace(session.contract, requires=(*session.contract.requires, *more))
    try:
        return session.left_ms() > 0 and proves(session.quick(contract=contract))
    except CuqError:  # a parameter that no condition can speak of
        return False

"""As few of several things as suffice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def fewest(things: Sequence[T], suffices: Callable[[list[T]], bool]) -> list[T]:
    """Those that are left when each one is dropped without which the others do; all together are known to."""
    needed = list(things)
    for one in things:
        fewer = [other for other in needed if other is not one]
        if fewer and suffices(fewer):
            needed = fewer
    return needed

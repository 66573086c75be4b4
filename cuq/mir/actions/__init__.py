"""The functions that the grammar's alternatives are built by, under the names it calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType

from cuq.mir.actions import consts, headers, lines, rvalues, types


def _collect(*items: object) -> list[object]:
    return list(items)


ACTIONS: Mapping[str, Callable[..., object]] = {
    name: value
    for module in (types, consts, rvalues, lines, headers)
    for name, value in vars(module).items()
    if isinstance(value, FunctionType) and value.__module__ == module.__name__
} | {"list": _collect}

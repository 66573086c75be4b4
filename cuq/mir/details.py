"""Hands the comment lines about constants to the constants of their statement."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator
from typing import TypeVar

from cuq.mir.consts import Constant, ConstDetail, ConstValue, PathConst
from cuq.mir.tree import CopyNonOverlapping, Place
from cuq.mir.types import Anonymous, ConstArg, Path, QualifiedSelf, Ty
from cuq.mir.walk import places_and_constants

T = TypeVar("T")

# what holds no constants
_LEAVES = (Place, Path, ConstArg, Ty)


def attach(node: T, details: deque[ConstDetail]) -> T:
    """`node` with the details given to its constants, in the order in which rustc visits them, which
    is that of the fields. rustc leaves out constants of primitive type, so a detail goes to the first
    constant that it describes; those given away are removed from `details`."""
    if not details or isinstance(node, _LEAVES):
        return node
    result: object = node
    if isinstance(node, Constant):
        if node.detail is None and _describes(details[0], node.value):
            result = Constant(node.value, details.popleft())
    elif isinstance(node, tuple):
        result = tuple(attach(item, details) for item in node)
    elif isinstance(node, CopyNonOverlapping):
        # printed destination first, visited source first
        src, dst, count = attach((node.src, node.dst, node.count), details)
        result = CopyNonOverlapping(dst, src, count)
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        changes = {
            field.name: attach(getattr(node, field.name), details) for field in dataclasses.fields(node)
        }
        result = dataclasses.replace(node, **changes)
    assert isinstance(result, type(node))
    return result


def details_of(node: object) -> Iterator[ConstDetail]:
    """The details of the constants in `node`, in the order in which rustc visits them."""
    for part in places_and_constants(node):
        if isinstance(part, Constant) and part.detail is not None:
            yield part.detail


def _describes(detail: ConstDetail, value: ConstValue) -> bool:
    kind, _, inner = detail.val.partition("(")
    inner = inner.removesuffix(")")
    if kind in ("Value", "ty::Param", "ty::Valtree"):
        return inner == str(value)
    # `Unevaluated(path, [arguments], promoted)`: the path is that of the definition
    if not isinstance(value, PathConst):
        return False
    path, _, rest = inner.partition(", [")
    if value.promoted is not None:
        return rest.endswith(f"Some(promoted[{value.promoted}])")
    match value.path.segments:
        case (*_, Anonymous(text)):
            return path.endswith(f"::{{{text}}}")
        case (QualifiedSelf(_, Path() as trait), *rest_of_path):
            return path in (value.path.plain, f"{trait.plain}::{Path(tuple(rest_of_path)).plain}")
        case _:
            return path.rpartition("::")[2] == value.path.last

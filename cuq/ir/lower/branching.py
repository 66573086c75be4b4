"""Functions of `core` that rustc leaves as calls and that branch: each arm goes on behind the call by itself,
so that what it knows about the result is not lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from cuq.base.errors import Unsupported
from cuq.ir.lower.blocks import OpenBranch
from cuq.ir.lower.cursor import Cursor, i64
from cuq.ir.lower.iterators import SliceIterator
from cuq.ir.lower.places import assign, behind, read
from cuq.ir.lower.rvalues import operand, operand_ty
from cuq.ir.lower.types import core_path, pointee, type_args
from cuq.ir.lower.values import Key, LocalRef, Missing, Part, Record, Tree, project
from cuq.ir.ops import Const, Pred, Value
from cuq.ir.types import I64, PTR
from cuq.mir import terminators as mir
from cuq.mir.types import PathTy

if TYPE_CHECKING:
    from cuq.ir.lower.translate import Translator


def lower_branching(to: Translator, at: Cursor, call: mir.Call, name: str) -> None:
    """The call with the jumps behind it; `name` is one that dialect tables give to `Branching`."""
    if call.target is None:
        raise Unsupported(f"a call to {call.callee} that does not return", span=at.span)
    _EXPANSIONS[name](to, at, call, call.target)


def _arms(at: Cursor, cond: Value) -> tuple[Cursor | None, Cursor | None]:
    """Cursors for the code where `cond` holds and where it doesn't; None for an arm that never runs."""
    if isinstance(cond, Const):
        return (at, None) if cond.bits else (None, at)
    arms = []
    for word in ("some", "none"):
        block = at.ssa.block(f"{at.block.label}.{word}")
        at.ssa.connect(at.block, block)
        at.ssa.seal(block)
        arms.append(replace(at, block=block))
    at.block.terminator = OpenBranch(cond, arms[0].block, arms[1].block, at.loc)
    return arms[0], arms[1]


def _some(value: Tree) -> Record:
    fields: dict[Key, Tree] = {Part.DISCRIMINANT: i64(1), ("Some", 0): value}
    return Record(fields, Missing.INACTIVE)


def _none() -> Record:
    return Record({Part.DISCRIMINANT: i64(0)}, Missing.INACTIVE)


def _nth(to: Translator, at: Cursor, call: mir.Call, target: int) -> None:
    """`nth(&mut iterator, n)`."""
    _advance(to, at, call, target, at.value(operand(at, call.args[1]), I64))


def _next(to: Translator, at: Cursor, call: mir.Call, target: int) -> None:
    """`next(&mut iterator)`."""
    _advance(to, at, call, target, i64(0))


def _advance(to: Translator, at: Cursor, call: mir.Call, target: int, n: Value) -> None:
    ty = pointee(operand_ty(at, call.args[0]))
    leaf = at.leaf(operand(at, call.args[0]), PTR)
    if not isinstance(ty, PathTy) or not isinstance(leaf, LocalRef):
        raise Unsupported(f"a call to {call.callee}", span=at.span)
    iterator = SliceIterator(leaf, ty)
    some, none = _arms(at, iterator.has(at, n))
    if some is not None:
        item = iterator.item(some, n)
        iterator.advance(some, n)
        assign(some, call.destination, _some(item))
        to.goto_from_arm(some, target)
    if none is not None:
        iterator.exhaust(none)
        assign(none, call.destination, _none())
        to.goto_from_arm(none, target)


def _option_copied(to: Translator, at: Cursor, call: mir.Call, target: int) -> None:
    """`Option<&T>::copied`."""
    ty = operand_ty(at, call.args[0])
    inner = type_args(ty)[0] if isinstance(ty, PathTy) and type_args(ty) else None
    payload = None if inner is None else pointee(inner)
    if payload is None or not isinstance(ty, PathTy) or core_path(ty.path.plain) != "core::option::Option":
        raise Unsupported(f"a call to {call.callee}", span=at.span)
    option = operand(at, call.args[0])
    given = at.compare(Pred.NE, at.value(project(option, Part.DISCRIMINANT), I64), i64(0))
    some, none = _arms(at, given)
    if some is not None:
        assign(some, call.destination, _some(read(some, behind(some, project(option, ("Some", 0)), payload))))
        to.goto_from_arm(some, target)
    if none is not None:
        assign(none, call.destination, _none())
        to.goto_from_arm(none, target)


_EXPANSIONS: dict[str, Callable[[Translator, Cursor, mir.Call, int], None]] = {
    "nth": _nth,
    "next": _next,
    "option_copied": _option_copied,
}

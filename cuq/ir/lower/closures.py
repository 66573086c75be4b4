"""Calls of closures and function items through `Fn`, `FnMut` and `FnOnce`: their arguments come as a tuple."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cuq.base.records import dataclass
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.places import behind, read
from cuq.ir.lower.rvalues import operand, operand_ty
from cuq.ir.lower.types import core_path, pointee
from cuq.ir.lower.values import LocalRef, Slot, Tree, project
from cuq.mir import terminators as mir
from cuq.mir.body import Body
from cuq.mir.types import ClosureTy, FnDefTy, Path, QualifiedSelf, RefTy, TupleTy, Ty

if TYPE_CHECKING:
    from cuq.ir.lower.program import Program

_TRAITS = frozenset({"core::ops::Fn", "core::ops::FnMut", "core::ops::FnOnce"})
_ENVIRONMENT = -1
"""The local, of the closure's own activation, that holds an environment which was handed over by value."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of a closure's body or of a function item: the values of its arguments, in order.

    environment: a closure's, handed over by value to a body that takes a reference to it.
    """

    body: Body
    arguments: tuple[Tree, ...]
    environment: Tree | None = None


def invocation(at: Cursor, program: Program, call: mir.Call) -> Invocation | None:
    """What a call through one of the three traits comes to; None for other calls, and when it is not known."""
    called = _called(call.callee)
    if called is None or len(call.args) != 2:
        return None
    tuple_ty = operand_ty(at, call.args[1])
    if not isinstance(tuple_ty, TupleTy):
        return None
    values = operand(at, call.args[1])
    arguments = tuple(project(values, i) for i in range(len(tuple_ty.elems)))
    if isinstance(called, FnDefTy):
        function = program.callee(called.path, list(tuple_ty.elems))
        return None if function is None else Invocation(function, arguments)
    body = program.closure(called)
    if body is None:
        return None
    own, ty = _closure(at, operand(at, call.args[0]), operand_ty(at, call.args[0]))
    if isinstance(ty, ClosureTy):
        return called_by_value(body, own, arguments)
    if isinstance(body.args[0].ty, ClosureTy):
        own = read(at, behind(at, own, called))
    return Invocation(body, (own, *arguments))


def called_by_value(body: Body, own: Tree, arguments: tuple[Tree, ...]) -> Invocation:
    """The call of a closure's body with the environment at hand, whether it takes that or a reference to it."""
    if isinstance(body.args[0].ty, ClosureTy):
        return Invocation(body, (own, *arguments))
    return Invocation(body, arguments, own)


def environment(path: tuple[tuple[str, int], ...]) -> LocalRef:
    """Where the activation of this path keeps an environment that it was handed by value."""
    return LocalRef(Slot(path, _ENVIRONMENT), ())


def _called(path: Path | None) -> ClosureTy | FnDefTy | None:
    """What is called by `<F as Fn<(A, B)>>::call`."""
    match path:
        case Path(segments=(QualifiedSelf(self_ty=ty, trait=Path() as trait), _)) if (
            core_path(trait.plain) in _TRAITS
        ):
            while isinstance(ty, RefTy):
                ty = ty.pointee
            return ty if isinstance(ty, ClosureTy | FnDefTy) else None
        case _:
            return None


def _closure(at: Cursor, value: Tree, ty: Ty) -> tuple[Tree, Ty]:
    """The closure or the one reference to it that is behind all others."""
    while (inner := pointee(ty)) is not None and pointee(inner) is not None:
        value, ty = read(at, behind(at, value, inner)), inner
    return value, ty

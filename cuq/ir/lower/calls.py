"""Calls: to functions with a meaning in a dialect, to bodies of the file, to anything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cuq.base.errors import Unsupported
from cuq.ir.dialects.model import Branching, Diverges, Meaning, NeverReached, NoEffect, Refused
from cuq.ir.lower.blocks import OpenSwitch
from cuq.ir.lower.branching import lower_branching
from cuq.ir.lower.closures import Invocation, called_by_value, environment, invocation
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.frames import CallSite
from cuq.ir.lower.intrinsics import lower_intrinsic
from cuq.ir.lower.library import LibraryCall
from cuq.ir.lower.places import assign, locate, write
from cuq.ir.lower.program import Program, dialect_key
from cuq.ir.lower.rvalues import operand, operand_ty
from cuq.ir.lower.types import core_path
from cuq.ir.lower.values import UNIT, FunctionPointer
from cuq.ir.ops import Panic, PanicKind, Reg, Unreachable
from cuq.ir.types import I64
from cuq.mir import terminators as mir
from cuq.mir.body import Body
from cuq.mir.consts import Constant, FnConst, StrConst
from cuq.mir.tree import Place
from cuq.mir.types import AssocArg, AssocBoundArg, ConstArg, Lifetime, Name, Path

if TYPE_CHECKING:
    from cuq.ir.lower.translate import Translator


def call_meaning(program: Program, call: mir.Call) -> Meaning | None:
    """What the dialects say about the callee, or what it says of itself by never returning."""
    if call.callee is None:
        return None
    known = program.meaning(dialect_key(call.callee))
    return Diverges(PanicKind.EXPLICIT) if known is None and _only_panics(call, call.callee) else known


def lower_call(to: Translator, at: Cursor, call: mir.Call) -> None:
    """A call and the jump behind it."""
    path = call.callee
    if path is None:
        _call_pointer(to, at, call)
        return
    known = call_meaning(to.program, call)
    match known:
        case Diverges(kind=kind):
            at.block.terminator = Panic(kind, _message(call, path), at.loc)
            return
        case Refused(reason=reason):
            raise Unsupported(f"a call to {path}: {reason}", span=at.span)
        case NeverReached():
            at.block.terminator = Unreachable(at.loc)
            return
        case Branching(name=name):
            lower_branching(to, at, call, name)
            return
        case None:
            invoked = invocation(at, to.program, call)
            if invoked is not None:
                _activate(to, at, call, invoked)
                return
            types = [operand_ty(at, arg) for arg in call.args]
            body = to.program.callee(path, types)
            if body is None:
                if call.target is not None:
                    at.objects.facts.oracle.miss_body(path, types, locate(at, call.destination).ty)
                raise Unsupported(f"a call to {path}", span=at.span, help=_help(to.program, path))
            _inline(to, at, call, body)
            return
        case _:
            pass
    if isinstance(known, NoEffect) and call.target is None:
        # `assert_inhabited::<!>` and its kin, where what they assert does not hold.
        at.block.terminator = Panic(PanicKind.EXPLICIT, path.last, at.loc)
        return
    lower_known_call(at, call, known)
    if call.target is None:
        raise Unsupported(f"a call to {path} that does not return", span=at.span)
    to.goto(at, call.target)


def _call_pointer(to: Translator, at: Cursor, call: mir.Call) -> None:
    """A call through a pointer: of several functions that it may lead to, each in a block of its own."""
    pointer = at.leaf(operand(at, call.func), I64)
    functions = at.ssa.functions(pointer)
    if not functions:
        raise Unsupported("a call through a function pointer", span=at.span)
    if isinstance(pointer, FunctionPointer):
        _call_function(to, at, call, pointer)
        return
    assert isinstance(pointer, Reg), "one of several"
    cases = []
    for number, function in functions:
        block = at.ssa.block(f"{at.block.label}.{number}")
        at.ssa.connect(at.block, block)
        at.ssa.seal(block)
        cases.append((number, block))
        _call_function(to, replace(at, block=block), call, function)
    *others, (_, last) = cases
    at.block.terminator = OpenSwitch(pointer, tuple(others), last, at.loc)


def _call_function(to: Translator, at: Cursor, call: mir.Call, function: FunctionPointer) -> None:
    match function.target:
        case Path() as path:
            lower_call(to, at, replace(call, func=Constant(FnConst(path))))
        case closure:
            body = to.program.closure(closure)
            if body is None:
                raise Unsupported(f"a call to {closure}", span=at.span)
            arguments = tuple(operand(at, arg) for arg in call.args)
            _activate(to, at, call, called_by_value(body, UNIT, arguments))


def _help(program: Program, path: Path) -> str:
    if program.has_functions(path.last):
        return f"mark {path.last} `#[inline]`, or give it a name that no other function of the crate has"
    if str(path).startswith(("core::", "<core::", "std::", "<std::", "alloc::")):
        return "write this part without the library function, for example as a plain loop"
    return f"mark {path.last} `#[inline]`, or call it in the same crate"


def _only_panics(call: mir.Call, path: Path) -> bool:
    """Whether the callee is a function of `core` that reports a failure: it never returns, and runs no code of
    the user's, since it has neither a self type nor type arguments."""
    if call.target is not None or path.args or not all(isinstance(s, Name) for s in path.segments):
        return False
    # The other two have functions that are undefined behaviour to call.
    own = core_path(str(path))
    return own.startswith("core::") and not own.startswith(("core::intrinsics::", "core::hint::"))


def _message(call: mir.Call, path: Path) -> str:
    """The text that a panic function is given, or its name."""
    for arg in call.args:
        if isinstance(arg, Constant) and isinstance(arg.value, StrConst):
            return arg.value.value
    return path.last


def lower_known_call(at: Cursor, call: mir.Call, known: Meaning) -> None:
    """A call to a function of a dialect, up to the assignment of its result."""
    path = call.callee
    assert path is not None, "known by its path"
    args = tuple(operand(at, arg) for arg in call.args)
    types = tuple(operand_ty(at, arg) for arg in call.args)
    generics = tuple(a for a in path.args if not isinstance(a, _NO_TYPES))
    here = locate(at, call.destination)
    value = lower_intrinsic(at, known, LibraryCall(path, args, types, generics), here.ty)
    write(at, here, value)


_NO_TYPES = (Lifetime, ConstArg, AssocArg, AssocBoundArg)


MAX_DEPTH, MAX_RECURSIVE = 64, 256
"""How often a body may stand in its own activation, and how often any bodies may do so in a kernel: recursion ends
where its condition is a constant."""


def _inline(to: Translator, at: Cursor, call: mir.Call, body: Body) -> None:
    """Lower the callee's body here, as an activation of its own."""
    if len(call.args) != body.arg_count:
        raise Unsupported(f"a call to {body.name} with its arguments in a tuple", span=at.span)
    values = (operand(at, arg, decl.ty) for decl, arg in zip(body.args, call.args, strict=True))
    _activate(to, at, call, Invocation(body, tuple(values)))


def _activate(to: Translator, at: Cursor, call: mir.Call, invoked: Invocation) -> None:
    activate(to, at, invoked, call.destination, call.target)


def activate(
    to: Translator, at: Cursor, invoked: Invocation, destination: Place | None, target: int | None
) -> None:
    """Lower a body here, as an activation of its own, and go on at block `target`."""
    body = invoked.body
    depth = sum(frame.body is body for frame in at.frame.callers())
    if depth:
        to.recursive += 1
    if depth > MAX_DEPTH or to.recursive > MAX_RECURSIVE:
        raise Unsupported(
            f"recursion whose depth is not a small constant: {body.name} calls itself", span=at.span
        )
    site = CallSite(at.frame, at.source, destination, at.node, target)
    inner = to.activation(body, site)
    arguments = invoked.arguments
    if invoked.environment is not None:
        own = environment(inner.path)
        at.ssa.write(at.block, own.slot, own.keys, invoked.environment)
        arguments = (own, *arguments)
    if len(arguments) != body.arg_count:
        raise Unsupported(f"a call to {body.name} with other arguments than it takes", span=at.span)
    entry = Cursor(at.ssa, at.objects, inner, at.block, inner.first_source())
    for decl, value in zip(body.args, arguments, strict=True):
        assign(entry, Place(decl.local), value)
    to.enter(inner, at)

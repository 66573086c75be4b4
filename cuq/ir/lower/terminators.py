"""MIR terminators other than calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cuq.base.errors import Unsupported
from cuq.ir.lower.blocks import OpenBlock, OpenBranch, OpenSwitch
from cuq.ir.lower.calls import lower_call
from cuq.ir.lower.cursor import Cursor, constant
from cuq.ir.lower.drops import lower_drop
from cuq.ir.lower.places import assign, locate, read
from cuq.ir.lower.rvalues import operand, operand_ty
from cuq.ir.lower.types import scalar
from cuq.ir.ops import TRUE, Binary, BinOp, Const, Panic, PanicKind, Pred, Reg, Return, Unreachable, Value
from cuq.ir.types import I1, IntType
from cuq.mir import terminators as mir
from cuq.mir.body import BasicBlock, Body
from cuq.mir.tree import Assign, Copy, Discriminant, Move, Place

if TYPE_CHECKING:
    from cuq.ir.lower.translate import Translator

_MESSAGES = (
    ("index out of bounds", PanicKind.BOUNDS),
    ("attempt to divide `{}` by zero", PanicKind.DIV_ZERO),
    ("attempt to calculate the remainder of `{}` with a divisor of zero", PanicKind.DIV_ZERO),
    ("attempt to", PanicKind.OVERFLOW),
)
"""Beginnings of the messages of MIR `assert`s (rustc `mir/terminator.rs`, `AssertKind`)."""


def lower_terminator(to: Translator, at: Cursor, block: BasicBlock) -> None:
    """End the block that `at` stands in, which is `block` of its body."""
    kind = block.terminator.kind
    match kind:
        case mir.Goto(target=target) | mir.FalseEdge(real=target) | mir.FalseUnwind(real=target):
            to.goto(at, target)
        case mir.SwitchInt():
            _switch(to, at, kind, block)
        case mir.Return():
            _return(to, at)
        case mir.Unreachable():
            at.block.terminator = Unreachable(at.loc)
        case mir.Call():
            lower_call(to, at, kind)
        case mir.Assert():
            _assert(to, at, kind)
        case mir.Drop():
            lower_drop(to, at, kind)
        case mir.UnwindResume() | mir.UnwindTerminate():
            # Nothing unwinds on a GPU: a panic ends the thread.
            at.block.terminator = Panic(PanicKind.ABORT, "unwinding", at.loc)
        case mir.InlineAsm():
            _assembly(to, at, kind)
        case mir.TailCall() | mir.Yield() | mir.CoroutineDrop():
            raise Unsupported(f"`{kind}`", span=at.span)


def _return(to: Translator, at: Cursor) -> None:
    call = at.frame.call
    if call is None:
        at.block.terminator = Return(at.loc)
        return
    value = read(at, locate(at, Place(0)))
    outer = Cursor(at.ssa, at.objects, call.frame, at.block, call.source, call.node)
    if call.destination is not None:
        assign(outer, call.destination, value)
    to.goto(outer, call.returns_to())


def _assembly(to: Translator, at: Cursor, asm: mir.InlineAsm) -> None:
    # Most kernels have none, and need not load the grammar of PTX.
    from cuq.ir.lower.asm import lower_asm

    if lower_asm(at, asm):
        if asm.target is None:
            raise Unsupported("inline assembly that does not return", span=at.span)
        to.goto(at, asm.target)


def switched(at: Cursor, switch: mir.SwitchInt) -> Value:
    """The number that a switch looks at."""
    ty = operand_ty(at, switch.discr)
    kind = scalar(ty)
    if not isinstance(kind, IntType):
        raise Unsupported(f"a switch on {ty}", span=at.span)
    return at.value(operand(at, switch.discr), kind)


def arm(switch: mir.SwitchInt, bits: int) -> int:
    """The block that a known value leads to."""
    return next((target for value, target in switch.targets if value == bits), switch.otherwise)


def _switch(to: Translator, at: Cursor, switch: mir.SwitchInt, block: BasicBlock) -> None:
    value = switched(at, switch)
    assert isinstance(value.type, IntType), "switches are on integers"
    if isinstance(value, Const):
        to.goto(at, arm(switch, value.bits))
        return
    if value.type.bits == 1:
        branch(to, at, value, arm(switch, 1), arm(switch, 0))
        return
    arms = [(bits, target) for bits, target in switch.targets if target != switch.otherwise]
    default = switch.otherwise
    if arms and _is_variant(switch, block) and _is_unreachable(at, default):
        # The discriminant is that of one of the enum's variants.
        default = arms.pop()[1]
    if not arms:
        to.goto(at, default)
    elif len(arms) == 1:
        bits, target = arms[0]
        cond = at.compare(Pred.EQ, value, constant(bits, value.type))
        branch(to, at, cond, target, default)
    else:
        open_cases = tuple((bits, to.jump(at, target)) for bits, target in arms)
        at.block.terminator = OpenSwitch(value, open_cases, to.jump(at, default), at.loc)


def _is_variant(switch: mir.SwitchInt, block: BasicBlock) -> bool:
    """Whether the switch is on the discriminant that this block reads: one of the enum's, always."""
    if not isinstance(switch.discr, Copy | Move):
        return False
    place = switch.discr.place
    return any(
        isinstance(s.kind, Assign) and s.kind.place == place and isinstance(s.kind.rvalue, Discriminant)
        for s in block.statements
    )


def _is_unreachable(at: Cursor, number: int) -> bool:
    body = at.frame.body.blocks[number]
    return isinstance(body.terminator.kind, mir.Unreachable) and not body.statements


def branch(to: Translator, at: Cursor, cond: Value, then: int, otherwise: int) -> None:
    """Go to MIR block `then` if `cond` holds, else to `otherwise`."""
    if isinstance(cond, Const) or then == otherwise:
        to.goto(at, then if cond == TRUE else otherwise)
        return
    cond, flipped = _positive(at, cond)
    if flipped:
        then, otherwise = otherwise, then
    blocks = [to.jump(at, target) for target in (then, otherwise)]
    at.block.terminator = OpenBranch(cond, blocks[0], blocks[1], at.loc)


def _positive(at: Cursor, cond: Value) -> tuple[Value, bool]:
    """The condition without a negation around it, and whether there was one."""
    flipped = False
    while isinstance(cond, Reg):
        match at.ssa.definitions.get(cond):
            case Binary(op=BinOp.XOR, a=inner, b=Const(bits=1)):
                cond, flipped = inner, not flipped
            case _:
                break
    return cond, flipped


_OPTIONAL = re.compile(r"attempt to (negate|compute `\{\} (\+|-|\*|<<|>>) |shift (left|right))")


def checks_overflow(body: Body) -> bool:
    """Whether the crate of `body` is compiled with overflow checks: they stand in its own lines."""
    return any(
        isinstance(block.terminator.kind, mir.Assert)
        and _OPTIONAL.match(block.terminator.kind.message) is not None
        and not body.inline_chain(block.terminator.source)
        for block in body.blocks
    )


def _assert(to: Translator, at: Cursor, kind: mir.Assert) -> None:
    if not to.program.overflow_checks and _OPTIONAL.match(kind.message):
        to.goto(at, kind.target)
        return
    cond = at.value(operand(at, kind.cond), I1)
    if isinstance(cond, Const) and bool(cond.bits) == kind.expected:
        to.goto(at, kind.target)
        return
    panic = next((k for start, k in _MESSAGES if kind.message.startswith(start)), PanicKind.EXPLICIT)
    end = Panic(panic, kind.message, at.loc)
    if isinstance(cond, Const):
        at.block.terminator = end
        return
    failed = at.ssa.block(f"{at.block.label}.panic")
    at.ssa.connect(at.block, failed)
    at.ssa.seal(failed)
    failed.terminator = end
    cond, flipped = _positive(at, cond)
    success: OpenBlock = to.jump(at, kind.target)
    holds = kind.expected != flipped
    then, otherwise = (success, failed) if holds else (failed, success)
    at.block.terminator = OpenBranch(cond, then, otherwise, at.loc)

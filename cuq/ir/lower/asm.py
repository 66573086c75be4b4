"""Inline PTX: the instructions of an `asm!` template as operations.

Templates are straight-line code: a jump, or a guard on anything but a value, is `Unsupported`, as is every
instruction that is not understood, with its name.
"""

from __future__ import annotations

from typing import assert_never

from cuq.base.errors import InputError, Unsupported
from cuq.ir.lower.asm_compute import choose, compare, compute
from cuq.ir.lower.asm_memory import read, update, write
from cuq.ir.lower.asm_values import Registers, Unmodelled, kind_of
from cuq.ir.lower.cursor import Cursor
from cuq.ir.lower.places import assign
from cuq.ir.lower.rvalues import operand, operand_ty
from cuq.ir.lower.types import scalar
from cuq.ir.lower.warp import match, shuffle, vote
from cuq.ir.ops import Arbitrary, Barrier, Exchange, ExchangeOp, Fence, Panic, PanicKind, Value, WarpBarrier
from cuq.ir.types import I1, I32, Order, Scope
from cuq.mir.terminators import AsmConst, AsmIn, AsmInOut, AsmLabel, AsmOut, AsmSym, InlineAsm
from cuq.mir.tree import Place
from cuq.mir.types import Ty
from cuq.ptx.instructions import effect, parse_statements
from cuq.ptx.instructions import effects as fx
from cuq.ptx.instructions import tree as ptx


def lower_asm(at: Cursor, asm: InlineAsm) -> bool:
    """The operations of a template, and the assignments of its outputs; whether control goes on behind it."""
    registers, outputs = _operands(at, asm)
    if not follow(at, asm.template, registers):
        return False
    for index, place in outputs:
        assign(at, place, output(at, registers, index, at.frame.body.place_ty(place)))
    return True


def follow(at: Cursor, template: str, registers: Registers) -> bool:
    """The operations of a template; whether control goes on behind it."""
    try:
        statements = parse_statements(template, at.span.file, template=True)
    except InputError as error:
        raise Unsupported(f"inline assembly: {error.message}", span=at.span) from error
    for statement in statements:
        match statement:
            case ptx.Instruction() | ptx.Declaration():
                try:
                    goes_on = _instruction(at, registers, statement)
                except Unmodelled as error:
                    raise _refused(at, f"`{statement}`: {error}") from error
                if not goes_on:
                    return False
            case ptx.Open() | ptx.Close():
                pass  # a name that is declared twice in a template is refused
            case ptx.Label() | ptx.Directive():
                raise _refused(at, f"`{statement}`")
            case _:
                assert_never(statement)
    return True


def output(at: Cursor, registers: Registers, index: int, ty: Ty | None) -> Value:
    """The value that a template leaves in an output operand of this type."""
    kind = None if ty is None else scalar(ty)
    if kind is None:
        raise _refused(at, f"an output of type {ty}")
    if registers.window(ptx.Placeholder(index)) not in (None, "global"):
        raise _refused(at, "an address in a state space as an output is not modelled")
    try:
        return registers.get(at, ptx.Placeholder(index), kind)
    except Unmodelled as error:
        raise _refused(at, str(error)) from error


def _refused(at: Cursor, what: str) -> Unsupported:
    return Unsupported(f"inline assembly: {what}", span=at.span)


def _operands(at: Cursor, asm: InlineAsm) -> tuple[Registers, list[tuple[int, Place]]]:
    registers = Registers()
    outputs: list[tuple[int, Place]] = []
    for index, given in enumerate(asm.operands):
        match given:
            case AsmIn(value=value) | AsmInOut(value=value) | AsmConst(value=value):
                ty = operand_ty(at, value)
                kind = scalar(ty)
                if kind is None:
                    raise _refused(at, f"an operand of type {ty}")
                registers.set(ptx.Placeholder(index), at.value(operand(at, value), kind))
            case AsmOut():
                pass
            case AsmSym() | AsmLabel():
                raise _refused(at, f"the operand `{given}`")
            case _:
                assert_never(given)
        place = given.place if isinstance(given, AsmOut | AsmInOut) else None
        if place is not None:
            out = at.frame.body.place_ty(place)
            registers.outputs[index] = None if out is None else scalar(out)
            outputs.append((index, place))
    return registers, outputs


def _instruction(at: Cursor, registers: Registers, instruction: ptx.Instruction | ptx.Declaration) -> bool:
    """Whether control goes on behind the instruction."""
    if isinstance(instruction, ptx.Declaration):
        registers.declare(at, instruction)
        return True
    found = effect(instruction)
    if isinstance(found, fx.NotKnown):
        raise _refused(at, found.reason)
    if instruction.guard is not None:
        raise _refused(at, f"the guard of `{instruction}`")
    return _effect(at, registers, found)


def _effect(at: Cursor, registers: Registers, found: fx.Effect) -> bool:
    match found:
        case fx.Read():
            read(at, registers, found)
        case fx.Write():
            write(at, registers, found)
        case fx.Update():
            update(at, registers, found)
        case fx.Fence(order=order, scope=scope):
            at.effect(Fence(Order(order), Scope(scope), at.loc))
        case fx.BlockBarrier():
            _block_barrier(at, registers, found)
        case fx.WarpBarrier(mask=mask):
            at.effect(WarpBarrier(registers.get(at, mask, I32), at.loc))
        case fx.ClusterBarrier():
            raise Unmodelled("barriers of clusters are not modelled")
        case fx.Exchange():
            _exchange(at, registers, found)
        case fx.Move():
            registers.move(at, found)
        case fx.ConvertAddress():
            registers.convert(at, found)
        case fx.Compute():
            compute(at, registers, found)
        case fx.CompareTo():
            compare(at, registers, found)
        case fx.Choose():
            choose(at, registers, found)
        case fx.Control(op="trap"):
            at.block.terminator = Panic(PanicKind.ABORT, "trap", at.loc)
            return False
        case fx.Control():
            raise Unmodelled("control flow in assembly is not modelled")
        case fx.Nothing():
            pass
        case fx.NotKnown(reason=reason):
            raise Unmodelled(reason)
        case _:
            assert_never(found)
    return True


def _block_barrier(at: Cursor, registers: Registers, found: fx.BlockBarrier) -> None:
    if found.kind == "arrive":
        raise Unmodelled("a barrier at which threads do not wait is not modelled")
    if found.count is not None:
        raise Unmodelled("a barrier for a part of the block is not modelled")
    if not isinstance(found.id, ptx.Integer):
        raise Unmodelled("a barrier whose number is not constant is not modelled")
    # Without a count all threads of the block take part, whatever the number.
    at.effect(Barrier(0, at.loc))
    if found.target is not None:
        kind = I32 if found.kind == "popc" else I1
        registers.set(found.target, at.define(Arbitrary(at.reg(kind), f"bar.red.{found.kind}", at.loc)))


def _exchange(at: Cursor, registers: Registers, found: fx.Exchange) -> None:
    if found.mask is None:
        registers.set(found.targets[0], at.define(Arbitrary(at.reg(I32), found.op, at.loc)))
        return
    mask = registers.get(at, found.mask, I32)
    kind = kind_of(found.type)
    name, _, mode = found.op.partition(".")
    results: tuple[Value, ...]
    match name:
        case "shfl":
            value, by, clamp = (registers.get(at, source, I32) for source in found.sources)
            results = shuffle(at, mode, value, by, clamp, mask)
        case "vote":
            results = (vote(at, mode, registers.get(at, found.sources[0], I1), mask),)
        case "match":
            results = match(at, mode, registers.get(at, found.sources[0], kind), mask)
        case "redux":
            value = registers.get(at, found.sources[0], I32)
            sign = "s" if found.type.startswith("s") else "u"
            op = ExchangeOp(f"{sign}{mode}" if mode in ("min", "max") else mode)
            results = (at.define(Exchange(at.reg(I32), op, (value,), mask, at.loc)),)
        case _:
            raise Unmodelled("which lane is elected is not modelled")
    for target, result in zip(found.targets, results, strict=False):
        registers.set(target, result)

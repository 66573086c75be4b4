"""Settles what a parsed line of a basic block is: the names in it that the grammar leaves open."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from cuq.mir.actions.lines import (
    Applied,
    Argument,
    Command,
    Edges,
    Negated,
    RawAssign,
    RawCall,
    RawLine,
    RawSetDiscriminant,
    RawTailCall,
    RawYield,
)
from cuq.mir.consts import Constant, FnConst
from cuq.mir.terminators import (
    Assert,
    Call,
    Cleanup,
    CoroutineDrop,
    Drop,
    FalseEdge,
    FalseUnwind,
    Goto,
    InlineAsm,
    Return,
    SwitchInt,
    TailCall,
    TerminatorKind,
    Unreachable,
    Unwind,
    UnwindResume,
    UnwindTerminate,
    Yield,
)
from cuq.mir.tree import (
    AdtAggregate,
    Assign,
    Assume,
    BackwardIncompatibleDropHint,
    BinaryOp,
    BinOp,
    ConstEvalCounter,
    Copy,
    CopyNonOverlapping,
    Coverage,
    Discriminant,
    Move,
    Nop,
    Operand,
    Place,
    PlaceMention,
    Retag,
    RuntimeChecks,
    Rvalue,
    SetDiscriminant,
    StatementKind,
    StorageDead,
    StorageLive,
    UnaryOp,
    UnOp,
    Use,
)
from cuq.mir.types import FnDefTy, PathTy, Ty

_BINARY = {op.value: op for op in BinOp}
_UNARY = {op.value: op for op in UnOp}
_NO_EDGES = Edges((), None)


def interpret(raw: RawLine, ty_of: Callable[[Place], Ty | None]) -> StatementKind | TerminatorKind:
    """The statement or terminator that a line is. `ty_of` tells types of places, which settle what
    the text leaves open: an operation named like a type, a function item or a unit struct.

    Raises `ValueError` for a line that is none of those that rustc prints.
    """
    match raw:
        case RawAssign(place, Applied() as target):
            return Assign(place, _operation(target, ty_of(place)))
        case RawAssign(place, Use(Constant(FnConst(path)))) if not isinstance(ty_of(place), FnDefTy):
            return Assign(place, AdtAggregate(path))
        case RawAssign(place, rvalue) if not isinstance(rvalue, Applied):
            return Assign(place, rvalue)
        case RawYield(place, value, edges):
            _check(edges, "resume", "drop", "")
            return Yield(place, value, _block(edges, "resume", ""), edges.only("drop"))
        case RawCall(place, func, args, edges):
            _check(edges, "return", "unwind", "")
            return Call(place, func, _operands(args), edges.only("return"), _unwind(edges))
        case RawSetDiscriminant(Applied(path, (Place() as place,)), variant) if str(path) == "discriminant":
            return SetDiscriminant(place, variant)
        case RawTailCall(Applied(path, args)):
            return TailCall(Constant(FnConst(path)), _operands(args))
        case Command(path, args, None):
            return _statement(str(path), args)
        case Command(path, args, Edges() as edges):
            return _jump(str(path), args, edges)
        case _:
            raise ValueError("not a statement")


def _operation(target: Applied, ty: Ty | None) -> Rvalue:
    """`Add(x, y)` is an addition unless the result is of a type called `Add`."""
    name = str(target.path)
    if ty != PathTy(target.path):
        match target.args:
            case (Place() as place,) if name == "discriminant":
                return Discriminant(place)
            case (_,) if name in _UNARY:
                return UnaryOp(_UNARY[name], *_operands(target.args))
            case (_, _) if name in _BINARY:
                return BinaryOp(_BINARY[name], *_operands(target.args))
            case _:
                pass
    return AdtAggregate(target.path, _operands(target.args))


def _statement(name: str, args: tuple[Argument, ...] | None) -> StatementKind | TerminatorKind:
    """A line without `=` and without edges."""
    match name, args:
        case "StorageLive", (Place(local, ()),):
            return StorageLive(local)
        case "StorageDead", (Place(local, ()),):
            return StorageDead(local)
        case "assume", (Copy() | Move() | Constant() | RuntimeChecks() as operand,):
            return Assume(operand)
        case "copy_nonoverlapping", (("dst", dst), ("src", src), ("count", count)):
            return CopyNonOverlapping(*_operands((dst, src, count)))
        case "PlaceMention", (Place() as place,):
            return PlaceMention(place)
        case "BackwardIncompatibleDropHint", (Place() as place,):
            return BackwardIncompatibleDropHint(place)
        case "Retag", (Place() as place,):
            return Retag("", place)
        case "Coverage::VirtualCounter", (Constant(FnConst(path)),):
            return Coverage(f"VirtualCounter({path})")
        case "terminate", (Constant(FnConst(path)),):
            return UnwindTerminate(str(path))
        case _, None if name in _WORDS:
            return _WORDS[name]
        case _:
            raise ValueError(f"no statement `{name}` of this form")


_WORDS: dict[str, StatementKind | TerminatorKind] = {
    "nop": Nop(),
    "ConstEvalCounter": ConstEvalCounter(),
    "return": Return(),
    "unreachable": Unreachable(),
    "resume": UnwindResume(),
    "coroutine_drop": CoroutineDrop(),
}


def _jump(name: str, args: tuple[Argument, ...] | None, edges: Edges) -> TerminatorKind:
    """A line without `=` that ends with edges."""
    match name, args:
        case "goto", None:
            _check(edges, "")
            return Goto(_block(edges, ""))
        case "switchInt", (discr,):
            (operand,) = _operands((discr,))
            targets = tuple((int(label), block) for label, block in edges.blocks if label.isdecimal())
            _check(edges, "otherwise", "", *(label for label, _ in edges.blocks if label.isdecimal()))
            return SwitchInt(operand, targets, _block(edges, "otherwise", ""))
        case "drop", (Place() as place,):
            _check(edges, "return", "unwind", "drop")
            return Drop(place, _block(edges, "return"), _unwind(edges), edges.only("drop"))
        case "assert", (cond, str(message), *operands):
            _check(edges, "success", "unwind")
            expected = not isinstance(cond, Negated)
            (condition,) = _operands((cond.operand if isinstance(cond, Negated) else cond,))
            success = _block(edges, "success")
            return Assert(condition, expected, message[1:-1], _operands(operands), success, _unwind(edges))
        case "falseEdge", None:
            _check(edges, "real", "imaginary")
            return FalseEdge(_block(edges, "real"), _block(edges, "imaginary"))
        case "falseUnwind", None:
            _check(edges, "real", "unwind")
            return FalseUnwind(_block(edges, "real"), _unwind(edges))
        case _:
            raise ValueError(f"no terminator `{name}` of this form")


def _operands(args: Sequence[Argument]) -> tuple[Operand, ...]:
    operands = tuple(arg for arg in args if isinstance(arg, Copy | Move | Constant | RuntimeChecks))
    if len(operands) != len(args):
        raise ValueError("expected operands")
    return operands


def _check(edges: Edges, *labels: str) -> None:
    for label, _ in edges.blocks:
        if label not in labels:
            raise ValueError(f"unexpected edge `{label}`")


def _block(edges: Edges, *labels: str) -> int:
    """The block of the first of these labels that is there."""
    for label in labels:
        block = edges.only(label)
        if block is not None:
            return block
    raise ValueError(f"no edge `{labels[0]}`")


def _unwind(edges: Edges) -> Unwind:
    """A lone block of a call is where it unwinds to."""
    return Cleanup(_block(edges, "unwind", "")) if edges.unwind is None else edges.unwind


# ------------------------------------------------------------------------------------ inline asm

ASM_START = 'asm!("'
# The template is raw: it ends at the quote before the first operand, or before the options.
_ASM = re.compile(
    r'asm!\("(?P<template>.*?)"'
    r"(?P<operands>(?:, (?:(?:in|out|lateout|inout|inlateout)\(|const const |sym_fn |sym_static |label \d).*?)?)"
    r", options\((?:InlineAsmOptions\()?(?P<options>[A-Z_0-9x| ()]*?)\)?\)\)(?P<edges> -> .*)?",
    re.DOTALL,
)


def parse_asm(text: str, parse: Callable[[str, str], Any]) -> InlineAsm:
    """Reads `asm!(…) -> …`; `parse(start, text)` reads a symbol of the grammar."""
    match = _ASM.fullmatch(text)
    if match is None:
        raise ValueError("unreadable asm!")
    operands = parse("asm", match["operands"][2:]) if match["operands"] else ()
    edges: Edges = parse("edges", match["edges"]) if match["edges"] else _NO_EDGES
    labels = tuple(block for label, block in edges.blocks if label == "label")
    _check(edges, "return", "label", "unwind", "")
    return InlineAsm(
        match["template"], operands, match["options"], edges.only("return"), labels, _unwind(edges)
    )

"""Builds the raw form of the lines of a block: one function for each action of that part of the
grammar. What a `Command` or `Applied` means is settled in `lines.py`."""

from __future__ import annotations

from typing import TypeVar

from cuq.base.records import dataclass
from cuq.mir.consts import Constant, FnConst, PathConst
from cuq.mir.terminators import (
    AsmConst,
    AsmIn,
    AsmInOut,
    AsmLabel,
    AsmOperand,
    AsmOut,
    AsmSym,
    UnwindAction,
)
from cuq.mir.tree import Operand, Place, Rvalue
from cuq.mir.types import Name, Path

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Negated:
    """`!x`, in an assertion."""

    operand: Operand


Argument = Operand | Place | Negated | tuple[str, Operand] | str


@dataclass(frozen=True, slots=True)
class Applied:
    """`path(arguments)`: a call, an operation, an aggregate or a command."""

    path: Path
    args: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Edges:
    """` -> [return: bb1, unwind unreachable]`. A lone block has the label `""`."""

    blocks: tuple[tuple[str, int], ...]
    unwind: UnwindAction | None

    def only(self, label: str) -> int | None:
        """The block of a label, if it is there."""
        return next((block for name, block in self.blocks if name == label), None)


@dataclass(frozen=True, slots=True)
class RawAssign:
    place: Place
    rvalue: Rvalue | Applied


@dataclass(frozen=True, slots=True)
class RawCall:
    place: Place
    func: Operand
    args: tuple[Argument, ...]
    edges: Edges


@dataclass(frozen=True, slots=True)
class RawYield:
    place: Place
    value: Operand
    edges: Edges


@dataclass(frozen=True, slots=True)
class Command:
    """A line without `=`: a word or an application, and where it goes."""

    path: Path
    args: tuple[Argument, ...] | None
    edges: Edges | None


@dataclass(frozen=True, slots=True)
class RawSetDiscriminant:
    target: Applied
    variant: int


@dataclass(frozen=True, slots=True)
class RawTailCall:
    target: Applied


RawLine = RawAssign | RawCall | RawYield | Command | RawSetDiscriminant | RawTailCall


def assign(place: Place, rvalue: Rvalue | Applied) -> RawLine:
    return RawAssign(place, rvalue)


def call(place: Place, target: Applied, edges: Edges) -> RawLine:
    return RawCall(place, Constant(FnConst(target.path)), target.args, edges)


def call_pointer(place: Place, func: Operand, args: tuple[Argument, ...], edges: Edges) -> RawLine:
    return RawCall(place, func, args, edges)


def operands(*items: Operand) -> tuple[Argument, ...]:
    return items


def call_constant(place: Place, func: Path, args: tuple[Argument, ...], edges: Edges) -> RawLine:
    """A call of a constant: `const f::{constant#0}(copy _1)`."""
    return RawCall(place, Constant(PathConst(func)), args, edges)


def yield_(place: Place, value: Operand, edges: Edges) -> RawLine:
    return RawYield(place, value, edges)


def set_discriminant(target: Applied, variant: str) -> RawLine:
    return RawSetDiscriminant(target, int(variant))


def command(target: Applied, edges: Edges | None) -> RawLine:
    return Command(target.path, target.args, edges)


def word(path: Path, edges: Edges | None) -> RawLine:
    return Command(path, None, edges)


def return_() -> RawLine:
    return Command(Path((Name("return"),)), None, None)


def tail_call(_word: str, target: Applied) -> RawLine:
    return RawTailCall(target)


def edge(block: str) -> Edges:
    return Edges((("", int(block[2:])),), None)


def edges(*parts: tuple[str, int] | str) -> Edges:
    unwind = [UnwindAction(part) for part in parts if isinstance(part, str)]
    if len(unwind) > 1:
        raise ValueError("more than one unwind action")
    blocks = tuple(part for part in parts if not isinstance(part, str))
    return Edges(blocks, unwind[0] if unwind else None)


def labelled(label: str, block: str) -> tuple[str, int]:
    return label, int(block[2:])


def applied(path: Path, args: tuple[Argument, ...]) -> Applied:
    return Applied(path, args)


def arguments(*args: Argument) -> tuple[Argument, ...]:
    return args


def negated(operand: Operand) -> Negated:
    return Negated(operand)


def pair(name: str, value: T) -> tuple[str, T]:
    return name, value


# ------------------------------------------------------------------------------------ inline asm


def asm(*operands: AsmOperand) -> tuple[AsmOperand, ...]:
    return operands


def _register(token: str) -> tuple[str, bool]:
    """The register, and whether the operand is late, of `inlateout(reg32)`."""
    word, _, reg = token.removesuffix(")").partition("(")
    return reg, "late" in word


def asm_in(token: str, value: Operand) -> AsmOperand:
    return AsmIn(_register(token)[0], value)


def asm_out(token: str, place: Place | None) -> AsmOperand:
    reg, late = _register(token)
    return AsmOut(reg, place, late)


def asm_inout(token: str, value: Operand, place: Place | None) -> AsmOperand:
    reg, late = _register(token)
    return AsmInOut(reg, value, place, late)


def asm_const(value: Constant) -> AsmOperand:
    return AsmConst(value)


def asm_sym_fn(kind: str, path: Path) -> AsmOperand:
    return AsmSym(kind, str(path))


def asm_sym_static(token: str) -> AsmOperand:
    kind, _, text = token.partition(" ")
    return AsmSym(kind, text)


def asm_label(token: str) -> AsmOperand:
    return AsmLabel(int(token.removeprefix("label ")))


def none(_token: str) -> None:
    return None

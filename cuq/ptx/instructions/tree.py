"""Syntax of PTX statements inside of a function body (PTX ISA, "Syntax", "Instruction Statements").

The same tree serves whole PTX files and templates of `asm!`, whose operands stand as `{0}`.
"""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.base.span import Span


@dataclass(frozen=True, slots=True)
class Name:
    """A register (`%r1`), a special register (`%tid.x`), a variable or a label."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{0}` or `{0:x}` in an `asm!` template: its operand of this number."""

    index: int
    modifier: str = ""

    def __str__(self) -> str:
        return f"{{{self.index}{':' if self.modifier else ''}{self.modifier}}}"


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer literal; negative ones are written with a minus sign."""

    value: int

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Float:
    """`0f3F800000` or `0d…`: `bits` is the IEEE pattern, `width` 32 or 64."""

    bits: int
    width: int

    def __str__(self) -> str:
        return f"0{'f' if self.width == 32 else 'd'}{self.bits:0{self.width // 4}X}"


@dataclass(frozen=True, slots=True)
class Address:
    """`[base + offset]`, in bytes; `[tensor, {x, y}]` has coordinates."""

    base: Name | Placeholder | Integer
    offset: int = 0
    coordinates: tuple[Operand, ...] = ()

    def __str__(self) -> str:
        rest = "".join(f", {c}" for c in self.coordinates)
        return f"[{self.base}{f'+{self.offset}' if self.offset else ''}{rest}]"


@dataclass(frozen=True, slots=True)
class Vector:
    """`{a, b}` or `{a, b, c, d}`."""

    elements: tuple[Operand, ...]

    def __str__(self) -> str:
        return f"{{{', '.join(map(str, self.elements))}}}"


@dataclass(frozen=True, slots=True)
class Pair:
    """`d|p`: a value and a predicate as one destination."""

    first: Operand
    second: Operand

    def __str__(self) -> str:
        return f"{self.first}|{self.second}"


@dataclass(frozen=True, slots=True)
class Not:
    """`!p`: a negated predicate."""

    operand: Name | Placeholder

    def __str__(self) -> str:
        return f"!{self.operand}"


@dataclass(frozen=True, slots=True)
class Group:
    """`(a, b)`: parameters of a call."""

    elements: tuple[Operand, ...]

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.elements))})"


Operand = Name | Placeholder | Integer | Float | Address | Vector | Pair | Not | Group


@dataclass(frozen=True, slots=True)
class Instruction:
    """`@!p op.mod.mod a, b, c;`.

    name: the first part of the opcode. modifiers: the others, without dots; `shared::cta` is one of them.
    guard: the predicate, `Not` when it is negated.
    """

    name: str
    modifiers: tuple[str, ...]
    operands: tuple[Operand, ...]
    guard: Name | Placeholder | Not | None
    span: Span

    @property
    def opcode(self) -> str:
        """`ld.relaxed.gpu.u32`."""
        return ".".join((self.name, *self.modifiers))

    def __str__(self) -> str:
        guard = f"@{self.guard} " if self.guard else ""
        rest = f" {', '.join(map(str, self.operands))}" if self.operands else ""
        return f"{guard}{self.opcode}{rest};"


@dataclass(frozen=True, slots=True)
class Label:
    """`L1:`."""

    name: str
    span: Span

    def __str__(self) -> str:
        return f"{self.name}:"


@dataclass(frozen=True, slots=True)
class Declaration:
    """`.shared .align 4 .b8 tile[1024];` or `.reg .pred p, q;`.

    space: `reg`, `shared`, `local`, `global`, `const` or `param`. type: `b8`, `f32`, `pred`, … as written.
    length: elements of an array, the product over its dimensions; None for a scalar, 0 for `tile[]`.
    count: registers of `%r<5>`.
    """

    space: str
    type: str
    name: str
    span: Span
    align: int | None = None
    length: int | None = None
    count: int | None = None
    external: bool = False

    def __str__(self) -> str:
        extern = ".extern " if self.external else ""
        align = f" .align {self.align}" if self.align else ""
        shape = f"<{self.count}>" if self.count is not None else ""
        if self.length is not None:
            shape = f"[{self.length or ''}]"
        return f"{extern}.{self.space}{align} .{self.type} {self.name}{shape};"


@dataclass(frozen=True, slots=True)
class Open:
    """`{`: names declared up to the matching brace are local."""

    span: Span

    def __str__(self) -> str:
        return "{"


@dataclass(frozen=True, slots=True)
class Close:
    """`}`."""

    span: Span

    def __str__(self) -> str:
        return "}"


@dataclass(frozen=True, slots=True)
class Directive:
    """`.loc 1 5 3`, `.pragma "nounroll";`, `.branchtargets A, B;`: the words, uninterpreted."""

    name: str
    words: tuple[str, ...]
    span: Span

    def __str__(self) -> str:
        end = "" if self.name == "loc" else ";"
        return f".{self.name} {' '.join(self.words)}{end}"


Statement = Instruction | Label | Declaration | Open | Close | Directive

"""From PTX text to statements: recursive descent over the grammar of PTX ISA, "Instruction Statements"."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cuq.base.errors import InputError
from cuq.ptx.instructions.lexer import Token, tokens
from cuq.ptx.instructions.tree import (
    Address,
    Close,
    Declaration,
    Directive,
    Float,
    Group,
    Instruction,
    Integer,
    Label,
    Name,
    Not,
    Open,
    Operand,
    Pair,
    Placeholder,
    Statement,
    Vector,
)

SPACES = frozenset({"reg", "sreg", "shared", "local", "global", "const", "param"})

_LINKING = frozenset({"extern", "visible", "weak", "common"})

_Item = TypeVar("_Item")


def parse_statements(text: str, file: str = "<ptx>", *, template: bool = False) -> tuple[Statement, ...]:
    """The statements of a function body, or of an `asm!` template.

    Spans count lines and columns in `text`. A last statement needs no semicolon, as compilers end templates
    themselves. Raises InputError at the first thing that is not PTX.
    """
    parser = StatementParser(tuple(tokens(text, file, template)))
    found: list[Statement] = []
    while parser.here.kind != "end":
        if not parser.accept(";"):
            found += parser.statement()
    return tuple(found)


class StatementParser:
    def __init__(self, stream: tuple[Token, ...]) -> None:
        self.stream, self.at = stream, 0

    # --- tokens

    @property
    def here(self) -> Token:
        return self.stream[self.at]

    def take(self) -> Token:
        token = self.here
        if token.kind == "end":
            raise self.error("something more")
        self.at += 1
        return token

    def is_punct(self, text: str) -> bool:
        return self.here.kind == "punct" and self.here.text == text

    def accept(self, text: str) -> bool:
        found = self.is_punct(text)
        self.at += found
        return found

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise self.error(f"`{text}`")

    def error(self, wanted: str) -> InputError:
        got = f"`{self.here.text}`" if self.here.kind != "end" else "the end"
        return InputError(f"cannot read PTX: {got} where {wanted} was expected", span=self.here.span)

    def end_statement(self) -> None:
        if self.here.kind != "end" and not self.is_punct("}"):
            self.expect(";")

    def several(self, item: Callable[[], _Item]) -> list[_Item]:
        found = [item()]
        while self.accept(","):
            found.append(item())
        return found

    # --- statements

    def statement(self) -> list[Statement]:
        span = self.here.span
        if self.accept("{"):
            return [Open(span)]
        if self.accept("}"):
            return [Close(span)]
        if self.here.kind == "dot":
            return self.directive()
        if self.here.kind == "name" and self.stream[self.at + 1].text == ":":
            label = self.take().text
            self.expect(":")
            return [Label(label, span)]
        return [self.instruction()]

    def directive(self) -> list[Statement]:
        span, first = self.here.span, self.take().text
        external = first == "extern"
        while first in _LINKING:
            if self.here.kind != "dot":
                raise self.error("a state space")
            first = self.take().text
        if first in SPACES:
            return self.declarations(first, external)
        words: list[str] = []
        line = span.line
        while self.here.kind != "end" and not self.is_punct(";"):
            if first in ("loc", "file") and self.here.span.line != line:
                return [Directive(first, tuple(words), span)]
            words.append(self.take().text)
        self.end_statement()
        return [Directive(first, tuple(words), span)]

    def declarations(self, space: str, external: bool) -> list[Statement]:
        align, kind = None, []
        while self.here.kind == "dot":
            word = self.take().text
            if word == "align":
                align = self.integer()
            else:
                kind.append(word)
        if not kind:
            raise self.error("a type")

        def one() -> Declaration:
            token = self.take()
            if token.kind != "name":
                self.at -= 1
                raise self.error("a name")
            count = length = None
            if self.accept("<"):
                count = self.integer()
                self.expect(">")
            while self.accept("["):
                length = (1 if length is None else length) * (0 if self.is_punct("]") else self.integer())
                self.expect("]")
            return Declaration(space, ".".join(kind), token.text, token.span, align, length, count, external)

        found: list[Statement] = list(self.several(one))
        self.end_statement()
        return found

    def instruction(self) -> Instruction:
        span = self.here.span
        guard: Name | Placeholder | Not | None = None
        if self.accept("@"):
            negated = self.accept("!")
            guard = self.register()
            guard = Not(guard) if negated else guard
        if self.here.kind != "name":
            raise self.error("an instruction")
        name, modifiers = self.take().text, []
        while self.here.kind == "dot" and self.here.glued:
            modifiers.append(self.take().text)
        at_end = self.here.kind == "end" or self.is_punct(";") or self.is_punct("}")
        operands = () if at_end else tuple(self.several(self.operand))
        self.end_statement()
        return Instruction(name, tuple(modifiers), operands, guard, span)

    # --- operands

    def integer(self) -> int:
        negative = self.accept("-")
        if self.here.kind != "int":
            raise self.error("a number")
        text = self.here.text.rstrip("U")
        try:
            # A leading zero means octal.
            value = int(text, 8) if len(text) > 1 and text.isdigit() and text[0] == "0" else int(text, 0)
        except ValueError:
            raise self.error("a number") from None
        self.at += 1
        return -value if negative else value

    def register(self) -> Name | Placeholder:
        token = self.here
        if token.kind == "operand":
            self.at += 1
            index, _, modifier = token.text[1:-1].partition(":")
            return Placeholder(int(index), modifier)
        if token.kind != "name":
            raise self.error("a register")
        return Name(self.take().text)

    def operand(self) -> Operand:
        first = self.simple_operand()
        return Pair(first, self.simple_operand()) if self.accept("|") else first

    def simple_operand(self) -> Operand:
        if self.accept("["):
            return self.address()
        if self.accept("{"):
            return Vector(tuple(self.enclosed("}")))
        if self.accept("("):
            return Group(tuple(self.enclosed(")")))
        if self.accept("!"):
            return Not(self.register())
        if self.here.kind == "float":
            text = self.take().text
            return Float(int(text[2:], 16), 32 if text[1] in "fF" else 64)
        if self.here.kind == "int" or self.is_punct("-"):
            return Integer(self.integer())
        return self.register()

    def enclosed(self, end: str) -> list[Operand]:
        found = [] if self.is_punct(end) else self.several(self.operand)
        self.expect(end)
        return found

    def address(self) -> Address:
        base = Integer(self.integer()) if self.here.kind == "int" else self.register()
        offset = 0
        while self.is_punct("+") or self.is_punct("-"):
            sign = 1 if self.take().text == "+" else -1
            offset += sign * self.integer()
        coordinates = tuple(self.several(self.operand)) if self.accept(",") else ()
        self.expect("]")
        return Address(base, offset, coordinates)

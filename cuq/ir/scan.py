"""Token-wise reading of one line of the IR's textual form."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TypeVar

from cuq.base.errors import InputError
from cuq.base.span import Span
from cuq.ir.ops import Const, Edge, ObjectRef, Reg, Undef, Value
from cuq.ir.types import PTR, FloatType, IntType, MemSem, Order, Scope, Space, Type

_E = TypeVar("_E", bound=Enum)

_TOKEN = re.compile(
    r"""\s*(?:(?P<comment>;.*)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<arrow>->)
    |(?P<word>[\w$.]+)|(?P<mark>[%@:,=(){}]))""",
    re.VERBOSE | re.ASCII,
)
_TYPE = re.compile(r"[if]\d+|ptr")


def parse_type(text: str) -> Type | None:
    """The type that `text` names, None if it names none."""
    if not _TYPE.fullmatch(text):
        return None
    if text == "ptr":
        return PTR
    return IntType(int(text[1:])) if text[0] == "i" else FloatType(int(text[1:]))


class Line:
    """The tokens of one line, consumed from the left."""

    def __init__(self, raw: str, span: Span, types: dict[int, Type]) -> None:
        self.span = span
        self.types = types
        self.tokens: list[str] = []
        self._next = 0
        position, raw = 0, raw.rstrip()
        while position < len(raw):
            match = _TOKEN.match(raw, position)
            if match is None:
                raise self.error(f"unexpected text {raw[position:].strip()!r}")
            if match.lastgroup != "comment":
                self.tokens.append(match[match.lastgroup or 0])
            position = match.end()

    def error(self, message: str) -> InputError:
        """The error to raise at this line."""
        return InputError(f"IR text: {message}", span=self.span)

    def peek(self) -> str:
        return self.tokens[self._next] if self._next < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        if not token:
            raise self.error("the line ends too early")
        self._next += 1
        return token

    def take(self, token: str) -> bool:
        if self.peek() != token:
            return False
        self._next += 1
        return True

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise self.error(f"expected `{token}`, found `{self.peek()}`")

    def end(self) -> None:
        if self.peek():
            raise self.error(f"unexpected `{self.peek()}`")

    def is_label(self) -> bool:
        return self.tokens[-1] == ":"

    def name(self) -> str:
        token = self.next()
        return str(json.loads(token)) if token.startswith('"') else token

    def string(self) -> str:
        token = self.next()
        if not token.startswith('"'):
            raise self.error(f"expected a string, found `{token}`")
        return str(json.loads(token))

    def number(self) -> int:
        token = self.next()
        if not token.isdecimal():
            raise self.error(f"expected a number, found `{token}`")
        return int(token)

    def type_name(self) -> Type:
        token = self.next()
        found = parse_type(token)
        if found is None:
            raise self.error(f"`{token}` is not a type")
        return found

    def definition(self) -> Reg:
        self.expect("%")
        number = self.number()
        self.expect(":")
        return Reg(number, self.type_name())

    def value(self) -> Value:
        if self.take("%"):
            number = self.number()
            if number not in self.types:
                raise self.error(f"register %{number} is not defined")
            return Reg(number, self.types[number])
        if self.take("@"):
            return ObjectRef(self.name())
        if self.peek() in ("undef", "inactive"):
            inactive = self.next() == "inactive"
            self.expect(":")
            return Undef(self.type_name(), inactive)
        bits = self.number()
        self.expect(":")
        kind = self.type_name()
        if not isinstance(kind, IntType | FloatType):
            raise self.error("a constant is an integer or a float")
        return Const(bits, kind)

    def edge(self) -> Edge:
        target = self.name()
        args: list[Value] = []
        self.expect("(")
        while not self.take(")"):
            if args:
                self.expect(",")
            args.append(self.value())
        return Edge(target, tuple(args))

    def sem(self) -> MemSem:
        """Semantics of a memory operation: `space.order` or `space.order.scope`."""
        space, order, scope, *more = [*self.next().split("."), "", ""]
        if more not in ([], [""], ["", ""]):
            raise self.error("memory semantics have at most three parts")
        return MemSem(
            self.enum(Space, space), self.enum(Order, order), self.enum(Scope, scope) if scope else None
        )

    def enum(self, kind: type[_E], word: str | None = None) -> _E:
        """The member of `kind` whose value is `word` (default: the next token)."""
        word = self.next() if word is None else word
        for member in kind:
            if member.value == word:
                return member
        raise self.error(f"`{word}` is no {kind.__name__}")

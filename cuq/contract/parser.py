"""Reading the expressions of contracts.

From loose to tight: `||` or `or`; `&&` or `and`; `!` or `not`; comparisons, which do not chain; `+ -`;
`* / %`; unary `-`. Names: parameters (`n`, `s.field`), `block.x`, `grid.y`, `len(p)`, `len.p`, `p.len()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import cast

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.contract.terms import (
    Arith,
    Arithmetic,
    Axis,
    Bool,
    Compare,
    Comparison,
    Condition,
    Dim,
    Int,
    IntTerm,
    Len,
    Logic,
    Neg,
    Not,
    Param,
    Term,
)

_TOKEN = re.compile(r"\s*(?:(0x[\da-fA-F_]+|\d[\d_]*)|([^\W\d]\w*)|(&&|\|\||[=!<>]=|[-+*/%<>!().])|(\S))")
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_WORDS = {"and": "&&", "or": "||", "not": "!"}
_END = ""


def parse_condition(text: str, start: Span) -> Condition:
    """The condition `text`, which stands on one line from `start` on. Raises UsageError at what is wrong."""
    parser = _Parser(text, start)
    return parser.condition(parser.whole())


def parse_int_term(text: str, start: Span) -> IntTerm:
    """The integer expression `text`. Raises UsageError at what is wrong."""
    parser = _Parser(text, start)
    return parser.number(parser.whole())


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Parser:
    text: str
    start: Span
    position: int = 0
    tokens: list[_Token] = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = list(self._tokens())

    def whole(self) -> Term:
        term = self._or()
        if self._peek() != _END:
            raise self._error(f"unexpected `{self._peek()}`", self.tokens[self.position])
        return term

    def condition(self, term: Term) -> Condition:
        if isinstance(term, Bool | Compare | Not | Logic):
            return term
        raise UsageError("this is a number where a condition is needed", span=term.span)

    def number(self, term: Term) -> IntTerm:
        if isinstance(term, Bool | Compare | Not | Logic):
            raise UsageError("this is a condition where a number is needed", span=term.span)
        return term

    def _or(self) -> Term:
        left = self._and()
        while self._take("||"):
            right = self.condition(self._and())
            left = Logic("||", self.condition(left), right, _join(left, right))
        return left

    def _and(self) -> Term:
        left = self._not()
        while self._take("&&"):
            right = self.condition(self._not())
            left = Logic("&&", self.condition(left), right, _join(left, right))
        return left

    def _not(self) -> Term:
        token = self.tokens[self.position]
        if self._take("!"):
            operand = self.condition(self._not())
            return Not(operand, _join_spans(self._span(token), operand.span))
        return self._comparison()

    def _comparison(self) -> Term:
        left = self._sum()
        if self._peek() not in _COMPARISONS:
            return left
        op = cast(Comparison, self._next().text)
        right = self.number(self._sum())
        if self._peek() in _COMPARISONS:
            raise self._error(
                "comparisons do not chain", self.tokens[self.position], help="join two of them with `&&`"
            )
        return Compare(op, self.number(left), right, _join(left, right))

    def _sum(self) -> Term:
        left = self._product()
        while self._peek() in {"+", "-"}:
            op = cast(Arithmetic, self._next().text)
            right = self.number(self._product())
            left = Arith(op, self.number(left), right, _join(left, right))
        return left

    def _product(self) -> Term:
        left = self._unary()
        while self._peek() in {"*", "/", "%"}:
            op = cast(Arithmetic, self._next().text)
            right = self.number(self._unary())
            left = Arith(op, self.number(left), right, _join(left, right))
        return left

    def _unary(self) -> Term:
        token = self.tokens[self.position]
        if not self._take("-"):
            return self._atom()
        literal = self._peek()[:1].isdigit()
        operand = self.number(self._unary())
        span = _join_spans(self._span(token), operand.span)
        return Int(-operand.value, span) if literal and isinstance(operand, Int) else Neg(operand, span)

    def _atom(self) -> Term:
        token = self._next()
        if token.text == "(":
            term = self._or()
            self._expect(")")
            return term
        if token.text[:1].isdigit():
            return Int(self._integer(token), self._span(token))
        if token.text in {"true", "false"}:
            return Bool(token.text == "true", self._span(token))
        if _is_word(token.text):
            return self._name(token)
        raise self._error("a name or a number is missing", token)

    def _integer(self, token: _Token) -> int:
        digits = token.text.replace("_", "")
        try:
            return int(digits, 16 if digits.startswith("0x") else 10)
        except ValueError:
            raise self._error(f"`{token.text}` is not a number", token) from None

    def _name(self, first: _Token) -> Term:
        if first.text == "len" and self._take("("):
            param = self._dotted(self._word())
            self._expect(")")
            return Len(param, self._to_here(first))
        name = self._dotted(first)
        parts = name.split(".")
        if parts[0] in {"block", "grid"} and len(parts) > 1:
            if parts[1:] not in (["x"], ["y"], ["z"]):
                raise self._error(f"`{parts[0]}` has the axes x, y and z", first)
            span = self._to_here(first)
            return Dim("block" if parts[0] == "block" else "grid", cast(Axis, parts[1]), span)
        if parts[0] == "len" and len(parts) > 1:
            return Len(".".join(parts[1:]), self._to_here(first))
        if parts[-1] == "len" and len(parts) > 1:
            if self._take("("):
                self._expect(")")
            return Len(".".join(parts[:-1]), self._to_here(first))
        return Param(name, self._to_here(first))

    def _dotted(self, first: _Token) -> str:
        name = first.text
        while self._take("."):
            name += f".{self._word(digits=True).text}"
        return name

    def _word(self, *, digits: bool = False) -> _Token:
        token = self._next()
        if not (_is_word(token.text) or (digits and token.text.isdigit())):
            raise self._error("a name is missing", token)
        return token

    def _tokens(self) -> Iterator[_Token]:
        position = 0
        while match := _TOKEN.match(self.text, position):
            position = match.end()
            assert match.lastindex is not None
            start = match.start(match.lastindex)
            token = _Token(match[match.lastindex], start, position)
            if match.lastindex == 4:
                raise self._error(f"unexpected `{token.text}`", token)
            yield _Token(_WORDS.get(token.text, token.text), start, position)
        yield _Token(_END, len(self.text), len(self.text))

    def _peek(self) -> str:
        return self.tokens[self.position].text

    def _next(self) -> _Token:
        token = self.tokens[self.position]
        if token.text != _END:
            self.position += 1
        return token

    def _take(self, text: str) -> bool:
        if self._peek() != text:
            return False
        self.position += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._error(f"`{text}` is missing", self.tokens[self.position])

    def _to_here(self, first: _Token) -> Span:
        return _join_spans(self._span(first), self._span(self.tokens[self.position - 1]))

    def _span(self, token: _Token) -> Span:
        at = self.start
        return Span(at.file, at.line, at.column + token.start, at.line, at.column + token.end)

    def _error(self, message: str, token: _Token, *, help: str | None = None) -> UsageError:
        return UsageError(message, span=self._span(token), help=help)


def _is_word(text: str) -> bool:
    return text[:1].isalpha() or text[:1] == "_"


def _join(left: Term, right: Term) -> Span:
    return _join_spans(left.span, right.span)


def _join_spans(left: Span, right: Span) -> Span:
    return Span(left.file, left.line, left.column, right.end_line, right.end_column)

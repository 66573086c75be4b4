"""From text to a model. Binding of operators, from loose to tight: `|`, `;`, `\\`, `&`, `*`, prefix, postfix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from cuq.base.errors import InputError
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ptx.cat.syntax import (
    Binary,
    Binding,
    Call,
    Check,
    Choose,
    Closure,
    Complement,
    Expr,
    Identity,
    Let,
    Model,
    Name,
    Nothing,
    Operator,
    Postfix,
    Property,
    Statement,
)

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*)
      | (?P<open>\(\*)
      | (?P<string>"[^"]*")
      | (?P<name>[A-Za-z_][\w.]*(?:-[\w.]+)*)
      | (?P<closure>\^-1|\^\+|\^\*|\?)
      | (?P<punct>[|;\\&*~\[\](),=0])""",
    re.VERBOSE,
)
_LEVELS = (Operator.UNION, Operator.SEQ, Operator.DIFFERENCE, Operator.INTERSECTION, Operator.TIMES)
_WORDS = frozenset(
    {
        "let",
        "rec",
        "and",
        "with",
        "from",
        "as",
        "flag",
        "acyclic",
        "irreflexive",
        "empty",
        "if",
        "then",
        "else",
    }
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    span: Span


def parse_model(source: str, file: str, readings: frozenset[str] = frozenset()) -> Model:
    """`readings`: the names for which `if "name" then … else …` is its first part.

    Raises InputError with the place of what is not understood.
    """
    return _Parser(list(_tokens(source, file)), readings).model()


def _tokens(source: str, file: str) -> Iterator[_Token]:
    at, line, start = 0, 1, 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        span = Span.at(file, line, at - start + 1)
        if match is None or match.lastgroup is None:
            raise InputError(f"not cat: `{source[at : at + 12].splitlines()[0]}`", span=span)
        end = match.end()
        if match.lastgroup == "open":
            end = _comment_end(source, at, span)
        elif match.lastgroup != "blank":
            yield _Token(match.lastgroup, match[0], span)
        for newline in re.finditer("\n", source[at:end]):
            line, start = line + 1, at + newline.end()
        at = end
    yield _Token("end", "the end", Span.at(file, line, at - start + 1))


def _comment_end(source: str, at: int, span: Span) -> int:
    """Comments nest."""
    depth = 0
    for match in re.finditer(r"\(\*|\*\)", source[at:]):
        depth += 1 if match[0] == "(*" else -1
        if depth == 0:
            return at + match.end()
    raise InputError("a comment without its end", span=span)


class _Parser:
    def __init__(self, tokens: list[_Token], readings: frozenset[str]) -> None:
        self._tokens, self._at, self._readings = tokens, 0, readings
        self._known: dict[str, None] = {}

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _fail(self, wanted: str) -> NoReturn:
        found = self._next
        raise InputError(f"expected {wanted}, found `{found.text}`", span=found.span)

    def _take(self, text: str) -> bool:
        if self._next.text == text and self._next.kind != "string":
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> Span:
        span = self._next.span
        if not self._take(text):
            self._fail(f"`{text}`")
        return span

    def _name(self, what: str) -> str:
        token = self._next
        if token.kind != "name" or token.text in _WORDS:
            self._fail(what)
        self._at += 1
        return token.text

    def model(self) -> Model:
        title = ""
        if self._next.kind == "string":
            title = self._next.text[1:-1]
            self._at += 1
        statements: list[Statement] = []
        while self._next.kind != "end":
            statements.append(self._statement())
        return Model(title, tuple(statements), tuple(self._known))

    def _statement(self) -> Statement:
        span = self._next.span
        if self._take("let"):
            rec = self._take("rec")
            bindings = [self._binding()]
            while self._take("and"):
                bindings.append(self._binding())
            return Let(tuple(bindings), rec, span)
        if self._take("with"):
            name = self._name("a name")
            self._expect("from")
            self._expect("orders")
            self._expect("(")
            lower = self.expr()
            self._expect(",")
            total = self.expr()
            self._expect(")")
            return Choose(name, lower, total, span)
        flag = self._take("flag")
        for prop in Property:
            if self._take(prop.value):
                value = self.expr()
                self._expect("as")
                return Check(prop, value, self._name("the name of the axiom"), span, flag)
        return self._fail("`let`, `with`, or an axiom")

    def _binding(self) -> Binding:
        span = self._next.span
        name = self._name("a name")
        params: list[str] = []
        if self._take("("):
            params.append(self._name("a parameter"))
            while self._take(","):
                params.append(self._name("a parameter"))
            self._expect(")")
        self._expect("=")
        return Binding(name, tuple(params), self.expr(), span)

    def _reading(self) -> Expr:
        if self._next.kind != "string":
            self._fail("the name of a reading in quotes")
        name = self._next.text[1:-1]
        self._at += 1
        self._known[name] = None
        self._expect("then")
        taken = self.expr()
        self._expect("else")
        other = self.expr()
        return taken if name in self._readings else other

    def expr(self, level: int = 0) -> Expr:
        if level == len(_LEVELS):
            return self._prefix()
        op = _LEVELS[level]
        left = self.expr(level + 1)
        while self._next.text == op.value:
            span = self._expect(op.value)
            left = Binary(op, left, self.expr(level + 1), span)
        return left

    def _prefix(self) -> Expr:
        span = self._next.span
        if self._take("~"):
            return Complement(self._prefix(), span)
        value = self._primary()
        while self._next.kind == "closure":
            token = self._next
            self._at += 1
            value = Postfix(Closure(token.text), value, token.span)
        return value

    def _primary(self) -> Expr:
        span = self._next.span
        if self._take("("):
            value = self.expr()
            self._expect(")")
            return value
        if self._take("["):
            value = Identity(self.expr(), span)
            self._expect("]")
            return value
        if self._take("0"):
            return Nothing(span)
        if self._take("if"):
            return self._reading()
        name = self._name("a set or a relation")
        if not self._take("("):
            return Name(name, span)
        args = [self.expr()]
        while self._take(","):
            args.append(self.expr())
        self._expect(")")
        return Call(name, tuple(args), span)

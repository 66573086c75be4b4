"""Contracts in the comments of a source file: `//@ cuq: …`, and `//@ expect: …` of fixtures."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.base.rust_lexer import Token, TokenKind, span_of, tokens
from cuq.base.span import Span
from cuq.base.suggest import did_you_mean
from cuq.contract.contract import Contract
from cuq.contract.fields import Fields
from cuq.contract.items import apply

EXPECTATIONS = ("race-free", "race", "barrier-divergence", "out-of-bounds", "panic", "unknown")

_LINE = re.compile(r"//@\s*(\w+)\s*(:?)")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a fixture says of itself. kernel: None when the file names none."""

    kernel: str | None
    outcome: str
    span: Span


@dataclass(frozen=True, slots=True)
class Directives:
    """What the comments of one file say; one contract for each kernel named, in the order of the file."""

    contracts: tuple[Contract, ...] = ()
    expectations: tuple[Expectation, ...] = ()


def parse_directives(text: str, file: str) -> Directives:
    """The directives of a Rust source text. Lines `//@ word:` of other tools are left alone.

    A line that names no kernel continues the kernel named last, or speaks of every kernel when none was
    named. Raises UsageError at what is not understood, and InputError when the text has no end of a comment.
    """
    reader = _Reader(text, file)
    for token in tokens(text, file):
        reader.read(token)
    return Directives(tuple(reader.contracts.values()), tuple(reader.expectations))


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.contracts: dict[str | None, Contract] = {}
        self.expectations: list[Expectation] = []
        self.kernel: str | None = None
        self.function_since = False
        self.before = ""

    def read(self, token: Token) -> None:
        if token.kind is TokenKind.LINE_COMMENT:
            self._comment(token)
        elif token.kind is TokenKind.WORD and self.before == "fn":
            self.function_since = True
        self.before = token.text

    def _comment(self, token: Token) -> None:
        head = _LINE.match(token.text)
        if head is None or head[1] not in {"cuq", "expect"}:
            return
        start = token.offset + head.end()
        span = span_of(self.text, start, token.offset + len(token.text), self.file)
        if not head[2]:
            raise UsageError(f"`:` is missing after `//@ {head[1]}`", span=span)
        fields = Fields(token.text[head.end() :], span)
        if head[1] == "expect":
            self._expect(fields)
        else:
            self._contract(fields)

    def _contract(self, fields: Fields) -> None:
        items = list(fields.items())
        if not items:
            raise UsageError("this directive says nothing", span=fields.span)
        names = [item.value for item in items if item.key == "kernel"]
        if len(names) > 1:
            raise UsageError("one directive speaks of one kernel", span=names[1].span)
        if names:
            self.kernel = names[0].word()
            self.function_since = False
        self._check_subject(fields.span)
        contract = self.contracts.get(self.kernel) or Contract(self.kernel, fields.span)
        for item in items:
            if item.key != "kernel":
                contract = apply(contract, item)
        self.contracts[self.kernel] = contract

    def _expect(self, fields: Fields) -> None:
        self._check_subject(fields.span)
        for value in fields.words():
            word = value.word()
            if word not in EXPECTATIONS:
                help = did_you_mean(word, EXPECTATIONS)
                raise UsageError(f"unknown expectation `{word}`", span=value.span, help=help)
            self.expectations.append(Expectation(self.kernel, word, value.span))

    def _check_subject(self, span: Span) -> None:
        """A line above one function must not silently speak of another."""
        if self.kernel is not None and self.function_since:
            raise UsageError(
                f"does this line continue what is said of `{self.kernel}`? A function stands in between",
                span=span,
                help="name the kernel: `//@ cuq: kernel=NAME …`",
            )


def parse_items(items: Iterable[tuple[str, str]]) -> Contract:
    """The contract that command-line flags state, as pairs like `("--block", "block=256")`.

    It speaks of every kernel. Spans name the flag instead of a file. Raises UsageError.
    """
    contract = Contract(None, Span.at("<flags>", 1))
    for flag, text in items:
        for item in Fields(text, Span.at(flag, 1)).items():
            contract = apply(contract, item)
    return contract

"""The condition at the end of a litmus test."""

from __future__ import annotations

import re

from cuq.ptx.litmus.source import Piece
from cuq.ptx.litmus.syntax import (
    Both,
    Compares,
    Condition,
    Either,
    Final,
    Not,
    Number,
    Quantifier,
    Quantity,
    RegisterOf,
)

_QUANTIFIER = re.compile(r"~\s*exists\b|\bexists\b|\bforall\b")
_TOKEN = re.compile(
    r"\s*(?:(?P<register>P?\d+\s*:\s*\w+)|(?P<number>-?(?:0x[0-9a-fA-F]+|\d+))|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<punct>/\\|\\/|==|!=|<=|>=|[=<>~()]))"
)
_RELATIONS = {"=": "eq", "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def find_quantifier(piece: Piece) -> tuple[Piece, Quantifier, Piece] | None:
    """What stands before the quantifier, the quantifier, and the condition after it."""
    match = _QUANTIFIER.search(str(piece))
    if match is None:
        return None
    word = "~exists" if match[0].startswith("~") else match[0]
    after = piece.part(match.end(), len(str(piece)))
    return piece.part(0, match.start()), Quantifier(word), after


def parse_condition(piece: Piece, threads: tuple[str, ...]) -> Condition:
    """Raises InputError at what is not understood."""
    reader = _Reader(piece, threads)
    found = reader.either()
    if reader.kind:
        reader.fail("expected the end of the condition")
    return found


def parse_quantity(piece: Piece, threads: tuple[str, ...]) -> Quantity:
    """An entry of `locations [...]`."""
    reader = _Reader(piece, threads)
    found = reader.quantity()
    if reader.kind:
        reader.fail("expected a register or a location")
    return found


class _Reader:
    """Recursive descent; `~` binds tighter than `/\\`, which binds tighter than `\\/`."""

    def __init__(self, piece: Piece, threads: tuple[str, ...]) -> None:
        self._piece, self._threads, self._at = piece, threads, 0
        self.kind, self._word, self._start = "", "", 0
        self._advance()

    def _advance(self) -> None:
        text = str(self._piece)
        match = _TOKEN.match(text, self._at)
        if match is None:
            rest = text[self._at :]
            self._start = self._at + len(rest) - len(rest.lstrip())
            if rest.strip():
                self.fail(f"cannot read the condition at `{rest.strip()[:12]}`")
            self.kind, self._word = "", "the end"
            return
        assert match.lastgroup is not None
        self.kind, self._word = match.lastgroup, match[match.lastgroup]
        self._start, self._at = match.start(match.lastgroup), match.end()

    def fail(self, message: str) -> None:
        self._piece.part(self._start, self._at).fail(message)

    def _take(self, *words: str) -> bool:
        if self._word in words and self.kind in ("punct", "word"):
            self._advance()
            return True
        return False

    def either(self) -> Condition:
        left = self._both()
        while self._take("\\/"):
            left = Either(left, self._both())
        return left

    def _both(self) -> Condition:
        left = self._not()
        while self._take("/\\"):
            left = Both(left, self._not())
        return left

    def _not(self) -> Condition:
        if self._take("~", "not"):
            return Not(self._not())
        if self._take("("):
            found = self.either()
            if not self._take(")"):
                self.fail(f"expected `)`, found `{self._word}`")
            return found
        left = self.quantity()
        relation = _RELATIONS.get(self._word)
        if relation is None:
            self.fail(f"expected a comparison, found `{self._word}`")
        self._advance()
        return Compares(str(relation), left, self.quantity())

    def quantity(self) -> Quantity:
        kind, word = self.kind, self._word
        found: Quantity
        if kind == "number":
            found = Number(int(word, 0))
        elif kind == "register":
            thread, _, name = (part.strip() for part in word.partition(":"))
            known = thread if thread.startswith("P") else f"P{thread}"
            if known not in self._threads:
                self.fail(f"there is no thread `{known}`")
            found = RegisterOf(self._threads.index(known), name)
        elif kind == "word":
            found = Final(word)
        else:
            self.fail(f"expected a register, a location or a number, found `{word}`")
            raise AssertionError
        self._advance()
        return found

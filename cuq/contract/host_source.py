"""The tokens of host code, and what can be said of names and numbers in it without knowing types."""

from __future__ import annotations

import re

from cuq.base.records import dataclass
from cuq.base.rust_lexer import Token, TokenKind
from cuq.base.token_groups import CLOSERS, group_end, parts

_NUMBER = re.compile(r"(\d[\d_]*)(?:[ui](?:8|16|32|64|128|size))?")


@dataclass(frozen=True, slots=True)
class HostSource:
    """A file as tokens, which are meant by their numbers; ranges of tokens leave the last one out."""

    stream: list[Token]

    def text(self, at: int) -> str:
        """The token's text; nothing for literals that are text, and outside."""
        if not 0 <= at < len(self.stream):
            return ""
        token = self.stream[at]
        return token.text if token.kind in (TokenKind.WORD, TokenKind.PUNCTUATION) else ""

    def run(self, at: int, text: str) -> bool:
        """Whether these characters stand here, one token each."""
        return all(self.text(at + i) == char for i, char in enumerate(text))

    def reads(self, at: int, *words: str) -> bool:
        return all(self.text(at + i) == word for i, word in enumerate(words))

    def parts(self, opener: int) -> list[tuple[int, int]]:
        """The parts between the commas of the group that opens here, as ranges of tokens."""
        return parts(self.stream, opener + 1, self.group_end(opener) - 1)

    def group_end(self, opener: int) -> int:
        return group_end(self.stream, opener)

    def words(self, start: int, end: int) -> tuple[str, ...]:
        """The tokens of an expression without the parentheses around it."""
        while self.text(start) == "(" and self.group_end(start) == end:
            start, end = start + 1, end - 1
        return tuple(self.text(at) for at in range(start, end))

    def behind_generics(self, at: int) -> int:
        """Behind `::<…>`, if that is here."""
        if self.text(at) != "::" or self.text(at + 1) != "<":
            return at
        depth = 0
        for position in range(at + 1, len(self.stream)):
            depth += {"<": 1, ">": -1}.get(self.text(position), 0)
            if depth == 0:
                return position + 1
        return at

    def number(self, start: int, end: int) -> int | None:
        """A positive number, or a constant that is one; `as u32` may follow."""
        if end - start == 3 and (self.text(start + 1), self.text(start + 2)) == ("as", "u32"):
            end = start + 1
        return self.value(start, end) or None

    def value(self, start: int, end: int) -> int | None:
        """A number, or a constant that is one."""
        if end - start != 1:
            return None
        known = self._constant(self.text(start))
        return _digits(self.text(start)) if known is None else _digits(known)

    def _constant(self, name: str) -> str | None:
        """The word that the one constant of this name in the file is set to; None if it may be another's."""
        uses = [at for at, token in enumerate(self.stream) if token.text == name]
        declared = [at for at in uses if self.text(at - 1) == "const"]
        if len(declared) != 1 or any(self.text(at - 1) == "::" or self._is_imported(at) for at in uses):
            return None
        (at,) = declared
        kind, equals, value, end = (self.text(at + i) for i in (2, 3, 4, 5))
        plain = kind in ("u32", "usize") and (self.text(at + 1), equals, end) == (":", "=", ";")
        return value if plain else None

    def _is_imported(self, at: int) -> bool:
        """Whether this stands in a `use`."""
        while at >= 0 and self.text(at) not in (";", "fn", "const", "static", "let"):
            if self.text(at) == "use":
                return True
            at -= 1
        return False

    def binding(self, name: str, site: int) -> tuple[int, int] | None:
        """What a variable is bound to, if the function around `site` binds it once and never again."""
        uses = self._uses(name, site)
        bound = [at for at in uses if self.text(at - 1) == "let"]
        # As a parameter, in a pattern, by an assignment or through `&mut`.
        others = [
            at
            for at in uses
            if self.text(at - 1) in ("mut", "for", "|", "ref")
            or (self.text(at + 1) in (":", "=", "|", ".") and at not in bound)
        ]
        if len(bound) != 1 or others or bound[0] > site:
            return None
        start = bound[0] + 1
        while start < site and self.text(start) not in ("=", ";"):
            start += 1
        end = start + 1
        while end < len(self.stream) and self.text(end) not in (";", "fn"):
            end = self.group_end(end) if self.text(end) in CLOSERS else end + 1
        return start + 1, end

    def is_fixed(self, name: str, site: int) -> bool:
        """Whether the function around `site` gives the name to one value only, by `let` or as a parameter."""
        uses = self._uses(name, site)
        bound = [at for at in uses if self.text(at - 1) == "let" or self.text(at + 1) == ":"]
        if len(bound) != 1 or any(self.text(at - 1) in ("mut", "for", "|", "ref") for at in uses):
            return False
        return not any(self._is_in_pattern(at) for at in uses if at not in bound)

    def _is_in_pattern(self, at: int) -> bool:
        """Whether what follows a name says that it may be bound there: `Some(n) =>`, `(a, n) =`, `a, n|`."""
        at += 1
        while self.text(at) in (")", ",") or (self.text(at) != "in" and self._is_word(at)):
            at += 1
        return self.text(at) in ("=>", "=", "|", "in")

    def _is_word(self, at: int) -> bool:
        return at < len(self.stream) and self.stream[at].kind is TokenKind.WORD

    def _uses(self, name: str, site: int) -> list[int]:
        """Where the function around `site` has the word."""
        first = max((at for at in range(site) if self.text(at) == "fn"), default=0)
        last = next((at for at in range(site, len(self.stream)) if self.text(at) == "fn"), len(self.stream))
        return [at for at in range(first, last) if self.text(at) == name]


def _digits(word: str) -> int | None:
    """The number that `64`, `1_024` or `8u32` is."""
    match = _NUMBER.fullmatch(word)
    return None if match is None else int(match[1].replace("_", ""))

"""The headers of impl blocks in rustc's HIR text: whose methods stand in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cuq.base.records import dataclass
from cuq.base.rust_lexer import Token, TokenKind
from cuq.base.token_groups import ANGLED, group_end

_NO_PATH = frozenset({"dyn", "impl", "fn", "extern", "unsafe", "for"})


@dataclass(frozen=True, slots=True)
class ImplHeader:
    """`impl Trait for Type`, both by the last words of their paths. trait: empty for an inherent impl. self_type: empty
    for one that is a parameter or no path."""

    trait: str
    self_type: str

    def may_be_for(self, head: str) -> bool:
        """Whether it may be about a type of this last word; empty: about any that has none."""
        return self.self_type in ("", head) or not head


def impl_header(tokens: Sequence[Token], parameters: Collection[str]) -> ImplHeader:
    """Of the tokens between the parameters of the impl and its body."""
    parts: list[list[Token]] = [[]]
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.text in ANGLED and token.kind is TokenKind.PUNCTUATION:
            position = group_end(tokens, position, ANGLED)
            # What stands in brackets at the start is no path; behind words it is their arguments.
            parts[-1] += [] if parts[-1] else [token]
            continue
        if token.text == "where":
            break
        if token.text == "for" and not _is_binder(tokens[position + 1 : position + 3]):
            parts.append([])
        else:
            parts[-1].append(token)
        position += 1
    trait = _last_word(parts[0], ()) if len(parts) > 1 else ""
    return ImplHeader(trait, _last_word(parts[-1], parameters))


def _is_binder(following: Sequence[Token]) -> bool:
    """Whether `for` binds lifetimes here: `for<'a> fn(&'a T)`."""
    texts = [token.text for token in following]
    return texts[:1] == ["<"] and (texts[1:] == [">"] or texts[-1].startswith("'"))


def _last_word(path: Sequence[Token], parameters: Collection[str]) -> str:
    """Of a path; empty for a parameter, and for what is no path."""
    words = [token.text for token in path if token.kind is TokenKind.WORD and token.text != "const"]
    is_path = all(token.kind is TokenKind.WORD or token.text in ("::", "!") for token in path)
    if not words or not is_path or words[0] in _NO_PATH or words[-1] in parameters:
        return ""
    return words[-1]

"""Struct and enum declarations in rustc's HIR text: what text MIR does not say about types."""

from __future__ import annotations

from collections.abc import Sequence

from cuq.base.records import dataclass
from cuq.base.rust_lexer import Token, TokenKind
from cuq.base.token_groups import ANGLED, group_end


@dataclass(frozen=True, slots=True)
class StructDecl:
    """A struct without generic parameters but lifetimes: the types of its fields as written, in order.

    c: `repr(C)`. plain: no attribute that changes its alignment.
    """

    path: str
    fields: tuple[str, ...]
    c: bool
    plain: bool = True


@dataclass(frozen=True, slots=True)
class EnumDecl:
    """An enum without generic parameters but lifetimes, whose discriminants are plain numbers: (variant, number).

    payloads: for each variant the types of its fields as written.
    """

    path: str
    variants: tuple[tuple[str, int], ...]
    payloads: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class UnionDecl:
    """A union, generic or not."""

    path: str


Declaration = StructDecl | EnumDecl | UnionDecl


def type_declaration(
    path: tuple[str, ...], item: Sequence[Token], attributes: Sequence[Sequence[Token]]
) -> Declaration | None:
    """The declaration that begins with the word `struct`, `enum` or `union` at `item[0]`, in the scope `path`.

    None when it is a generic struct or enum, or has discriminants beyond plain declarations.
    """
    keyword, name, opener = item[0].text, item[1].text, item[2].text
    full = "::".join((*path, name))
    reprs = {token.text for attribute in attributes for token in attribute if token.text.startswith("Repr")}
    if keyword == "union":
        return UnionDecl(full)
    if opener == "<" and (end := _lifetimes_end(item)) is not None:
        item = (*item[:2], *item[end:])
        opener = item[2].text
    if opener not in ("{", "(", ";"):
        return None
    inner = [] if opener == ";" else list(item[3 : group_end(item, 2, ANGLED) - 1])
    if keyword == "struct":
        plain = not reprs - {"Repr", "ReprC", "ReprTransparent"}
        return StructDecl(full, _types(inner, opener), "ReprC" in reprs, plain)
    variants: list[tuple[str, int]] = []
    payloads: list[tuple[str, ...]] = []
    number = -1
    for variant in _split(inner):
        value = _discriminant(variant, number + 1)
        if value is None:
            return None
        number = value
        variants.append((variant[0].text, number))
        opens = len(variant) > 1 and variant[1].text in ("(", "{")
        payloads.append(_types(variant[2:-1], variant[1].text) if opens else ())
    return EnumDecl(full, tuple(variants), tuple(payloads))


def _lifetimes_end(item: Sequence[Token]) -> int | None:
    """The position behind `<'a, 'b>` at `item[2]`; None if there are other parameters."""
    end = group_end(item, 2, ANGLED)
    inner = item[3 : end - 1]
    return (
        end if all(token.text.startswith("'") or token.text in (",", ":", "+") for token in inner) else None
    )


def _types(inner: Sequence[Token], opener: str) -> tuple[str, ...]:
    """The types of fields, between parentheses or, with names, between braces."""
    return tuple(_text(part if opener == "(" else part[2:]) for part in _split(inner))


def _discriminant(variant: Sequence[Token], implicit: int) -> int | None:
    equals = [i for i, token in enumerate(variant) if token.text == "="]
    if not equals or variant[1].text in ("{", "("):
        return implicit
    digits = _text(variant[equals[0] + 1 :]).replace(" ", "")
    try:
        return int(digits)
    except ValueError:
        return None


def _split(tokens: Sequence[Token]) -> list[list[Token]]:
    """The parts between commas, attributes left out."""
    parts: list[list[Token]] = [[]]
    position = 0
    while position < len(tokens):
        text = tokens[position].text
        if text == "#":
            position = group_end(tokens, position + 1, ANGLED)
        elif text in ANGLED and tokens[position].kind is TokenKind.PUNCTUATION:
            end = group_end(tokens, position, ANGLED)
            parts[-1] += tokens[position:end]
            position = end
        elif text == ",":
            parts.append([])
            position += 1
        else:
            parts[-1].append(tokens[position])
            position += 1
    return [part for part in parts if part]


def _text(tokens: Sequence[Token]) -> str:
    """A type on one line, spelled like types in MIR."""
    text = " ".join(token.text for token in tokens)
    for mark in ("[", "(", "&", "*", "::", "<"):
        text = text.replace(f"{mark} ", mark)
    for mark in ("]", ")", ";", ",", "::", ">", "<"):
        text = text.replace(f" {mark}", mark)
    return text

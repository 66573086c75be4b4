"""Relations between the arguments of a launch that a kernel asks for: cuda-oxide's `#[launch_contract(requires = (…))]`.

The host checks them before a launch, in numbers that do not wrap (cuda-oxide a105afd, crates/cuda-macros/src/lib.rs), so
they are conditions of a contract as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.base.rust_lexer import Token, code, span_of
from cuq.base.span import Span
from cuq.base.token_groups import CLOSERS, group_end, parts
from cuq.contract.contract import Contract, Requirement
from cuq.contract.parser import parse_condition

_ATTRIBUTE = "launch_contract"
_LENGTH = re.compile(r"\s*\.\s*len\s*\(\s*\)")
_NAME = re.compile(r"(?<![\w.])([A-Za-z_]\w*)(\.len)?")
_INTEGER = re.compile(r"u(?:8|16|32|64|size)")
_SLICE = re.compile(r"&(?:'\w+ )?(?:mut )?\[|cuda_device::(?:disjoint::)?DisjointSlice\b")


@dataclass(frozen=True, slots=True)
class Relation:
    """A condition that a kernel's attribute asks for, as a contract spells it."""

    kernel: str
    text: str
    span: Span


def relations(text: str, file: str, kernels: Collection[str]) -> tuple[Relation, ...]:
    """The relations of these kernels in a source file, in order. Raises InputError as the lexer does."""
    if _ATTRIBUTE not in text:
        return ()
    stream = code(text, file)
    found: list[Relation] = []
    for at, token in enumerate(stream):
        if token.text != _ATTRIBUTE or not _opens(stream, at + 1, "("):
            continue
        kernel = _function(stream, at)
        if kernel in kernels:
            for first, end in _required(stream, at + 1):
                span = span_of(text, stream[first].offset, _end(stream[end - 1]), file)
                words = " ".join(text[stream[first].offset : _end(stream[end - 1])].split())
                found.append(Relation(kernel, _LENGTH.sub(".len", words), span))
    return tuple(found)


def relations_contract(
    kernel: str, found: Iterable[Relation], params: Sequence[tuple[str, str]]
) -> Contract | None:
    """The relations that speak of a kernel's integer parameters and lengths; None if there are none.

    params: the kernel's, by name and type. A relation that is not understood is left out.
    """
    types = dict(params)
    requires = []
    for relation in found:
        if relation.kernel == kernel and all(
            (_SLICE.match if length else _INTEGER.fullmatch)(types.get(name, "")) is not None
            for name, length in _NAME.findall(relation.text)
        ):
            try:
                requires.append(Requirement(parse_condition(relation.text, relation.span), relation.span))
            except UsageError:
                continue
    return Contract(None, requires[0].span, requires=tuple(requires)) if requires else None


def _opens(stream: Sequence[Token], at: int, opener: str) -> bool:
    return at < len(stream) and stream[at].text == opener


def _function(stream: Sequence[Token], at: int) -> str:
    """The function that an attribute stands before, other attributes left out."""
    while at < len(stream) and stream[at].text not in ("fn", ";", "}"):
        at = group_end(stream, at) if stream[at].text in CLOSERS else at + 1
    return stream[at + 1].text if at + 1 < len(stream) and stream[at].text == "fn" else ""


def _required(stream: Sequence[Token], opener: int) -> Iterator[tuple[int, int]]:
    """The relations in the attribute whose arguments open here, as ranges of tokens."""
    for first, end in _arguments(stream, opener):
        named = [token.text for token in stream[first : first + 3]]
        if named == ["requires", "=", "("] and group_end(stream, first + 2) == end:
            yield from _arguments(stream, first + 2)


def _arguments(stream: Sequence[Token], opener: int) -> list[tuple[int, int]]:
    return parts(stream, opener + 1, group_end(stream, opener) - 1)


def _end(token: Token) -> int:
    return token.offset + len(token.text)

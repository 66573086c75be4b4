"""What text MIR does not say, read from rustc's `-Zunpretty=hir`: ABIs, symbols, sections of statics.

The text is Rust after name resolution, with attributes in the form `#[attr = LinkSection {name: "…"}]`.
Items are found by their tokens, with a stack of the scopes they stand in, so that paths are spelled as in
MIR (`module::function::STATIC`). Two spellings differ and are normalised on both sides: closures and
constants between the names (`f::{closure#0}::S`), and impl blocks (`<impl at FILE:L:C: L:C>::f` for
functions, `Type::f::S` for statics).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import field

from cuq.base.errors import InputError, Unsupported
from cuq.base.kernel_name import is_oxide_kernel
from cuq.base.records import dataclass
from cuq.base.rust_lexer import Token, TokenKind, code, span_of
from cuq.base.span import Span
from cuq.toolchain.hir_facts import IMPL, HirFacts, KernelDecl, StaticDecl
from cuq.toolchain.hir_impls import ImplHeader, impl_header
from cuq.toolchain.hir_types import Declaration, EnumDecl, StructDecl, UnionDecl, type_declaration

KERNEL_ABIS = frozenset({"ptx-kernel", "gpu-kernel"})

_OXIDE_ABI = "cuda-oxide"
_RUST_CUDA_ABI = "rust-cuda"

_SHARED_SECTION = ".shared"
_SHARED_ADDRESS_SPACE = 3
_CLOSERS = {"{": "}", "(": ")", "[": "]"}


def parse_hir(text: str) -> HirFacts:
    """The facts in the output of `-Zunpretty=hir`. Raises InputError where the text does not parse."""
    stream = code(text, "<hir>")
    scanner = _Scanner(text, stream)
    scanner.scan()
    twice = [path for path, count in Counter(k.path for k in scanner.kernels).items() if count > 1]
    if twice:
        raise Unsupported(f"two kernels that MIR does not tell apart: {twice[0]}")
    structs = tuple(decl for decl in scanner.types if isinstance(decl, StructDecl))
    enums = tuple(decl for decl in scanner.types if isinstance(decl, EnumDecl))
    unions = frozenset(decl.path for decl in scanner.types if isinstance(decl, UnionDecl))
    return HirFacts(
        tuple(scanner.kernels),
        tuple(scanner.statics),
        structs,
        enums,
        frozenset(
            scanner.parameters | {path.rpartition("::")[2] for path in scanner.functions & scanner.modules}
        ),
        unions,
        scanner.generics,
        {name: frozenset(headers) for name, headers in scanner.methods.items()},
        frozenset(scanner.traits),
        frozenset(path for path in scanner.modules if "::" not in path),
    )


@dataclass(frozen=True, slots=True)
class _Scope:
    """An open bracket or initialiser: the token that ends it, and the path of what stands in it; for an impl its
    header."""

    closer: str
    path: tuple[str, ...]
    header: ImplHeader | None = None


@dataclass(slots=True)
class _Scanner:
    text: str
    stream: list[Token]
    position: int = 0
    kernels: list[KernelDecl] = field(default_factory=list)
    statics: list[StaticDecl] = field(default_factory=list)
    types: list[Declaration] = field(default_factory=list)
    parameters: set[str] = field(default_factory=set)
    generics: dict[str, dict[str, str]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    traits: set[str] = field(default_factory=set)
    methods: dict[str, set[ImplHeader]] = field(default_factory=dict)
    scopes: list[_Scope] = field(default_factory=lambda: [_Scope("", ())])
    attributes: list[list[Token]] = field(default_factory=list)
    abi: str = "Rust"

    @property
    def path(self) -> tuple[str, ...]:
        return self.scopes[-1].path

    def scan(self) -> None:
        while self.position < len(self.stream):
            self._step()
        if len(self.scopes) > 1:
            raise self._error("the text ends inside a block")

    def _step(self) -> None:
        token = self.stream[self.position]
        match token.text if token.kind in (TokenKind.WORD, TokenKind.PUNCTUATION) else "":
            case "#" if self._peek(1) == "[" or (self._peek(1), self._peek(2)) == ("!", "["):
                self._attribute()
                return
            case "extern" if self._kind(1) is TokenKind.STRING:
                self.abi = self.stream[self.position + 1].text.strip('"')
                self.position += 2
                return
            case "unsafe" | "async" | "pub" | "safe":
                self.position += 1
                return
            case "const" if self._peek(1) in {"fn", "unsafe", "async", "extern"}:
                self.position += 1
                return
            case "fn" if self._kind(1) is TokenKind.WORD:
                self._function()
            case "mod" | "trait" as keyword if self._kind(1) is TokenKind.WORD:
                name = self.stream[self.position + 1].text
                (self.modules if keyword == "mod" else self.traits).add("::".join((*self.path, name)))
                self._open_body(name)
            case "impl":
                self._open_body(IMPL)
            case "static" if self._static_name() is not None:
                self._static()
            case "const" if self._peek(2) == ":" and self._before() not in {"<", ",", "*"}:
                self._open_initialiser(self.stream[self.position + 1].text, self.position + 3)
            case "struct" | "enum" | "union" | "type" as keyword if self._kind(1) is TokenKind.WORD:
                if keyword != "type":
                    found = type_declaration(self.path, self.stream[self.position :], self.attributes)
                    self.types += [] if found is None else [found]
                self._header_end(self.position + 2)
            case "macro_rules" | "macro" if self._peek(1) == "!" or self._kind(1) is TokenKind.WORD:
                while self._peek(0) not in {*_CLOSERS, ""}:
                    self.position += 1
                self.position = self._group_end(self.position)
            case "{" | "(" | "[" as opener:
                self.scopes.append(_Scope(_CLOSERS[opener], self.path))
                self.position += 1
            case "}" | ")" | "]" | ";" as closer:
                self._close(closer)
            case _:
                self.position += 1
        self.attributes = []
        self.abi = "Rust"

    def _close(self, closer: str) -> None:
        if self.scopes[-1].closer == closer:
            self.scopes.pop()
        elif closer != ";":
            raise self._error(f"unexpected `{closer}`")
        self.position += 1

    def _attribute(self) -> None:
        start = self.position + (1 if self._peek(1) == "[" else 2)
        self.position = self._group_end(start)
        self.attributes.append(self.stream[start + 1 : self.position - 1])

    def _function(self) -> None:
        name = self.stream[self.position + 1].text
        self.functions.add("::".join((*self.path, name)))
        if (header := self.scopes[-1].header) is not None:
            self.methods.setdefault(name, set()).add(header)
        start = self.position + 2
        generics: tuple[str, ...] = ()
        if self._text(start) == "<":
            end = self._angle_end(start)
            declared = self._generics(start, end)
            generics = tuple(declared)
            if declared:
                self.generics["::".join((*self.path, name))] = declared
            start = end
        if self._text(start) != "(":
            raise self._error(f"no parameters after `fn {name}`")
        end = self._group_end(start)
        self._header_end(end)
        if self._peek(0) == "{":
            if is_oxide_kernel(name):
                self.abi = _OXIDE_ABI
            elif any(
                [token.text for token in a[:3]] == ["nvvm_internal", "::", "kernel"] for a in self.attributes
            ):
                self.abi = _RUST_CUDA_ABI
            if self.abi in (*KERNEL_ABIS, _OXIDE_ABI, _RUST_CUDA_ABI):
                path = "::".join((*self.path, name))
                parameters = self._parameters(start + 1, end - 1)
                body = self._body() if generics and self.abi == _OXIDE_ABI else ""
                symbol = self._symbol(name)
                self.kernels.append(KernelDecl(path, self.abi, symbol, parameters, generics, body))
            self.scopes.append(_Scope("}", (*self.path, name)))
            self.position += 1

    def _body(self) -> str:
        """The text between the braces that begin here."""
        end = self.stream[self._group_end(self.position) - 1]
        return self.text[self.stream[self.position].offset + 1 : end.offset]

    def _generics(self, start: int, end: int) -> dict[str, str]:
        """The type and const parameters in the angle brackets between these tokens; of the latter the types."""
        names: dict[str, str] = {}
        position = start
        while position < end - 1:
            position += 1
            is_const = self._text(position) == "const"
            if is_const:
                position += 1
            if self._kind_at(position) is TokenKind.WORD:
                names[self._text(position)] = self._text(position + 2) if is_const else ""
            while position < end and self._text(position) not in (",", ">"):
                position = self._unit_end(position)
        self.parameters.update(names)
        return names

    def _parameters(self, start: int, end: int) -> tuple[str | None, ...]:
        """Names, from the tokens between the parentheses: `name : Type`, `mut name : Type`, or a pattern."""
        names: list[str | None] = []
        while start < end:
            if self._text(start) == "#":
                start = self._group_end(start + 1)
                continue
            if self._text(start) == "mut":
                start += 1
            simple = self._text(start + 1) == ":" and self._text(start) != "_"
            names.append(self._text(start) if simple else None)
            while start < end and self._text(start) != ",":
                start = self._unit_end(start)
            start += 1
        return tuple(names)

    def _static_name(self) -> int | None:
        """Where the name is, when this is the item and not a coroutine's `static ||`."""
        at = self.position + (2 if self._peek(1) == "mut" else 1)
        return at if self._text(at + 1) == ":" else None

    def _static(self) -> None:
        at = self._static_name()
        assert at is not None
        name = self._text(at)
        path = "::".join((*self.path, name))
        shared = any(_is_shared(attribute) for attribute in self.attributes)
        self.statics.append(StaticDecl(path, self._peek(1) == "mut", shared))
        self._open_initialiser(name, at + 2)

    def _symbol(self, name: str) -> str | None:
        for attribute in self.attributes:
            words = {token.text for token in attribute if token.kind is TokenKind.WORD}
            if words & {"NoMangle", "no_mangle"}:
                return name
            if words & {"ExportName", "export_name"}:
                return next(t.text.strip('"') for t in attribute if t.kind is TokenKind.STRING)
        return None

    def _open_body(self, name: str) -> None:
        """Enter the braces of an item whose header starts here; an item without them has no body."""
        start = self.position + (1 if name == IMPL else 2)
        generics: dict[str, str] = {}
        if self._text(start) == "<":
            end = self._angle_end(start)
            generics = self._generics(start, end)
            start = end
        self._header_end(self.position + 1)
        header = impl_header(self.stream[start : self.position], generics) if name == IMPL else None
        if self._peek(0) == "{":
            self.scopes.append(_Scope("}", (*self.path, name), header))
            self.position += 1

    def _open_initialiser(self, name: str, start: int) -> None:
        """Enter `: Type = expression;`, where items of the expression are below the constant's name."""
        self.scopes.append(_Scope(";", (*self.path, name)))
        self.position = start

    def _header_end(self, start: int) -> None:
        """Move to the `{`, `;`, or `=` that ends an item's header, past generics and where clauses."""
        while start < len(self.stream) and self._text(start) not in {"{", ";", "="}:
            start = self._unit_end(start)
        self.position = start

    def _unit_end(self, start: int) -> int:
        """The end of the token, or of the bracketed group, that starts here (in a type)."""
        match self._text(start):
            case "(" | "[" | "{":
                return self._group_end(start)
            case "<":
                return self._angle_end(start)
            case _:
                return start + 1

    def _angle_end(self, start: int) -> int:
        position = start + 1
        while position < len(self.stream):
            if self._text(position) == ">":
                return position + 1
            position = self._unit_end(position)
        raise self._error("`<` without `>`")

    def _group_end(self, start: int) -> int:
        closers: list[str] = []
        for position in range(start, len(self.stream)):
            text = self._text(position)
            if text in _CLOSERS:
                closers.append(_CLOSERS[text])
            elif closers and text == closers[-1]:
                closers.pop()
                if not closers:
                    return position + 1
        raise self._error(f"`{self._text(start)}` is never closed")

    def _text(self, position: int) -> str:
        """The token's text; nothing for literals, which are never syntax, and at the end."""
        if position >= len(self.stream):
            return ""
        token = self.stream[position]
        return token.text if token.kind in (TokenKind.WORD, TokenKind.PUNCTUATION) else ""

    def _peek(self, distance: int) -> str:
        return self._text(self.position + distance)

    def _before(self) -> str:
        return self._text(self.position - 1) if self.position else ""

    def _kind(self, distance: int) -> TokenKind | None:
        return self._kind_at(self.position + distance)

    def _kind_at(self, at: int) -> TokenKind | None:
        return self.stream[at].kind if at < len(self.stream) else None

    def _error(self, message: str) -> InputError:
        return InputError(f"cannot read rustc's HIR: {message}", span=self._span())

    def _span(self) -> Span:
        token = self.stream[min(self.position, len(self.stream) - 1)]
        return span_of(self.text, token.offset, token.offset + len(token.text), "<hir>")


def _is_shared(attribute: list[Token]) -> bool:
    """`attr = LinkSection {name: ".shared"}`, `link_section = ".shared"`, `…::addrspace(3i32)`."""
    words = [token.text for token in attribute if token.kind is TokenKind.WORD]
    if {"LinkSection", "link_section"} & set(words):
        return any(t.text == f'"{_SHARED_SECTION}"' for t in attribute if t.kind is TokenKind.STRING)
    if "addrspace" in words:
        numbers = [re.match(r"\d+", token.text) for token in attribute]
        return [int(number[0]) for number in numbers if number] == [_SHARED_ADDRESS_SPACE]
    return False

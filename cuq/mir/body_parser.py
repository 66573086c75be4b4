"""Reads the text of one body: declarations and scopes, then blocks, line by line."""

from __future__ import annotations

import re
from collections import deque
from typing import TypeVar

from cuq.base.errors import InputError
from cuq.base.span import Span
from cuq.mir.actions.headers import Header, RawDebug
from cuq.mir.body import BasicBlock, Body, BodyKind, DebugVar, Inlined, LocalDecl, Scope, place_ty
from cuq.mir.consts import Constant, ConstDetail
from cuq.mir.details import attach
from cuq.mir.items import Item
from cuq.mir.lines import ASM_START, interpret, parse_asm
from cuq.mir.parser import parse_span, parse_symbol, parse_type
from cuq.mir.terminators import Return, Terminator, TerminatorKind
from cuq.mir.tree import Assign, Place, SourceInfo, Statement, StatementKind, Use
from cuq.mir.types import Ty
from cuq.mir.walk import locals_of, successors

T = TypeVar("T")

_COMMENT = re.compile(
    r"(?:return place )?(?:in )?scope (\d+) at (\S.*:\d+:\d+: \d+:\d+(?: \(#\d+\))?|no-location)"
)
_LET = re.compile(r"let (mut )?_(\d+): (.*);")
_SCOPE = re.compile(r"scope (\d+)(?: \(inlined (#\[track_caller\] )?(.*)\))? \{(?: +// at (.*))?")
_BLOCK = re.compile(r"    bb(\d+)( \(cleanup\))?: \{")
_CONST = re.compile(r"\+ const_: Const \{ ty: (.*?), val: (.*) \}")
_COMMENT_INDENT = " " * 41 + "// "
_ASM_END = re.compile(r"options\([^()]*(?:\([^()]*\))?\)\)(?: -> .*)?; *(?://.*)?$")


def parse_body(item: Item) -> Body:
    """The tree of an item that is not an allocation. Raises `InputError` at the line that is unknown."""
    return _Reader(item).body()


class _Reader:
    def __init__(self, item: Item) -> None:
        self._item = item
        self._lines = item.text.split("\n")
        self._at = 0
        self._locals: dict[int, LocalDecl] = {}
        self._debug: list[DebugVar] = []
        self._scopes: dict[int, Scope] = {0: Scope(0, None)}
        self._blocks: list[BasicBlock] = []

    # ------------------------------------------------------------------------------------- the body

    def body(self) -> Body:
        try:
            header, yield_ty = self._header()
            for local, ty in [(0, header.result), *header.params]:
                self._locals[local] = LocalDecl(local, ty)
            if header.value is None:
                self._declarations()
                while self._lines[self._at : self._at + 1] != ["}"]:
                    self._block()
                self._next("}")
                self._check_targets()
            else:
                self._blocks.append(_constant_block(header.value))
            if self._at < len(self._lines):
                self._next()
                raise ValueError("text after the body")
            return Body(
                kind=BodyKind(header.kind),
                name=self._item.name,
                arg_count=len(header.params),
                locals=_in_order(self._locals, "local"),
                debug_vars=tuple(self._debug),
                scopes=_in_order(self._scopes, "scope"),
                blocks=tuple(self._blocks),
                yield_ty=yield_ty,
                trivial=header.value is not None,
                path=self._item.path,
                line=self._item.line,
            )
        except ValueError as error:
            raise self._fault(error) from error

    def _header(self) -> tuple[Header, Ty | None]:
        """The lines up to the opening brace; a coroutine tells what it yields on a line of its own."""
        line = self._next()
        yields: Ty | None = None
        if not line.endswith(("{", ";")):
            yields = parse_type(self._next().removeprefix("yields "))
            self._next(" {")
        header: Header = parse_symbol("header", line.removesuffix("{").removesuffix(";"))
        return header, yields

    def _declarations(self) -> None:
        """Debug variables, locals and the tree of scopes, up to the empty line before the blocks."""
        open_scopes = [0]
        while (text := self._next().strip()) != "" or len(open_scopes) > 1:
            code, source = self._split(text, open_scopes[-1])
            if code == "}":
                open_scopes.pop()
                if not open_scopes:
                    raise ValueError("a `}` too many")
            elif code.startswith("debug "):
                self._debug.append(_debug_var(code, source))
            elif let := _LET.fullmatch(code):
                local = int(let[2])
                self._locals[local] = LocalDecl(local, parse_type(let[3]), let[1] is not None, source)
            elif scope := _SCOPE.fullmatch(text):
                number, call_site = int(scope[1]), scope[4]
                span = parse_span(call_site) if call_site else None
                inlined = Inlined(scope[3], span, scope[2] is not None) if scope[3] else None
                self._scopes[number] = Scope(number, open_scopes[-1], inlined)
                open_scopes.append(number)
            elif not code.startswith("coverage "):
                raise ValueError("not a declaration")

    # -------------------------------------------------------------------------------------- blocks

    def _block(self) -> None:
        match = _BLOCK.fullmatch(self._next())
        if match is None or int(match[1]) != len(self._blocks):
            raise ValueError(f"expected block bb{len(self._blocks)}")
        statements: list[Statement] = []
        terminator: Terminator | None = None
        while (line := self._next()) != "    }":
            if line.startswith("        // DBG: "):
                continue
            if terminator is not None:
                raise ValueError("a line after the end of the block")
            kind, source = self._line(line.strip())
            if isinstance(kind, TerminatorKind):
                terminator = Terminator(kind, source)
            else:
                statements.append(Statement(kind, source))
        if terminator is None:
            raise ValueError("a block without an end")
        self._blocks.append(BasicBlock(int(match[1]), tuple(statements), terminator, match[2] is not None))
        if self._at < len(self._lines) and not self._lines[self._at]:
            self._at += 1

    def _check_targets(self) -> None:
        for block in self._blocks:
            for target in successors(block.terminator.kind):
                if target >= len(self._blocks):
                    raise ValueError(f"bb{block.id} goes to bb{target}, which is not there")

    def _line(self, text: str) -> tuple[StatementKind | TerminatorKind, SourceInfo]:
        first = self._at
        if text.startswith(ASM_START):
            while not _ASM_END.search(text):
                text += "\n" + self._next()
        code, source = self._split(text)
        details = self._details()
        self._at, after = first, self._at
        if not code.endswith(";"):
            raise ValueError("no `;`")
        kind: StatementKind | TerminatorKind
        if code.startswith(ASM_START):
            kind = parse_asm(code[:-1], parse_symbol)
        else:
            kind = interpret(parse_symbol("line", code[:-1]), self._place_ty)
        if details:
            kind = attach(kind, details)
            if details:
                raise ValueError(f"no constant for the comment {details[0].val}")
        for local in locals_of(kind):
            if local not in self._locals:
                raise ValueError(f"no local _{local}")
        self._at = after
        return kind, source

    def _details(self) -> deque[ConstDetail]:
        """The comment lines below a statement: those about constants, in order."""
        details: deque[ConstDetail] = deque()
        span: Span | None = None
        while self._at < len(self._lines) and self._lines[self._at].startswith(_COMMENT_INDENT):
            text = self._lines[self._at][len(_COMMENT_INDENT) :]
            if text.startswith("+ span: "):
                span = parse_span(text.removeprefix("+ span: "))
            elif const := _CONST.fullmatch(text):
                details.append(ConstDetail(span, parse_type(const[1]), const[2]))
            self._at += 1
        return details

    # --------------------------------------------------------------------------------------- helpers

    def _next(self, expected: str | None = None) -> str:
        if self._at >= len(self._lines):
            raise ValueError("the text ends inside of a body")
        line = self._lines[self._at]
        self._at += 1
        if expected is not None and line != expected:
            raise ValueError(f"expected `{expected.strip()}`")
        return line

    def _split(self, text: str, scope: int = 0) -> tuple[str, SourceInfo]:
        """The code of a line, and the source in the comment behind it; without one, `scope`."""
        code, slashes, comment = text.rpartition("// ")
        match = _COMMENT.fullmatch(comment) if slashes else None
        # what looks like a comment may be the end of a string
        if match is None or not code.rstrip().endswith(";"):
            return text, SourceInfo(None, scope)
        scope = int(match[1])
        if scope not in self._scopes:
            raise ValueError(f"no scope {scope}")
        return code.rstrip(), SourceInfo(parse_span(match[2]), scope)

    def _place_ty(self, place: Place) -> Ty | None:
        return place_ty(self._locals, place) if place.local in self._locals else None

    def _fault(self, error: ValueError) -> InputError:
        number = min(self._at, len(self._lines))
        line = self._lines[number - 1].strip()
        shown = line if len(line) <= 200 else line[:197] + "..."
        return InputError(
            f"cannot read this MIR ({error}): {shown}",
            span=Span.at(self._item.path, self._item.line + number - 1),
            help="cuq reads the MIR of rustc 1.96; report this line if that is what printed it",
        )


def _in_order(items: dict[int, T], what: str) -> tuple[T, ...]:
    """The values of a table whose keys must be 0, 1, 2, …"""
    missing = next((number for number in range(len(items)) if number not in items), None)
    if missing is not None:
        raise ValueError(f"no {what} {missing}")
    return tuple(items[number] for number in range(len(items)))


def _debug_var(code: str, source: SourceInfo) -> DebugVar:
    raw: RawDebug = parse_symbol("debug", code.removeprefix("debug ").removesuffix(";"))
    fragment = None if raw.fragment is None else (raw.fragment.whole, raw.fragment.projections)
    match raw.value:
        case Place() | Constant() as value:
            return DebugVar(raw.name, value, source, fragment)
        case _:
            raise ValueError("not a place or constant")


def _constant_block(value: Constant) -> BasicBlock:
    """What `const N: T = const 4_u32;` computes."""
    nowhere = SourceInfo(None, 0)
    return BasicBlock(0, (Statement(Assign(Place(0), Use(value)), nowhere),), Terminator(Return(), nowhere))

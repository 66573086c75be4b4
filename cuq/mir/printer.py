"""Prints bodies as rustc does (`mir/pretty.rs`): reading what is printed gives the same tree."""

from __future__ import annotations

from collections.abc import Iterator

from cuq.base.span import Span
from cuq.mir.body import BasicBlock, Body, BodyKind, DebugVar, Scope
from cuq.mir.details import details_of
from cuq.mir.terminators import Terminator
from cuq.mir.tree import SourceInfo, Statement, project

# the column at which comments start
_ALIGN = 40


def print_body(body: Body, *, comments: bool = True) -> str:
    """The text of a body, without a newline at its end. `comments`: with the source of each line and
    the types of constants, as `-Zmir-include-spans` prints them; without, these are lost."""
    return "\n".join(_Printer(body, comments).lines())


class _Printer:
    def __init__(self, body: Body, comments: bool) -> None:
        self._body = body
        self._comments = comments
        self._children: dict[int, list[Scope]] = {}
        for scope in body.scopes:
            if scope.parent is not None:
                self._children.setdefault(scope.parent, []).append(scope)

    def lines(self) -> Iterator[str]:
        body = self._body
        if body.trivial:
            yield f"const {body.name}: {body.return_ty} = {self._trivial_value()};"
            return
        yield from self._header()
        yield from self._scope(0, depth=1)
        yield ""
        for number, block in enumerate(body.blocks):
            if number:
                yield ""
            yield from self._block(block)
        yield "}"

    def _trivial_value(self) -> str:
        (statement,) = self._body.blocks[0].statements
        return str(statement).removeprefix("_0 = ")

    def _header(self) -> Iterator[str]:
        body = self._body
        if body.kind is BodyKind.FN:
            params = ", ".join(f"_{arg.local}: {arg.ty}" for arg in body.args)
            line = f"fn {body.name}({params}) -> {body.return_ty}"
        else:
            word = "const" if body.kind is BodyKind.PROMOTED else body.kind.value
            line = f"{word} {body.name}: {body.return_ty} =".lstrip()
        if body.yield_ty is None:
            yield f"{line} {{"
        else:
            yield line
            yield f"yields {body.yield_ty}"
            yield " {"

    def _scope(self, scope: int, depth: int) -> Iterator[str]:
        indent = "    " * depth
        for var in self._body.debug_vars:
            if var.source.scope == scope:
                yield self._located(f"{indent}debug {_variable(var)} => {var.value};", "in ", var.source)
        for decl in self._body.locals:
            if decl.source is not None and decl.source.scope == scope:
                where = "in " if decl.local else "return place in "
                code = f"{indent}let {'mut ' if decl.mutable else ''}_{decl.local}: {decl.ty};"
                yield self._located(code, where, decl.source)
        for child in self._children.get(scope, ()):
            yield self._scope_header(child, indent)
            yield from self._scope(child.id, depth + 1)
            yield f"{indent}}}"

    def _scope_header(self, scope: Scope, indent: str) -> str:
        if scope.inlined is None:
            return f"{indent}scope {scope.id} {{"
        tracked = "#[track_caller] " if scope.inlined.track_caller else ""
        header = f"{indent}scope {scope.id} (inlined {tracked}{scope.inlined.callee}) {{"
        if not self._comments:
            return header
        return f"{header:{_ALIGN}} // at {_span(scope.inlined.call_site)}"

    def _block(self, block: BasicBlock) -> Iterator[str]:
        yield f"    bb{block.id}{' (cleanup)' if block.cleanup else ''}: {{"
        for statement in block.statements:
            yield from self._statement(statement)
        yield from self._statement(block.terminator)
        yield "    }"

    def _statement(self, statement: Statement | Terminator) -> Iterator[str]:
        yield self._located(f"        {statement};", "", statement.source)
        if self._comments:
            for detail in details_of(statement.kind):
                yield self._comment("mir::ConstOperand")
                yield self._comment(f"+ span: {_span(detail.span)}")
                yield self._comment(f"+ const_: Const {{ ty: {detail.ty}, val: {detail.val} }}")

    def _comment(self, text: str) -> str:
        return f"{'':{_ALIGN}} // {text}"

    def _located(self, code: str, where: str, source: SourceInfo) -> str:
        if not self._comments:
            return code
        return f"{code:{_ALIGN}} // {where}scope {source.scope} at {_span(source.span)}"


def _variable(var: DebugVar) -> str:
    if var.fragment is None:
        return var.name
    whole, projections = var.fragment
    text = f"({var.name}: {whole})"
    for projection in projections:
        text = project(text, projection)
    return text


def _span(span: Span | None) -> str:
    if span is None:
        return "no-location"
    return f"{span.file}:{span.line}:{span.column}: {span.end_line}:{span.end_column}"

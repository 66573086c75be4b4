"""From the text of a PTX module to its functions and variables (PTX ISA, "Directives")."""

from __future__ import annotations

from dataclasses import replace

from cuq.ptx.instructions.lexer import tokens
from cuq.ptx.instructions.parser import SPACES, StatementParser
from cuq.ptx.instructions.tree import Close, Declaration, Open, Statement
from cuq.ptx.module.tree import Function, Module

_LINKING = frozenset({"extern", "visible", "weak", "common"})


def parse_module(text: str, file: str) -> Module:
    """Raises InputError at the first thing that is not PTX."""
    return _ModuleParser(tuple(tokens(text, file, False))).module()


class _ModuleParser(StatementParser):
    def module(self) -> Module:
        version = target = ""
        variables: list[Declaration] = []
        functions: list[Function] = []
        while self.here.kind != "end":
            if self.here.kind != "dot":
                raise self.error("a directive")
            span = self.here.span
            linking = []
            while self.here.kind == "dot" and self.here.text in _LINKING:
                linking.append(self.take().text)
            word = self.take().text
            if word == "version":
                version = self._rest_of_line()
            elif word == "target":
                target = self._rest_of_line()
            elif word in ("entry", "func"):
                functions.append(replace(self._function(word == "entry"), span=span))
            elif word in SPACES:
                variables += self._variables(word, "extern" in linking)
            elif word == "section":
                self._block()
            else:
                self._rest_of_line()
                self.accept(";")
        return Module(version, target, tuple(variables), tuple(functions))

    def _rest_of_line(self) -> str:
        """The words up to the end of the line, as the module's own directives have no other end."""
        line, words = self.stream[self.at - 1].span.line, []
        while self.here.kind != "end" and self.here.span.line == line and not self.is_punct(";"):
            words.append(self.take().text)
        return " ".join(words).replace(" . ", ".").replace(" .", ".")

    def _function(self, entry: bool) -> Function:
        if self.is_punct("("):
            self._parameters()
        name = self.take()
        params = self._parameters() if self.is_punct("(") else ()
        # Performance directives: .maxntid 256, 1, 1, .noreturn, …
        while not (self.is_punct("{") or self.is_punct(";")):
            self.take()
        if self.accept(";"):
            return Function(name.text, entry, params, None, name.span)
        return Function(name.text, entry, params, self._block(), name.span)

    def _block(self) -> tuple[Statement, ...]:
        """What stands between braces; inner blocks stay in it."""
        self.expect("{")
        found: list[Statement] = []
        depth = 0
        while True:
            if self.accept(";"):
                continue
            for statement in self.statement():
                match statement:
                    case Open():
                        depth += 1
                    case Close() if depth == 0:
                        return tuple(found)
                    case Close():
                        depth -= 1
                    case _:
                        pass
                found.append(statement)

    def _parameters(self) -> tuple[str, ...]:
        """Names in `(.param .u64 .ptr .align 4 a, .param .align 8 .b8 b[16])`."""
        self.expect("(")
        names: list[str] = []
        while not self.accept(")"):
            token = self.take()
            if token.kind == "name":
                names.append(token.text)
        return tuple(names)

    def _variables(self, space: str, external: bool) -> list[Declaration]:
        """Module variables; initial values are skipped."""
        start = self.at
        depth = 0
        end = start
        while depth or not (self.stream[end].kind == "punct" and self.stream[end].text in ";="):
            if self.stream[end].kind == "end":
                break
            end += 1
        if self.stream[end].text == "=":
            after = end
            while self.stream[after].kind != "end" and self.stream[after].text != ";":
                after += 1
            self.stream = (*self.stream[:end], *self.stream[after:])
        self.at = start
        return [item for item in self.declarations(space, external) if isinstance(item, Declaration)]

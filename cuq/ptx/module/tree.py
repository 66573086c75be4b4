"""Syntax of PTX modules (PTX ISA, "Directives")."""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ptx.instructions.tree import Declaration, Statement


@dataclass(frozen=True, slots=True)
class Function:
    """`.entry` or `.func`. params: names of its parameters, in order. body: None for a declaration."""

    name: str
    entry: bool
    params: tuple[str, ...]
    body: tuple[Statement, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Module:
    """A PTX file. version: of the PTX language; target: `sm_70`."""

    version: str
    target: str
    variables: tuple[Declaration, ...]
    functions: tuple[Function, ...]

    def function(self, name: str) -> Function | None:
        """The definition of a function, or its declaration where there is none."""
        named = [function for function in self.functions if function.name == name]
        return next((f for f in named if f.body is not None), named[0] if named else None)

"""Regions while they are written: their statements so far, and the variables bound in them.

A term is bound in the outermost region in which its symbols have values, so that what a loop does not
change has one variable before the loop.
"""

from __future__ import annotations

from dataclasses import field

from cuq.analysis.expr import Atom, Poly, Sym
from cuq.base.errors import Unsupported
from cuq.base.records import dataclass


@dataclass(slots=True)
class Region:
    """`loop` is None for the kernel's body. `bound`: the variable that holds a term, by the term's key."""

    loop: int | None
    statements: list[str] = field(default_factory=list)
    bound: dict[str, int] = field(default_factory=dict)


class Scopes:
    """The stack of open regions, and the numbers of variables."""

    def __init__(self) -> None:
        self.stack = [Region(None)]
        self.names: dict[int, str] = {}
        """What a variable stands for, for comments."""
        self._symbols: dict[Sym, int] = {}
        self._defined: set[Sym] = set()

    @property
    def inner(self) -> Region:
        return self.stack[-1]

    def open(self, loop: int) -> None:
        self.stack.append(Region(loop))

    def close(self) -> list[str]:
        return self.stack.pop().statements

    def emit(self, statement: str) -> None:
        self.inner.statements.append(statement)

    def variable(self, name: str) -> int:
        """A new variable."""
        number = len(self.names)
        self.names[number] = name
        return number

    def symbol(self, sym: Sym) -> int:
        """The variable of a symbol: one for each, whenever it is asked for."""
        if sym not in self._symbols:
            self._symbols[sym] = self.variable(str(sym))
        return self._symbols[sym]

    def define(self, sym: Sym) -> None:
        """A statement gives the symbol its value from now on."""
        self._defined.add(sym)

    def holds(self, sym: Sym) -> bool:
        """Whether the symbol's variable has a value now."""
        return sym in self._defined

    def home(self, symbols: set[Sym]) -> Region:
        """The outermost open region in which all these symbols have values."""
        loops = {s.loop for s in symbols}
        if loops - {region.loop for region in self.stack} - {None}:
            raise Unsupported("a value of an iteration that is used outside of its loop")
        for depth in range(len(self.stack) - 1, 0, -1):
            if self.stack[depth].loop in loops:
                return self.stack[depth]
        return self.stack[0]

    def find(self, term: Poly | Atom) -> int | None:
        """The variable that holds a term already."""
        for region in reversed(self.stack):
            if term.key in region.bound:
                return region.bound[term.key]
        return None

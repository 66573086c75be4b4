"""A kernel's summary as a term of the summary language (`coq/theories/Gpu/Summary.v`).

Accesses keep their guards with all that is known when they execute; barriers and barrier loops stand under
the condition that control flow brings the thread there: a thread that traps is taken to go on, which only
adds behaviours.
"""

from __future__ import annotations

from functools import partial

from cuq.analysis.expr import Atom, Poly, Sym
from cuq.analysis.summary import (
    Access,
    BarrierItem,
    Carried,
    FenceItem,
    Kind,
    Loop,
    Obligation,
    Region,
    Summary,
    WarpItem,
)
from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.coq.invariants import Invariant, going_on, invariant
from cuq.coq.needed import needed_symbols
from cuq.coq.scopes import Scopes
from cuq.coq.syntax import apply, atomic, block, comment
from cuq.coq.terms import Terms
from cuq.ir.types import Space

_KINDS = {Kind.READ: "Rd", Kind.WRITE: "Wr", Kind.RMW: "Rmw"}


@dataclass(frozen=True, slots=True)
class KernelTerm:
    """`text`: the statement. Names of objects, parameters and read-only tables are in their order."""

    text: str
    objects: tuple[str, ...]
    params: tuple[Sym, ...]
    tables: tuple[str, ...]
    variables: tuple[str, ...]
    invariants: tuple[Invariant, ...]


def kernel_term(summary: Summary) -> KernelTerm:
    """Raises Unsupported for what the summary language cannot say."""
    return _Writer(summary).run()


class _Writer:
    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self.needed = needed_symbols(summary)
        self.scopes = Scopes()
        self.terms = Terms(self.scopes, {sym: i for i, sym in enumerate(summary.params)})
        self.objects: dict[str, int] = {}
        self.invariants: list[Invariant] = []

    def run(self) -> KernelTerm:
        for obstacle in self.summary.obstacles:
            raise Unsupported(obstacle.construct, span=obstacle.loc.span, help=obstacle.help)
        self._region(self.summary.body)
        names = self.scopes.names
        return KernelTerm(
            block(self.scopes.close(), "  "),
            tuple(self.objects),
            self.summary.params,
            tuple(f"{obj}, {width} bytes" for obj, width in self.terms.tables),
            tuple(names[i] for i in range(len(names))),
            tuple(self.invariants),
        )

    def _region(self, region: Region) -> None:
        for item in region.items:
            match item:
                case Access():
                    self._access(item)
                case BarrierItem():
                    guard = self.terms.cond(item.control)
                    self.scopes.emit(apply("Barrier", guard, str(item.site)))
                case WarpItem():
                    pass  # no barrier of the block; what it orders would only rule races out
                case Loop():
                    self._loop(item)
                case Obligation():
                    pass  # a property of its own, no part of what threads do to memory
                case FenceItem():
                    pass  # orders atomics only: leaving it out can only add races

    def _access(self, access: Access) -> None:
        width = access.width.constant
        if width is None:
            raise Unsupported("an access whose width is not a constant", span=access.loc.span)
        shared = access.obj.space is Space.SHARED
        scope = access.sem.scope if access.sem.order.atomic else None
        self.scopes.emit(
            apply(
                "Access",
                self.terms.cond(access.guard),
                str(self.objects.setdefault(access.obj.name, len(self.objects))),
                "true" if shared else "false",
                self.terms.expr(access.offset),
                str(width),
                _KINDS[access.kind],
                atomic(scope),
                "[]",
            )
            + f"  {comment(str(access.loc.span))}"
        )

    def _loop(self, loop: Loop) -> None:
        scopes, terms = self.scopes, self.terms
        guard = terms.cond(loop.control)
        carried = [v for v in loop.carried if v.sym in self.needed]
        inits = [(v, terms.named(v.init)) for v in carried]
        for variable in carried:
            if variable.step is not None:
                terms.named(variable.step)
        # What is bound before the loop is opened keeps its value in it.
        found = invariant(loop, carried, terms.params, partial(self._value, carried))
        self.invariants.append(found)
        for variable, init in inits:
            self._define(variable.sym, init)
        iterates = loop.iteration in self.needed
        if iterates:
            self._define(loop.iteration, "Int 0")
        scopes.open(loop.id)
        self._region(loop.body)
        nexts = [(v.sym, terms.named(v.next)) for v in carried]
        again = terms.cond(going_on(loop))
        left = [(inside, after) for inside, after in loop.left if after in self.needed]
        for inside, _ in left:
            terms.atom(inside)  # has a value before the loop is left
        if iterates:
            number = scopes.symbol(loop.iteration)
            nexts.append((loop.iteration, f"Bin Add (Var {number}) (Int 1)"))
        pairs = "; ".join(f"({scopes.symbol(sym)}%nat, {text})" for sym, text in nexts)
        body = block(scopes.close(), "  " * (len(scopes.stack) + 1))
        scopes.emit(apply("Loop", str(loop.id), guard, body, again) + f" [{pairs}]")
        for inside, after in left:
            self._define(after, f"Var {scopes.symbol(inside)}")

    def _value(self, carried: list[Carried], term: Poly | Atom) -> int | None:
        if isinstance(term, Sym) and (any(term == v.sym for v in carried) or self.scopes.holds(term)):
            return self.scopes.symbol(term)
        return self.scopes.find(term)

    def _define(self, sym: Sym, value: str) -> None:
        self.scopes.define(sym)
        self.scopes.emit(apply("Let", str(self.scopes.symbol(sym)), value))

"""The symbols on which accesses, barriers and the control of loops depend.

What a kernel computes (a float that a loop carries) is not part of its summary term.
"""

from __future__ import annotations

from collections.abc import Iterator

from cuq.analysis.expr import Cond, Poly, Sym, syms_of
from cuq.analysis.summary import Access, BarrierItem, FenceItem, Loop, Obligation, Summary, WarpItem, walk
from cuq.coq.invariants import going_on


def needed_symbols(summary: Summary) -> frozenset[Sym]:
    """All of them, through loops and out of them."""
    definitions: dict[Sym, set[Sym]] = {}
    for loop in summary.loops:
        for variable in loop.carried:
            definitions[variable.sym] = syms_of(variable.init) | syms_of(variable.next)
        for inside, left in loop.left:
            definitions[left] = {inside}
    found: set[Sym] = set()
    todo = [sym for term in _roots(summary) for sym in syms_of(term)]
    while todo:
        sym = todo.pop()
        if sym not in found:
            found.add(sym)
            todo += definitions.get(sym, ())
    return frozenset(found)


def _roots(summary: Summary) -> Iterator[Poly | Cond]:
    for item, _ in walk(summary.body):
        match item:
            case Access():
                yield from (item.guard, item.offset, item.width)
            case BarrierItem() | WarpItem():
                yield item.control
            case Loop():
                yield from (item.control, going_on(item))
            case Obligation() | FenceItem():
                pass

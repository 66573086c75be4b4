"""One thread's instance of a summary item: its symbols named for the thread and the place in time.

Two threads of a block share the symbols on which they agree: launch geometry, parameters, and everything
uniform in a loop iteration that both are in. Which iteration that is follows from the barrier that both
passed last and the steps from there (`cuq.analysis.lastbarrier`). Everything else is private.
"""

from __future__ import annotations

from collections.abc import Iterable

from cuq.analysis.expr import TRUE, Cond, Level, Poly, Sym, all_of, at_most, conjuncts, lift, syms_of
from cuq.analysis.substitute import Substitution
from cuq.analysis.summary import Carried, LastBarrier, Loop, Move, Through, When
from cuq.analysis.terms import tidy
from cuq.base.records import dataclass
from cuq.smt.expand import Expansion


@dataclass(frozen=True, slots=True)
class Thread:
    """One of the two threads of a query. `shares`: the widest level on which it agrees with the other."""

    tag: str
    shares: Level


class Instance:
    """Names the symbols of an item for one thread, relative to the last barrier passed.

    With `last` None, nothing is known about when the item is executed: every loop symbol is private.
    """

    def __init__(
        self,
        expansion: Expansion,
        thread: Thread,
        around_barrier: Iterable[Loop] = (),
        last: LastBarrier | None = None,
    ) -> None:
        self.expansion, self.thread = expansion, thread
        self.pinned = {loop.id for loop in around_barrier}
        """Loops whose present iteration both threads are in, if they took the same steps."""
        self.trail = ""
        self.epoch: dict[int, str] = {}
        """For each loop that steps went through: the steps that led to its present iteration."""
        self.named: dict[Sym, Poly] = {}
        self.conditions: list[Cond] = []
        self._start = thread, frozenset(self.pinned)
        self._names_by: tuple[object, ...] = (self._start, self.trail)
        """What decides the names: with the same, another instance has the same."""
        for step in last.steps if last else ():
            match step:
                case When(cond=cond):
                    self.conditions.append(self.cond(cond))
                case Through(move=move, loop=number):
                    self._through(move, expansion.loops[number])

    # --- naming --------------------------------------------------------------------------------------

    def poly(self, poly: Poly) -> Poly:
        expanded = self.expansion.poly(poly)
        return self._names(syms_of(expanded)).poly(expanded)

    def cond(self, cond: Cond) -> Cond:
        expanded = self.expansion.cond(cond)
        return self._names(syms_of(expanded)).cond(expanded)

    def _names(self, syms: Iterable[Sym]) -> Substitution:
        renaming = self.expansion.renamings.setdefault(self._names_by, Substitution({}))
        for sym in syms:
            renaming.replacement.setdefault(sym, self.symbol(sym))
        return renaming

    def symbol(self, sym: Sym) -> Poly:
        """The thread's own name for a symbol."""
        if sym not in self.named:
            self.named[sym] = lift(self._fresh(sym))
        return self.named[sym]

    def _fresh(self, sym: Sym) -> Sym:
        epoch = self.epoch.get(sym.loop, "") if sym.loop is not None else ""
        here = sym.loop is None or sym.loop in self.pinned
        name = f"{sym.name}@{epoch}" if epoch else sym.name
        if not (here and sym.level <= self.thread.shares):
            name = f"{name}!{self.thread.tag}"
        elif not epoch:
            return sym
        text = (sym.text or sym.name) + name.removeprefix(sym.name)
        return Sym(name, sym.low, sym.high, sym.level, sym.loop, text=text, origin=sym.origin)

    # --- steps ---------------------------------------------------------------------------------------

    def _through(self, move: Move, loop: Loop) -> None:
        self.trail += f"{move.name[0:2]}{loop.id}"
        match move:
            case Move.ENTER:
                self._restart(loop, lift(0), {c.sym: self.poly(c.init) for c in self._open(loop)})
                # Both threads are in this iteration only if they are in the same one of the loop around.
                if loop.parent is None or loop.parent in self.pinned:
                    self.pinned.add(loop.id)
            case Move.AGAIN:
                self.conditions.append(self.cond(loop.again))
                before = self.symbol(loop.iteration)
                self._restart(loop, before + 1, {c.sym: self.poly(c.next) for c in self._open(loop)})
            case Move.LATER:
                before = self.symbol(loop.iteration) if loop.id in self.pinned else lift(-1)
                # Whatever iteration it is, this one went on.
                self.conditions.append(self.cond(loop.again))
                self._restart(loop, None, {})
                self.pinned.discard(loop.id)
                self.conditions.append(at_most(before + 1, self.symbol(loop.iteration)))
            case Move.LEAVE:
                for sym, left in loop.left:
                    if self.expansion.closed.atom(sym) == lift(sym):
                        self.named[left] = self.symbol(sym)
                self._restart(loop, None, {})
                self.pinned.discard(loop.id)

    def _open(self, loop: Loop) -> tuple[Carried, ...]:
        return self.expansion.open[loop.id]

    def _restart(self, loop: Loop, iteration: Poly | None, carried: dict[Sym, Poly]) -> None:
        """Another iteration: everything in it that is not given here has a new value."""
        for sym in [s for s in self.named if s.loop == loop.id]:
            del self.named[sym]
        self.epoch[loop.id] = self.trail
        if iteration is not None:
            self.named[loop.iteration] = iteration
        self.named.update(carried)
        self._names_by = (self._start, self.trail)

    # --- an item -------------------------------------------------------------------------------------

    def conditions_of(self, around: Iterable[Loop], *conds: Cond) -> tuple[Cond, ...]:
        """`conds` of an item inside of these loops, with all that is known when they hold."""
        found = list(self.conditions)
        for loop in around:
            found.append(self.cond(loop.guard))
            found += [self.cond(c.facts) for c in loop.carried]
            found.append(self.cond(self.expansion.gone_on[loop.id]))
        found += [self.cond(c) for c in conds]
        told: set[Sym] = set()
        while news := [s for s in self.expansion.left_facts if s in self.named and s not in told]:
            told |= set(news)
            found += [self.cond(self.expansion.left_facts[s]) for s in news]
        # Closed forms have replaced variables by what they are: some wraps are excluded only now.
        known = tidy(all_of(*found), self.expansion.launch)
        return tuple(sorted((c for c in conjuncts(known) if c != TRUE), key=lambda c: c.key))

"""Facts about every launch, and about two different threads of one."""

from __future__ import annotations

from dataclasses import dataclass

from cuq.analysis.expr import (
    AXES,
    CTAID,
    NCTAID,
    NTID,
    TID,
    TRUE,
    ZERO,
    Cond,
    Level,
    Poly,
    Sym,
    any_of,
    at_most,
    eq,
    less,
    lift,
    negate,
)
from cuq.analysis.substitute import Substitution
from cuq.analysis.transfer import Geometry
from cuq.smt.instance import Thread

FIRST_BLOCK, SECOND_BLOCK = Thread("1", Level.BLOCK), Thread("2", Level.BLOCK)
ANYONE = Thread("", Level.THREAD)
"""A thread in a question about one thread: its symbols keep their names."""
FIRST_GRID, SECOND_GRID = Thread("1", Level.LAUNCH), Thread("2", Level.LAUNCH)


@dataclass(frozen=True, slots=True)
class LaunchFacts:
    """`no_wrap`: linear ids fit 32 bits along each axis (assumption `launch-no-wrap`)."""

    geometry: Geometry
    no_wrap: bool

    def ntid(self, axis: str) -> Poly:
        fixed = self.geometry.block[AXES.index(axis)]
        return lift(NTID[axis] if fixed is None else fixed)

    def nctaid(self, axis: str) -> Poly:
        fixed = self.geometry.grid[AXES.index(axis)]
        return lift(NCTAID[axis] if fixed is None else fixed)

    def launch(self) -> list[Cond]:
        """Hardware limits, for the dimensions that are free."""
        conds = [at_most(self.ntid("x") * self.ntid("y") * self.ntid("z"), lift(1024))]
        for axis in AXES:
            total = self.ntid(axis) * self.nctaid(axis)
            conds += [at_most(self.ntid(axis), total), at_most(self.nctaid(axis), total)]
            if self.no_wrap:
                conds.append(at_most(total, lift(1 << 32)))
        return [c for c in conds if c != TRUE]

    def thread(self, thread: Thread) -> list[Cond]:
        """The indices of a thread are within the launch."""
        conds: list[Cond] = []
        for axis in AXES:
            tid, block = self._own(TID[axis], thread), self._own(CTAID[axis], thread)
            size, count = self.ntid(axis), self.nctaid(axis)
            base = self.base(axis, thread)
            conds += [less(tid, size), less(block, count)]
            conds += [at_most(base + size, size * count), at_most(block, base)]
            conds.append(any_of(negate(eq(block)), eq(base)))
            conds.append(any_of(eq(block), at_most(size, base)))
        return [c for c in conds if c != TRUE]

    def base(self, axis: str, thread: Thread) -> Poly:
        """First global id of the thread's block."""
        product = self._index(CTAID[axis], self.geometry.grid[AXES.index(axis)]) * self.ntid(axis)
        names = {s: self._own(s, thread) for s in product.atoms() if isinstance(s, Sym)}
        return Substitution(names).poly(product)

    def _own(self, sym: Sym, thread: Thread) -> Poly:
        dims = self.geometry.block if sym in TID.values() else self.geometry.grid
        poly = self._index(sym, dims[AXES.index(sym.name[-1])])
        if poly == ZERO or sym.level <= thread.shares:
            return poly
        name = f"{sym.name}!{thread.tag}"
        return lift(Sym(name, sym.low, sym.high, sym.level, text=f"{sym.text}!{thread.tag}"))

    @staticmethod
    def _index(sym: Sym, size: int | None) -> Poly:
        return ZERO if size == 1 else lift(sym)

    def different(self, a: Thread, b: Thread) -> list[Cond]:
        """Two threads of one block (if they share it), else threads of two blocks."""
        syms = TID if a.shares is Level.BLOCK else CTAID
        pairs = [(self._own(syms[x], a), self._own(syms[x], b)) for x in AXES]
        conds = [any_of(*(negate(eq(p - q)) for p, q in pairs))]
        if a.shares is Level.LAUNCH:
            for axis, (p, q) in zip(AXES, pairs, strict=True):
                conds += self._apart(p, q, self.base(axis, a), self.base(axis, b), self.ntid(axis))
        return [c for c in conds if c != TRUE]

    @staticmethod
    def _apart(p: Poly, q: Poly, base_p: Poly, base_q: Poly, size: Poly) -> list[Cond]:
        """Blocks of different index are at least a block apart: ctaid · ntid is monotone."""
        return [
            any_of(negate(less(p, q)), at_most(base_p + size, base_q)),
            any_of(negate(less(q, p)), at_most(base_q + size, base_p)),
            any_of(negate(eq(p - q)), eq(base_p - base_q)),
        ]


__all__ = ["ANYONE", "FIRST_BLOCK", "FIRST_GRID", "SECOND_BLOCK", "SECOND_GRID", "LaunchFacts"]

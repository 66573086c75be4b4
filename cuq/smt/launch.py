"""Facts about every launch, and about two different threads of one."""

from __future__ import annotations

from cuq.analysis.expr import (
    AXES,
    TRUE,
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
    syms_of,
)
from cuq.analysis.substitute import Substitution
from cuq.analysis.terms import divide
from cuq.analysis.transfer import WARP, Geometry
from cuq.base.records import dataclass
from cuq.smt.instance import Thread

FIRST_BLOCK, SECOND_BLOCK = Thread("1", Level.BLOCK), Thread("2", Level.BLOCK)
ANYONE = Thread("", Level.THREAD)
"""A thread in a question about one thread: its symbols keep their names."""
FIRST_GRID, SECOND_GRID = Thread("1", Level.LAUNCH), Thread("2", Level.LAUNCH)


@dataclass(frozen=True, slots=True)
class LaunchFacts:
    """Conditions that every launch of a geometry satisfies."""

    geometry: Geometry

    def launch(self) -> list[Cond]:
        """Hardware limits, for the dimensions that are free."""
        ntid, nctaid = self.geometry.ntid, self.geometry.nctaid
        conds = [at_most(ntid("x") * ntid("y") * ntid("z"), lift(1024))]
        for axis in AXES:
            total = ntid(axis) * nctaid(axis)
            conds += [at_most(ntid(axis), total), at_most(nctaid(axis), total)]
            if self.geometry.no_wrap:
                conds.append(at_most(total, lift(1 << 32)))
        return [c for c in conds if c != TRUE]

    def thread(self, thread: Thread) -> list[Cond]:
        """The indices of a thread are within the launch."""
        conds: list[Cond] = []
        for axis in AXES:
            tid, block, base = self.tid(axis, thread), self.ctaid(axis, thread), self.base(axis, thread)
            size, count = self.geometry.ntid(axis), self.geometry.nctaid(axis)
            conds += [less(tid, size), less(block, count)]
            conds += [at_most(base + size, size * count), at_most(block, base)]
            conds.append(any_of(negate(eq(block)), eq(base)))
            conds.append(any_of(eq(block), at_most(size, base)))
        return [c for c in conds if c != TRUE]

    def tid(self, axis: str, thread: Thread) -> Poly:
        """The thread's index in its block, under its own name."""
        return _own(self.geometry.tid(axis), thread)

    def ctaid(self, axis: str, thread: Thread) -> Poly:
        """The index of the thread's block."""
        return _own(self.geometry.ctaid(axis), thread)

    def base(self, axis: str, thread: Thread) -> Poly:
        """First global id of the thread's block."""
        return _own(self.geometry.ctaid(axis) * self.geometry.ntid(axis), thread)

    def different(self, a: Thread, b: Thread) -> list[Cond]:
        """Two threads of one block (if they share it), else threads of two blocks."""
        index = self.tid if a.shares is Level.BLOCK else self.ctaid
        conds = [any_of(*(negate(eq(index(x, a) - index(x, b))) for x in AXES))]
        if a.shares is Level.LAUNCH:
            conds += self.comparable(a, b)
        return [c for c in conds if c != TRUE]

    def comparable(self, a: Thread, b: Thread) -> list[Cond]:
        """Linear ids of two threads, of one block or of two, are in the order of their blocks."""
        conds: list[Cond] = []
        for axis in AXES:
            p, q = self.ctaid(axis, a), self.ctaid(axis, b)
            conds += self._apart(p, q, self.base(axis, a), self.base(axis, b), self.geometry.ntid(axis))
        return [c for c in conds if c != TRUE]

    def same_warp(self, a: Thread, b: Thread) -> list[Cond]:
        """Two threads of a block are lanes of one warp."""
        one, two = (divide(_own(self.geometry.linear(), thread), lift(WARP)) for thread in (a, b))
        return [c for c in [eq(one - two)] if c != TRUE]

    def meeting(self, a: Thread, b: Thread, mask: int) -> list[Cond]:
        """Two threads of a block are lanes of one warp, both in the mask."""
        conds = self.same_warp(a, b)
        if mask != (1 << WARP) - 1:
            conds += [_own_cond(self.geometry.lane_in(mask), thread) for thread in (a, b)]
        return [c for c in conds if c != TRUE]

    @staticmethod
    def _apart(p: Poly, q: Poly, base_p: Poly, base_q: Poly, size: Poly) -> list[Cond]:
        """Blocks of different index are at least a block apart: ctaid · ntid is monotone."""
        return [
            any_of(negate(less(p, q)), at_most(base_p + size, base_q)),
            any_of(negate(less(q, p)), at_most(base_q + size, base_p)),
            any_of(negate(eq(p - q)), eq(base_p - base_q)),
        ]


def _own(poly: Poly, thread: Thread) -> Poly:
    """A term of launch geometry with the symbols that the threads do not share named for one of them."""
    names: dict[Sym, Poly] = {}
    for sym in poly.atoms():
        if isinstance(sym, Sym) and sym.level > thread.shares:
            text = f"{sym.text}!{thread.tag}"
            names[sym] = lift(Sym(f"{sym.name}!{thread.tag}", sym.low, sym.high, sym.level, text=text))
    return Substitution(names).poly(poly)


def _own_cond(cond: Cond, thread: Thread) -> Cond:
    """A condition on the launch geometry of one thread."""
    names = {
        sym: lift(
            Sym(f"{sym.name}!{thread.tag}", sym.low, sym.high, sym.level, text=f"{sym.text}!{thread.tag}")
        )
        for sym in syms_of(cond)
        if sym.level > thread.shares
    }
    return Substitution(names).cond(cond)


__all__ = ["ANYONE", "FIRST_BLOCK", "FIRST_GRID", "SECOND_BLOCK", "SECOND_GRID", "LaunchFacts"]

"""Loops: symbols of an iteration, how carried variables develop, what is left when the loop is left."""

from __future__ import annotations

from collections.abc import Mapping

from cuq.analysis.expr import Cond, Div, Level, Mod, Poly, Sym, atoms_of, lift, syms_of
from cuq.analysis.ranges import lower_bound, range_of, upper_bound
from cuq.analysis.substitute import Substitution
from cuq.analysis.summary import Carried, Form
from cuq.analysis.terms import signed, wrap
from cuq.analysis.uniformity import Uniformity
from cuq.analysis.values import Pointer, Val, Wild, Word, substitute_value
from cuq.ir.graph import Loop as NaturalLoop
from cuq.ir.module import Block, successors
from cuq.ir.ops import Binary, BinOp, Const, Reg

MANY = 1 << 128
"""A bound on iteration counts that no machine reaches."""


_ITERATION = "iter."


def is_iteration(sym: Sym) -> bool:
    """Whether a symbol counts the iterations of a loop, under whatever thread's name."""
    return sym.name.startswith(_ITERATION)


class LoopSite:
    """The symbols of one loop while it is evaluated."""

    def __init__(
        self,
        number: int,
        parent: int | None,
        natural: NaturalLoop,
        uniformity: Uniformity,
        names: Mapping[int, str],
    ) -> None:
        self.number, self.parent = number, parent
        self.uniformity, self.names = uniformity, names
        self.together = natural.header not in uniformity.divergent_loops
        """Threads of a block that enter the loop together leave it in the same iteration."""
        level = Level.BLOCK if self.together else Level.THREAD
        self.iteration = Sym(
            f"{_ITERATION}{number}", 0, MANY, level, number, text=f"iteration of loop {number}"
        )

    def open(self, inits: Mapping[Reg, Val], shrinking: frozenset[Reg]) -> dict[Reg, Val]:
        """Values of the header's parameters at the start of an iteration.

        `shrinking`: parameters that never exceed their value before the loop.
        """
        return {reg: self._open(reg, init, reg in shrinking) for reg, init in inits.items()}

    def _open(self, reg: Reg, init: Val, shrinks: bool) -> Val:
        level = Level.THREAD if reg in self.uniformity.varying else Level.BLOCK
        name, text = f"loop.{self.number}.{reg.id}", self.names.get(reg.id, "")
        match init:
            case Word(bits=bits):
                most = range_of(init.unsigned)[1] if shrinks else None
                high = (1 << bits) - 1 if most is None else most
                sym = Sym(name, 0, high, level, self.number, text=text)
                return Word(lift(sym), bits)
            case Pointer(obj=obj):
                sym = Sym(name, -(1 << 63), (1 << 63) - 1, level, self.number, text=text)
                return Pointer(obj, lift(sym))
            case _:
                return Wild("a pointer that changes in a loop")

    def leave(self) -> Leave:
        return Leave(self)


class Leave:
    """Renames the symbols of an iteration to those of the last one, the one in which the loop is left."""

    def __init__(self, site: LoopSite) -> None:
        self.site = site
        self.names: dict[Sym, Sym] = {}

    def _left(self, sym: Sym) -> Sym:
        if sym not in self.names:
            together = self.site.together and sym.level < Level.THREAD
            self.names[sym] = Sym(
                f"{sym.name}'{self.site.number}",
                sym.low,
                sym.high,
                sym.level if together else Level.THREAD,
                self.site.parent,
                text=f"{sym.text}'{self.site.number}" if sym.text and not is_iteration(sym) else sym.text,
                origin=sym.origin,
            )
        return self.names[sym]

    def _substitution(self, syms: set[Sym]) -> Substitution:
        inside = [s for s in syms if s.loop == self.site.number]
        return Substitution({s: lift(self._left(s)) for s in sorted(inside)})

    def poly(self, poly: Poly) -> Poly:
        return self._substitution(syms_of(poly)).poly(poly)

    def cond(self, cond: Cond) -> Cond:
        return self._substitution(syms_of(cond)).cond(cond)

    def value(self, value: Val) -> Val:
        return substitute_value(value, self.poly, self.cond)

    def renamed(self) -> tuple[tuple[Sym, Sym], ...]:
        """Pairs (symbol of an iteration, its value in the last iteration), the iteration index included."""
        self._left(self.site.iteration)
        return tuple(sorted(self.names.items()))


def shrinking(natural: NaturalLoop, blocks: Mapping[str, Block]) -> frozenset[Reg]:
    """Header parameters that every way back divides by a constant, shifts right or leaves alone."""
    header = blocks[natural.header]
    defined = {op.result: op for b in natural.blocks for op in blocks[b].ops if isinstance(op, Binary)}
    found = set(header.params)
    for latch in natural.latches:
        for edge in successors(blocks[latch].terminator):
            if edge.target == natural.header:
                for param, arg in zip(header.params, edge.args, strict=True):
                    if arg != param and not (isinstance(arg, Reg) and _divides(defined.get(arg), param)):
                        found.discard(param)
    return frozenset(found)


def _divides(op: Binary | None, param: Reg) -> bool:
    return (
        op is not None
        and op.op in (BinOp.UDIV, BinOp.LSHR)
        and op.a == param
        and isinstance(op.b, Const)
        and op.b.bits > 0
    )


def close_loop(
    site: LoopSite,
    opened: Mapping[Reg, Val],
    inits: Mapping[Reg, Val],
    nexts: Mapping[Reg, Val],
    again: Cond,
) -> tuple[tuple[Carried, ...], list[str]]:
    """The carried variables with their closed forms, and reasons why a pointer was lost."""
    carried: list[Carried] = []
    lost: list[str] = []
    for reg, start in opened.items():
        init, after = inits[reg], nexts.get(reg, start)
        match start, init, after:
            case Word(), Word(), Word():
                sym = start.native.atom
                value = (init.unsigned, after.unsigned, start.bits)
            case Pointer(), Pointer(), Pointer() if after.obj == start.obj:
                sym = start.offset.atom
                value = (init.offset, after.offset, 0)
            case _:
                lost.append("a pointer into different objects is carried by a loop")
                continue
        if not isinstance(sym, Sym):
            raise TypeError(sym)
        carried.append(_develop(site, sym, *value, again, reg))
    return tuple(carried), lost


def _develop(site: LoopSite, sym: Sym, init: Poly, after: Poly, bits: int, again: Cond, reg: Reg) -> Carried:
    uniform = reg not in site.uniformity.varying
    step = _step(site, sym, after, bits)
    if step is not None:
        exact = _stays_in_range(sym, step, after, bits, again)
        line = init + step * lift(site.iteration)
        # A pointer (no bits) that wraps is an offset of 64 bits, read as signed.
        closed = line if exact else wrap(line, bits) if bits else signed(line, 64)
        return Carried(sym, init, after, Form.AFFINE, closed, uniform, bits, step, exact)
    form = Form.GEOMETRIC if _scales(sym, after) else Form.OTHER
    return Carried(sym, init, after, form, None, uniform, bits)


def _step(site: LoopSite, sym: Sym, after: Poly, bits: int) -> Poly | None:
    """The invariant amount that an iteration adds, if there is one."""
    middle = 0 if bits else 1 << 63
    atom = (after + middle).atom
    wraps = isinstance(atom, Mod) and atom.den.constant == 1 << (bits or 64)
    moved = atom.num - middle if isinstance(atom, Mod) and wraps else after
    step = moved - lift(sym)
    if any(isinstance(s, Sym) and s.loop == site.number for s in atoms_of(step)):
        return None
    return step


def _stays_in_range(sym: Sym, step: Poly, after: Poly, bits: int, again: Cond) -> bool:
    """Whether intervals and the condition to go on show that no iteration wraps."""
    moved = lift(sym) + step
    if after == moved:
        return True
    if bits == 0:
        return False
    high, low = upper_bound(moved, again), lower_bound(moved, again)
    return high is not None and high < 1 << bits and low is not None and low >= 0


def _scales(sym: Sym, after: Poly) -> bool:
    """sym / c or sym · c, for a constant c ≥ 2."""
    atom = after.atom
    if isinstance(atom, Div):
        return atom.num == lift(sym) and (atom.den.constant or 0) >= 2
    if isinstance(atom, Mod):
        after = atom.num
    return len(after.terms) == 1 and after.terms[0][0] == (sym,) and after.terms[0][1] >= 2

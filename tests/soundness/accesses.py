"""Random accesses: homes, which are indices that differ between threads, and what happens there."""

from __future__ import annotations

import random
from dataclasses import dataclass

from cuq.ir.ops import BinOp, RmwOp
from cuq.ir.types import Order, Scope
from tests.soundness import syntax as s
from tests.soundness.words import (
    CTAID_X,
    GID,
    GID_Y,
    NTID_X,
    NTID_Y,
    TID_X,
    TID_Y,
    TOTAL,
    Context,
    Words,
    add,
    below,
    is_zero,
    mul,
    rem,
    sub,
)


@dataclass(slots=True)
class Place:
    """A written object with its home: the index that a thread owns, and when it owns it."""

    memory: s.Memory
    home: s.Expr
    guard: s.Cond | None = None


class Accesses(Words):
    """Adds the written objects, with their homes."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.memory: list[s.Memory] = []
        self.places: list[Place] = []

    def place(self) -> None:
        rng = self.rng
        width = rng.choice((1, 2, 4, 4, 4, 8))
        if rng.random() < 0.5:
            memory = s.Memory(self.name("s"), "shared", width, rng.choice((16, 64, 64, 256)))
            home, guard = self._home_in_block()
        else:
            memory = s.Memory(self.name("g"), rng.choice(("pointer", "pointer", "slice")), width)
            home, guard = self._home_in_grid()
        self.memory.append(memory)
        self.places.append(Place(memory, home, guard))

    def _home_in_block(self) -> tuple[s.Expr, s.Cond | None]:
        rng = self.rng
        homes: list[tuple[s.Expr, s.Cond | None]] = [
            (TID_X, None),
            (TID_X, None),
            (mul(TID_X, s.Num(rng.choice((2, 3, 4)))), None),
            (sub(sub(NTID_X, s.Num(1)), TID_X), None),
            (add(TID_X, s.Num(rng.choice((1, 2, 8)))), None),
            (s.Num(rng.randrange(3)), is_zero(TID_X)),
            (s.Arith(BinOp.XOR, TID_X, s.Num(rng.choice((1, 2, 3)))), None),
            (rem(add(TID_X, s.Num(1)), NTID_X), None),
            (s.Arith(BinOp.AND, TID_X, s.Num(7)), below(TID_X, s.Num(8))),
            (s.Arith(BinOp.SHL, TID_X, s.Num(1)), None),
            (s.Convert(8, TID_X), below(TID_X, s.Num(200))),
        ]
        if not self.flat:
            homes = [
                (add(mul(TID_Y, NTID_X), TID_X), None),
                (add(mul(TID_X, NTID_Y), TID_Y), None),
                (add(mul(TID_Y, s.Num(8)), TID_X), below(TID_X, s.Num(8))),
                (TID_X, is_zero(TID_Y)),
                (add(mul(TID_Y, add(NTID_X, s.Num(1))), TID_X), None),
            ]
        return rng.choice(homes)

    def _home_in_grid(self) -> tuple[s.Expr, s.Cond | None]:
        rng = self.rng
        n = s.Var(self.params[0][0]) if self.params else s.Num(7)
        n32 = s.Convert(32, n)
        homes: list[tuple[s.Expr, s.Cond | None]] = [
            (GID, None),
            (GID, None),
            (GID, below(GID, n32)),
            (s.Convert(64, GID), None),
            (mul(GID, s.Num(rng.choice((2, 3, 4)))), None),
            (sub(sub(n32, s.Num(1)), GID), below(GID, n32)),
            (CTAID_X, is_zero(TID_X)),
            (s.Num(1), is_zero(GID)),
            (add(GID, n32), None),
            (mul(GID, n32), below(s.Num(0), n32)),
            (s.Convert(8, GID), below(GID, s.Num(200))),
            (
                s.Arith(BinOp.ADD, mul(s.Convert(64, CTAID_X), s.Convert(64, NTID_X)), s.Convert(64, TID_X)),
                None,
            ),
            (s.Arith(BinOp.XOR, GID, s.Num(1)), None),
        ]
        if not self.flat:
            width = TOTAL
            homes = [
                (add(mul(GID_Y, width), GID), None),
                (add(mul(GID_Y, n32), GID), below(GID, n32)),
                (GID, is_zero(GID_Y)),
                (add(mul(CTAID_X, mul(NTID_X, NTID_Y)), add(mul(TID_Y, NTID_X), TID_X)), None),
            ]
        return rng.choice(homes)

    def cell(self, place: Place, context: Context) -> s.Cell:
        rng = self.rng
        index, width = place.home, place.memory.width
        if self.careless():
            index = rng.choice(
                (
                    self.varying(context),
                    add(index, s.Num(1)),
                    self.common(context),
                    add(index, self.common(context)),
                    sub(index, s.Num(1)),
                )
            )
        if self.careless(0.4):
            width = rng.choice((1, 2, 4, 8))
        return s.Cell(place.memory.name, index, width, rng.random() < 0.15, rng.random() < 0.1)

    def access(self, context: Context) -> list[s.Stmt]:
        """One read or write of a written object, at home for the most part."""
        rng = self.rng
        place = rng.choice(self.places)
        cell = self.cell(place, context)
        made: list[s.Stmt] = []
        kind = rng.random()
        if kind < 0.55:
            made = [s.Write(cell, self.varying(context))]
        elif kind < 0.75:
            name = self.name("v")
            made = [s.Set(name, s.Read(cell))]
            context.names.append(name)
        elif kind < 0.83:
            made = [s.Write(cell, add(s.Convert(32, s.Read(cell)), s.Num(1)))]
        elif kind < 0.9:
            name = self.name("a")
            scope = Scope.GPU if not self.careless() else Scope.CTA
            index = rng.choice((self.common(context), place.home, self.varying(context)))
            target = s.Cell(place.memory.name, index if self.careless() else place.home, place.memory.width)
            op = rng.choice((RmwOp.ADD, RmwOp.UMAX, RmwOp.EXCH, RmwOp.OR))
            made = [s.Update(name, op, target, self.varying(context), scope)]
            context.names.append(name)
        elif kind < 0.93:
            name = self.name("c")
            made = [s.Swap(name, cell, s.Num(0), self.varying(context), Scope.GPU)]
            context.names.append(name)
        elif kind < 0.95:
            scope = rng.choice((Scope.GPU, Scope.CTA))
            made = [s.Write(cell, self.varying(context), Order.RELAXED, scope)]
        elif self.tables and kind < 0.98:
            table = rng.choice(self.tables)
            source = s.Cell(table.name, rng.choice((TID_X, s.Num(0))), table.width)
            size = s.Num(place.memory.width if not self.careless() else rng.choice((0, 1, 3, 5, 8)), 64)
            made = [s.Copy(cell, source, size)]
        else:
            name = self.name("p")
            made = [s.Point(name, cell), s.Write(s.Cell(name, s.Num(0), cell.width), self.varying(context))]
            if len(self.places) > 1 and rng.random() < 0.5:
                other = self.cell(rng.choice(self.places), context)
                made[0] = s.PointEither(name, self.condition(context, common=False), cell, other)
        if place.guard is not None and not self.careless():
            return [s.If(place.guard, tuple(made))]
        return made

"""Random words and conditions: values that a block agrees on, and others."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from cuq.ir.ops import BinOp, NoWrap, Pred
from cuq.ir.types import Special
from tests.soundness import syntax as s

TID_X, TID_Y = s.Spec(Special.TID_X), s.Spec(Special.TID_Y)
NTID_X, NTID_Y = s.Spec(Special.NTID_X), s.Spec(Special.NTID_Y)
CTAID_X, CTAID_Y = s.Spec(Special.CTAID_X), s.Spec(Special.CTAID_Y)
NCTAID_X = s.Spec(Special.NCTAID_X)


def add(a: s.Expr, b: s.Expr) -> s.Expr:
    return s.Arith(BinOp.ADD, a, b)


def sub(a: s.Expr, b: s.Expr) -> s.Expr:
    return s.Arith(BinOp.SUB, a, b)


def mul(a: s.Expr, b: s.Expr) -> s.Expr:
    return s.Arith(BinOp.MUL, a, b)


def rem(a: s.Expr, b: s.Expr) -> s.Expr:
    return s.Arith(BinOp.UREM, a, b)


def below(a: s.Expr, b: s.Expr) -> s.Cond:
    return s.Test(Pred.ULT, a, b)


def is_zero(a: s.Expr) -> s.Cond:
    return s.Test(Pred.EQ, a, s.Num(0))


GID = add(mul(CTAID_X, NTID_X), TID_X)
GID_Y = add(mul(CTAID_Y, NTID_Y), TID_Y)
TOTAL = mul(NCTAID_X, NTID_X)


@dataclass(slots=True)
class Context:
    """Where statements are generated: `uniform` control flow, loops around, how deep."""

    uniform: bool = True
    depth: int = 0
    loops: int = 0
    names: list[str] = field(default_factory=list)
    """Variables in scope."""
    common: list[str] = field(default_factory=list)
    """Those of them that all threads of a block agree on."""


class Words:
    """The random choices of one program, its parameters and its tables (memory that nobody writes)."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.fresh = 0
        self.params: list[tuple[str, int]] = []
        self.tables: list[s.Memory] = []
        self.flat = rng.random() < 0.75
        """One-dimensional launches only."""
        self.danger = rng.choice((0.0, 0.0, 0.0, 0.05, 0.15, 0.4))
        """How often a careless choice is made."""

    def careless(self, scale: float = 1.0) -> bool:
        return self.rng.random() < self.danger * scale

    def name(self, stem: str) -> str:
        self.fresh += 1
        return f"{stem}{self.fresh}"

    def common(self, context: Context, depth: int = 0) -> s.Expr:
        """A value that all threads of a block agree on."""
        rng = self.rng
        choices: list[s.Expr] = [
            s.Num(rng.choice((0, 1, 2, 3, 4, 5, 7, 8, 16))),
            NTID_X,
            s.Num(rng.randrange(9)),
        ]
        if context.common:
            choices += [s.Convert(32, s.Var(rng.choice(context.common)), rng.random() < 0.2)] * 3
        if rng.random() < 0.2:
            choices += [CTAID_X, NCTAID_X]
        if self.tables and rng.random() < 0.3:
            table = rng.choice(self.tables)
            choices.append(s.Convert(32, s.Read(s.Cell(table.name, s.Num(rng.randrange(4)), table.width))))
        if depth < 2 and rng.random() < 0.3:
            return self.combine(self.common(context, depth + 1), self.common(context, depth + 1))
        return rng.choice(choices)

    def combine(self, a: s.Expr, b: s.Expr) -> s.Expr:
        rng = self.rng
        op = rng.choice(
            (BinOp.ADD,) * 4
            + (BinOp.SUB, BinOp.MUL, BinOp.UREM, BinOp.UDIV, BinOp.AND, BinOp.OR, BinOp.XOR)
            + (BinOp.SHL, BinOp.LSHR, BinOp.ASHR, BinOp.SDIV, BinOp.SREM)
        )
        if op in (BinOp.UDIV, BinOp.UREM, BinOp.SDIV, BinOp.SREM) and rng.random() < 0.8:
            b = s.Num(rng.choice((1, 2, 3, 4, 8)))
        if rng.random() < 0.15:
            bits = rng.choice((8, 8, 16))
            return s.Convert(32, s.Arith(op, s.Convert(bits, a), s.Convert(bits, b)), rng.random() < 0.3)
        if rng.random() < 0.05 and op in (BinOp.ADD, BinOp.SUB, BinOp.MUL):
            return s.Arith(op, a, b, rng.choice((NoWrap.UNSIGNED, NoWrap.SIGNED)))
        return s.Arith(op, a, b)

    def varying(self, context: Context, depth: int = 0) -> s.Expr:
        """Any value."""
        rng = self.rng
        choices: list[s.Expr] = [TID_X, TID_X, GID, self.common(context, 1)]
        if not self.flat:
            choices.append(TID_Y)
        if context.names:
            choices += [s.Convert(32, s.Var(rng.choice(context.names)), rng.random() < 0.2)] * 2
        if self.tables:
            table = rng.choice(self.tables)
            cell = s.Cell(
                table.name, rng.choice((TID_X, GID, s.Arith(BinOp.AND, TID_X, s.Num(3)))), table.width
            )
            choices.append(s.Convert(32, s.Read(cell)))
        if depth < 2 and rng.random() < 0.35:
            return self.combine(self.varying(context, depth + 1), self.varying(context, depth + 1))
        if rng.random() < 0.06:
            cond = self.condition(context, common=False)
            return s.Pick(cond, self.varying(context, 2), self.varying(context, 2))
        return rng.choice(choices)

    def condition(self, context: Context, *, common: bool) -> s.Cond:
        rng = self.rng
        make = self.common if common else self.varying
        pred = rng.choice((Pred.ULT, Pred.ULT, Pred.ULE, Pred.EQ, Pred.NE, Pred.SLT, Pred.SLE))
        test: s.Cond = s.Test(pred, make(context, 1), self.common(context, 1))
        if rng.random() < 0.1:
            op = rng.choice((BinOp.AND, BinOp.OR, BinOp.XOR))
            return s.Joined(op, test, s.Test(Pred.NE, make(context, 1), s.Num(rng.randrange(3))))
        return test

"""Random kernels, biased towards ones that are safe for a reason, with occasional mistakes in them.

Every written object gets a *home*: an index that is different for different threads (the linear id, a row
and a column, a chunk, a slot of a reversed or padded array …). Most accesses go there; some go to another
home of the same object, to a neighbour, or to any index at all; barriers separate most of those that need
it. `perturbed` then breaks something in a share of the kernels.
"""

from __future__ import annotations

import random
from dataclasses import replace

from cuq.ir.ops import BinOp, Pred
from cuq.ir.types import Special
from tests.soundness import syntax as s
from tests.soundness.control import Control
from tests.soundness.shrink import rebuilt
from tests.soundness.words import TID_X, Context, add


def generate(seed: int) -> s.Program:
    """The program of a seed; the same for every run."""
    return Generator(random.Random(seed)).program()


class Generator(Control):
    """Whole programs with their contracts."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.requires: list[str] = []

    def program(self) -> s.Program:
        rng = self.rng
        for name in rng.sample(("n", "m", "k"), rng.randrange(4)):
            self.params.append((name, rng.choice((32, 32, 32, 32, 8, 16, 64))))
        for _ in range(rng.choice((1, 1, 2))):
            self.place()
        for _ in range(rng.choice((0, 1, 1))):
            kind = rng.choice(("pointer", "slice", "static"))
            self.tables.append(s.Memory(self.name("t"), kind, rng.choice((1, 2, 4, 4, 8)), 64))
        self.memory += self.tables
        context = Context(names=[n for n, _ in self.params], common=[n for n, _ in self.params])
        body = self.skeleton(context)
        block = grid = None
        if rng.random() < 0.2:
            block = (rng.choice((1, 2, 4, 5, 8, 16, None)), None if not self.flat else 1, 1)
        if rng.random() < 0.15:
            grid = (rng.choice((1, 1, 2, 3, None)), 1, 1)
        if rng.random() < 0.15:
            self.requires.append(self.requirement())
        aliases: tuple[str, ...] = ()
        pointers = tuple(m.name for m in self.memory if m.kind in ("pointer", "slice"))
        if len(pointers) > 1 and rng.random() < 0.08:
            aliases = pointers[:2]
        lengths: tuple[tuple[str, str], ...] = ()
        if rng.random() < 0.1 and pointers and any(n == "n" for n, _ in self.params):
            lengths = ((pointers[0], "n"),)
        program = s.Program(
            tuple(self.memory),
            tuple(self.params),
            body,
            block,
            grid,
            tuple(self.requires),
            lengths,
            aliases,
            rng.random() < 0.5,
        )
        return perturbed(program, rng) if rng.random() < 0.35 else program

    def requirement(self) -> str:
        rng = self.rng
        left = rng.choice(["block.x", "grid.x", *(n for n, _ in self.params)])
        right = rng.choice(("1", "2", "4", "block.x", "grid.x", "grid.x * block.x", "block.x + 1"))
        return f"{left} {rng.choice(('<=', '>=', '==', '!=', '<', '>'))} {right}"


def perturbed(program: s.Program, rng: random.Random) -> s.Program:
    """The program with one node changed: an operand shifted, an operation or a comparison exchanged."""
    count = [0]

    def number(node: object) -> object:
        count[0] += isinstance(node, s.Arith | s.Test | s.Spec | s.Num | s.Sync | s.Cell)
        return node

    rebuilt(program.body, number)
    if not count[0]:
        return program
    wanted, seen = rng.randrange(count[0]), [0]

    def change(node: object) -> object:
        if not isinstance(node, s.Arith | s.Test | s.Spec | s.Num | s.Sync | s.Cell):
            return node
        seen[0] += 1
        if seen[0] != wanted + 1:
            return node
        match node:
            case s.Arith(op=op, a=a, b=b, nowrap=nowrap):
                other = rng.choice((BinOp.ADD, BinOp.SUB, BinOp.MUL, BinOp.AND, BinOp.LSHR, BinOp.UDIV))
                return s.Arith(other, a, b, nowrap) if rng.random() < 0.5 else s.Arith(op, b, a, nowrap)
            case s.Test(pred=pred, a=a, b=b):
                return s.Test(rng.choice([p for p in Pred if p is not pred]), a, b)
            case s.Spec():
                return s.Spec(rng.choice((Special.TID_X, Special.CTAID_X, Special.NTID_X, Special.TID_Y)))
            case s.Num(value=value, bits=bits):
                return s.Num(value + rng.choice((-1, 1, 2)), bits)
            case s.Sync():
                return s.If(s.Test(Pred.NE, TID_X, s.Num(rng.randrange(2))), (s.Sync(),))
            case s.Cell(base=base, index=index, width=width, inbounds=inbounds, signed=signed):
                if rng.random() < 0.5:
                    return s.Cell(base, index, rng.choice((1, 2, 4, 8)), inbounds, signed)
                return s.Cell(base, add(index, s.Num(1)), width, inbounds, signed)

    body = rebuilt(program.body, change)
    assert isinstance(body, tuple)
    return replace(program, body=body)

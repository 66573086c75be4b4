"""Random control flow: branches, loops, barriers, and the shapes that real kernels have."""

from __future__ import annotations

from cuq.ir.ops import BinOp, PanicKind, Pred
from tests.soundness import syntax as s
from tests.soundness.accesses import Accesses, Place
from tests.soundness.words import (
    GID,
    NTID_X,
    TID_X,
    TOTAL,
    Context,
    add,
    below,
    is_zero,
    mul,
    rem,
    sub,
)


class Control(Accesses):
    """Adds statements; each maker returns some, for the context that it is given."""

    def skeleton(self, context: Context) -> s.Body:
        rng = self.rng
        shared = [p for p in self.places if p.memory.kind == "shared"]
        makers = [self.straight, self.straight, self.nested, self.strided, self.chunked]
        if shared:
            makers += [self.phases, self.phases, self.reduction, self.barrier_loop, self.barrier_loop]
        makers += [self.nested, self.pointer_walk, self.left_behind]
        body: list[s.Stmt] = []
        if rng.random() < 0.2:
            common = rng.random() < 0.6 and not self.careless()
            body.append(s.If(self.condition(context, common=common), (s.Leave(),)))
            context.uniform = context.uniform and common
        for _ in range(rng.choice((1, 1, 2))):
            body += rng.choice(makers)(context)
        if rng.random() < 0.06:
            body.insert(0, s.Suppose(self.condition(context, common=True)))
        return tuple(body)

    def straight(self, context: Context) -> list[s.Stmt]:
        made: list[s.Stmt] = []
        for _ in range(self.rng.choice((1, 2, 3))):
            made += self.access(context)
            if self.rng.random() < 0.3:
                made += self.local(context)
        return made

    def local(self, context: Context) -> list[s.Stmt]:
        """A new variable."""
        name = self.name("u")
        if self.rng.random() < 0.4:
            made = s.Set(name, self.common(context))
            context.common.append(name)
        else:
            made = s.Set(name, self.varying(context))
        context.names.append(name)
        return [made]

    def sync(self, context: Context) -> list[s.Stmt]:
        if context.uniform or self.careless(0.5):
            return [s.Sync()]
        return []

    def nested(self, context: Context) -> list[s.Stmt]:
        """Ifs and loops around accesses."""
        rng = self.rng
        if context.depth >= 3:
            return self.straight(context)
        kind = rng.random()
        if kind < 0.45:
            common = rng.random() < 0.4
            cond = self.condition(context, common=common)
            then = self.inside(context, uniform=context.uniform and common)
            other = self.inside(context, uniform=context.uniform and common) if rng.random() < 0.4 else ()
            if rng.random() < 0.08:
                kind_of_trap = rng.choice((PanicKind.EXPLICIT, PanicKind.BOUNDS, None))
                then = (*then[: rng.randrange(2)], s.Trap(kind_of_trap))
            return [s.If(cond, then, other), *self.sync_sometimes(context)]
        if kind < 0.8:
            return self.counted(context)
        return [*self.straight(context), *self.sync_sometimes(context), *self.straight(context)]

    def sync_sometimes(self, context: Context) -> list[s.Stmt]:
        return self.sync(context) if self.rng.random() < 0.4 else []

    def inside(
        self, context: Context, *, uniform: bool, loop: bool = False, extra: str | None = None
    ) -> s.Body:
        """The body of a branch or a loop: its variables end with it."""
        names, common = list(context.names), list(context.common)
        if extra is not None:
            names.append(extra)
            if uniform:
                common.append(extra)
        inner = Context(uniform, context.depth + 1, context.loops + loop, names, common)
        made: list[s.Stmt] = []
        for _ in range(self.rng.choice((1, 1, 2))):
            made += self.nested(inner) if self.rng.random() < 0.4 else self.straight(inner)
            made += self.sync_sometimes(inner) if self.rng.random() < 0.5 else []
        if inner.loops and self.rng.random() < 0.12:
            way: s.Stmt = self.rng.choice((s.Break(), s.Continue(), s.Leave()))
            made.append(s.If(self.condition(inner, common=uniform and not self.careless()), (way,)))
        if inner.common and self.rng.random() < 0.12:
            # Variables of outer scopes change as well, so that branches merge and loops carry.
            mine = self.rng.choice(inner.common)
            if mine != extra and not any(mine == n for n, _ in self.params):
                made.append(s.Set(mine, self.common(inner)))
        return tuple(made)

    def counted(self, context: Context) -> list[s.Stmt]:
        """A loop over a counter: up, down, halving, doubling, or in any way."""
        rng = self.rng
        uniform = rng.random() < 0.7
        number = self.common if uniform else self.varying
        i = self.name("i")
        var = s.Var(i)
        bits = rng.choice((32, 32, 32, 32, 8, 16))

        def wide(e: s.Expr) -> s.Expr:
            return s.Convert(bits, e) if bits != 32 else e

        step: s.Expr
        limit = wide(number(context, 1))
        start: s.Expr = wide(rng.choice((s.Num(0), s.Num(1), number(context, 1))))
        cond: s.Cond = below(var, limit)
        form = rng.randrange(7)
        if form <= 1:
            step = add(var, s.Num(1, bits))
        elif form == 2:
            step = add(var, wide(rng.choice((s.Num(2), s.Num(3), NTID_X, self.common(context, 1)))))
        elif form == 3:
            step, start = sub(var, s.Num(rng.choice((1, 1, 2)), bits)), limit
            cond = rng.choice((s.Test(Pred.NE, var, s.Num(0, bits)), s.Test(Pred.ULT, s.Num(0, bits), var)))
        elif form == 4:
            step, start = (
                s.Arith(rng.choice((BinOp.LSHR, BinOp.UDIV)), var, s.Num(rng.choice((1, 2)), bits)),
                limit,
            )
            if step.op is BinOp.UDIV:
                step = s.Arith(BinOp.UDIV, var, s.Num(rng.choice((2, 3)), bits))
            cond = s.Test(Pred.ULT, s.Num(0, bits), var)
        elif form == 5:
            step, start = mul(var, s.Num(rng.choice((2, 2, 3)), bits)), s.Num(1, bits)
        else:
            step = self.combine(s.Convert(32, var), self.common(context, 1))
            step = wide(step)
        body = self.inside(context, uniform=context.uniform and uniform, loop=True, extra=i)
        loop = s.Loop(cond, (*body, s.Set(i, step)), rng.random() < 0.15, rng.random() < 0.3)
        made: list[s.Stmt] = [s.Set(i, start), loop]
        context.names.append(i)
        if uniform:
            context.common.append(i)
        if rng.random() < 0.3:
            made += self.straight(context)
        return made

    def strided(self, context: Context) -> list[s.Stmt]:
        """Grid-stride (or block-stride) loop over the first object."""
        rng = self.rng
        place = rng.choice(self.places)
        inside = place.memory.kind == "shared"
        i = self.name("i")
        start, stride = (TID_X, NTID_X) if inside else (GID, TOTAL)
        if self.careless():
            stride = rng.choice((s.Num(2), NTID_X, s.Num(1)))
        limit = s.Convert(32, s.Var(self.params[0][0])) if self.params else s.Num(rng.choice((7, 16)))
        cell = s.Cell(place.memory.name, s.Var(i), place.memory.width)
        body: list[s.Stmt] = [s.Write(cell, self.varying(context))]
        if rng.random() < 0.3:
            body.append(s.Write(cell, add(s.Convert(32, s.Read(cell)), s.Num(1))))
        return [
            s.Set(i, start),
            s.Loop(below(s.Var(i), limit), (*body, s.Set(i, add(s.Var(i), stride)))),
            *self.sync_sometimes(context),
        ]

    def chunked(self, context: Context) -> list[s.Stmt]:
        """Each thread walks its own chunk."""
        rng = self.rng
        place = rng.choice(self.places)
        owner = TID_X if place.memory.kind == "shared" else GID
        size = rng.choice(
            (s.Num(2), s.Num(3), s.Convert(32, s.Var(self.params[0][0])) if self.params else s.Num(4))
        )
        j = self.name("j")
        limit = add(size, s.Num(1)) if self.careless() else size
        cell = s.Cell(place.memory.name, add(mul(owner, size), s.Var(j)), place.memory.width)
        return [
            s.Set(j, s.Num(0)),
            s.Loop(
                below(s.Var(j), limit),
                (s.Write(cell, self.varying(context)), s.Set(j, add(s.Var(j), s.Num(1)))),
            ),
        ]

    def shared_place(self) -> Place:
        return self.rng.choice([p for p in self.places if p.memory.kind == "shared"])

    def exchange(self, place: Place, context: Context) -> list[s.Stmt]:
        """Write at home, barrier, read elsewhere."""
        rng = self.rng
        home = s.Cell(place.memory.name, place.home, place.memory.width)
        write: s.Stmt = s.Write(home, self.varying(context))
        if place.guard is not None:
            write = s.If(place.guard, (write,))
        elsewhere = rng.choice(
            (
                add(place.home, s.Num(1)),
                s.Arith(BinOp.XOR, TID_X, s.Num(1)),
                self.varying(context),
                s.Num(0),
                self.common(context),
            )
        )
        name = self.name("v")
        read = s.Set(name, s.Read(s.Cell(place.memory.name, elsewhere, place.memory.width)))
        made = [write, *([] if self.careless() else self.sync(context)), read]
        context.names.append(name)
        return made

    def phases(self, context: Context) -> list[s.Stmt]:
        made: list[s.Stmt] = []
        place = self.shared_place()
        for i in range(self.rng.choice((1, 2))):
            if i and not self.careless():
                made += self.sync(context)
            made += self.exchange(place, context)
        return made

    def reduction(self, context: Context) -> list[s.Stmt]:
        """A tree over shared memory, downwards or upwards."""
        rng = self.rng
        memory = self.shared_place().memory
        k = self.name("k")
        mine = s.Cell(memory.name, TID_X, memory.width)
        other = s.Cell(memory.name, add(TID_X, s.Var(k)), memory.width)
        combine = s.Write(mine, add(s.Convert(32, s.Read(mine)), s.Convert(32, s.Read(other))))
        down = rng.random() < 0.6
        if down:
            start = rng.choice(
                (s.Arith(BinOp.UDIV, NTID_X, s.Num(2)), s.Arith(BinOp.LSHR, NTID_X, s.Num(1)), s.Num(4))
            )
            cond: s.Cond = s.Test(Pred.ULT, s.Num(0), s.Var(k))
            step: s.Expr = s.Arith(BinOp.LSHR, s.Var(k), s.Num(1))
            guard: s.Cond = below(TID_X, s.Var(k))
        else:
            start, cond = s.Num(1), below(s.Var(k), NTID_X)
            step = mul(s.Var(k), s.Num(2))
            guard = is_zero(rem(TID_X, mul(s.Var(k), s.Num(2))))
        body: list[s.Stmt] = [s.If(guard, (combine,))]
        if not self.careless():
            body.insert(rng.randrange(2), s.Sync())
        made: list[s.Stmt] = [s.Set(k, start)]
        if rng.random() < 0.6:
            made = [s.Write(mine, self.varying(context)), *self.sync(context), s.Set(k, start)]
        made.append(s.Loop(cond, (*body, s.Set(k, step)), merge=rng.random() < 0.3))
        if rng.random() < 0.3:
            made += self.exchange(self.shared_place(), context)
        return made

    def barrier_loop(self, context: Context) -> list[s.Stmt]:
        """A loop with one or two barriers, at the start, in the middle, at the end, under conditions."""
        rng = self.rng
        place = self.shared_place()
        i = self.name("i")
        inner = Context(context.uniform, context.depth + 1, 1, [*context.names, i], [*context.common, i])
        parts: list[list[s.Stmt]] = [self.exchange(place, inner)]
        if rng.random() < 0.5:
            parts.append(self.access(inner))
        sync: s.Stmt = s.Sync()
        if rng.random() < 0.3:
            sync = s.If(self.condition(inner, common=not self.careless()), (sync,))
        if rng.random() < 0.25:
            j = self.name("j")
            limit = self.common(inner, 1)
            nest: list[s.Stmt] = [*self.access(inner), s.Sync()]
            rng.shuffle(nest)
            count = (*nest, s.Set(j, add(s.Var(j), s.Num(1))))
            parts.append([s.Set(j, s.Num(0)), s.Loop(below(s.Var(j), limit), count)])
        if not self.careless():
            parts.insert(rng.randrange(len(parts) + 1), [sync])
        rng.shuffle(parts)
        if rng.random() < 0.15:
            way: s.Stmt = rng.choice((s.Break(), s.Continue(), s.Leave()))
            parts.insert(
                rng.randrange(len(parts) + 1),
                [s.If(self.condition(inner, common=not self.careless()), (way,))],
            )
        number = self.common if not self.careless() else self.varying
        step = rng.choice((add(s.Var(i), s.Num(1)), add(s.Var(i), s.Num(2)), mul(s.Var(i), s.Num(2))))
        body = (*(x for part in parts for x in part), s.Set(i, step))
        loop = s.Loop(below(s.Var(i), number(context, 1)), body, rng.random() < 0.2, rng.random() < 0.3)
        context.names.append(i)
        made: list[s.Stmt] = [s.Set(i, s.Num(rng.randrange(2))), loop]
        return [*made, *(self.exchange(self.shared_place(), context) if rng.random() < 0.4 else [])]

    def pointer_walk(self, context: Context) -> list[s.Stmt]:
        """`while p != end`: a pointer steps through a thread's own stretch."""
        rng = self.rng
        place = rng.choice(self.places)
        memory, p = place.memory, self.name("p")
        owner = TID_X if memory.kind == "shared" else GID
        size = rng.choice((2, 3, 4))
        start = s.Cell(memory.name, mul(owner, s.Num(size)), memory.width)
        end = s.Cell(memory.name, add(mul(owner, s.Num(size)), s.Num(size)), memory.width)
        if self.careless():
            end = s.Cell(memory.name, s.Num(8), memory.width)
        stride = 1 if rng.random() < 0.8 else rng.choice((2, 3))
        body = (
            s.Write(s.Cell(p, s.Num(0), memory.width), self.varying(context)),
            s.Point(p, s.Cell(p, s.Num(stride), memory.width)),
        )
        return [s.Point(p, start), s.Loop(s.SamePlace(p, end, False), body)]

    def left_behind(self, context: Context) -> list[s.Stmt]:
        """A value leaves one loop and steers another, perhaps with barriers in it."""
        rng = self.rng
        number = self.common if rng.random() < 0.6 else self.varying
        common = number == self.common
        i, q = self.name("i"), self.name("q")
        first: list[s.Stmt] = [s.Set(i, add(s.Var(i), s.Num(1)))]
        if rng.random() < 0.6:
            way = s.If(s.Test(Pred.ULE, number(context, 1), s.Var(i)), (s.Break(),))
            first.insert(rng.randrange(2), way)
        inner = Context(context.uniform and common, 2, 1, [*context.names, q], list(context.common))
        body = [*self.access(inner), *(self.sync(inner) if rng.random() < 0.6 else [])]
        rng.shuffle(body)
        step = rng.choice((s.Arith(BinOp.LSHR, s.Var(q), s.Num(1)), sub(s.Var(q), s.Num(1))))
        return [
            s.Set(i, s.Num(0)),
            s.Loop(below(s.Var(i), number(context, 1)), tuple(first), rng.random() < 0.2, rng.random() < 0.5),
            s.Set(q, s.Var(i)),
            s.Loop(s.Test(Pred.NE, s.Var(q), s.Num(0)), (*body, s.Set(q, step))),
        ]

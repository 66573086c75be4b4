"""From structured kernels to IR in SSA form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cuq.base.span import Span
from cuq.contract import Contract, Dims, Length, MayAlias, Requirement, parse_condition, parse_int_term
from cuq.ir.module import Block, Kernel, MemObject, ObjectKind, Param
from cuq.ir.ops import (
    Assume,
    AtomicCas,
    AtomicRmw,
    Barrier,
    Binary,
    BinOp,
    Branch,
    Cast,
    CastKind,
    Compare,
    Const,
    CopyBytes,
    Edge,
    Jump,
    Load,
    Loc,
    ObjectRef,
    Op,
    Panic,
    Pred,
    PtrAdd,
    ReadSpecial,
    Reg,
    Return,
    Select,
    Store,
    Terminator,
    Unreachable,
    Value,
)
from cuq.ir.types import I1, I32, I64, PTR, IntType, MemSem, Order, Scope, Space, Type
from tests.soundness import syntax as s

FILE = "random"


@dataclass(slots=True)
class _Open:
    label: str
    params: tuple[Reg, ...] = ()
    ops: list[Op] = field(default_factory=list)
    terminator: Terminator | None = None


Env = dict[str, Value]


@dataclass(slots=True)
class _Around:
    """The loop around a statement: where `continue` goes, and the ways out so far."""

    next: list[tuple[_Open, Env]] = field(default_factory=list)
    out: list[tuple[_Open, Env]] = field(default_factory=list)


def kernel_of(program: s.Program) -> Kernel:
    """The kernel of a program; every operation has a line of its own in the file `random`."""
    return _Lowering(program).kernel()


def contract_of(program: s.Program) -> Contract:
    span = Span.at(FILE, 1)
    return Contract(
        "k",
        span,
        block=Dims(*program.block, span) if program.block else None,
        grid=Dims(*program.grid, span) if program.grid else None,
        requires=tuple(Requirement(parse_condition(text, span), span) for text in program.requires),
        lengths=tuple(Length(name, parse_int_term(text, span), span) for name, text in program.lengths),
        may_alias=(MayAlias(program.aliases, span),) if program.aliases else (),
    )


class _Lowering:
    def __init__(self, program: s.Program) -> None:
        self.program = program
        self.count = self.line = self.barriers = 0
        self.blocks = [_Open("bb0")]
        self.at: _Open | None = self.blocks[0]
        self.env: Env = {}
        self.around: list[_Around] = []

    def kernel(self) -> Kernel:
        params: list[Param] = []
        objects: list[MemObject] = []
        for memory in self.program.memory:
            self._memory(memory, params, objects)
        for name, bits in self.program.params:
            reg = self.reg(IntType(bits))
            params.append(Param(name, f"u{bits}", (reg,), (name,), (None,), (False,)))
            self.env[name] = reg
        self.body(self.program.body)
        if self.at:
            self.at.terminator = Return(self.loc())
        blocks = []
        for b in self.blocks:
            assert b.terminator is not None
            blocks.append(Block(b.label, b.params, tuple(b.ops), b.terminator))
        if self.program.threaded:
            blocks = _threaded(blocks)
        return Kernel("k", tuple(params), tuple(objects), _reachable(blocks), Span.at(FILE, 1))

    def _memory(self, memory: s.Memory, params: list[Param], objects: list[MemObject]) -> None:
        name, width = memory.name, memory.width
        match memory.kind:
            case "pointer":
                reg = self.reg(PTR)
                params.append(Param(name, "*mut", (reg,), (name,), (name,), (False,)))
                objects.append(MemObject(name, ObjectKind.PARAM, Space.GLOBAL, width))
                self.env[name] = reg
            case "slice":
                reg, length = self.reg(PTR), self.reg(I64)
                names = (name, f"{name}.len")
                params.append(Param(name, "&mut []", (reg, length), names, (name, None), (False, False)))
                objects.append(MemObject(name, ObjectKind.PARAM, Space.GLOBAL, width, length=length))
                self.env[name] = reg
                self.env[f"{name}.len"] = length
            case kind:
                space = Space.SHARED if kind == "shared" else Space.GLOBAL
                objects.append(MemObject(name, ObjectKind(kind), space, width, width * memory.count))
                self.env[name] = ObjectRef(name)

    # --- building ------------------------------------------------------------------------------------

    def reg(self, kind: Type) -> Reg:
        self.count += 1
        return Reg(self.count - 1, kind)

    def loc(self) -> Loc:
        self.line += 1
        return Loc(Span.at(FILE, self.line))

    def add(self, op: Op) -> None:
        assert self.at
        self.at.ops.append(op)

    def open(self, params: tuple[Reg, ...] = ()) -> _Open:
        block = _Open(f"bb{len(self.blocks)}", params)
        self.blocks.append(block)
        self.at = block
        return block

    def end(self, terminator: Terminator) -> None:
        assert self.at
        self.at.terminator = terminator
        self.at = None

    def join(self, ways: list[tuple[_Open, Env]], always: bool = False) -> None:
        """Opens the block where these open ends meet; variables that differ become its parameters."""
        if not ways:
            self.at = None
            return
        known = [n for n in ways[0][1] if all(n in env for _, env in ways)]
        # A variable that was set at different widths is no longer one.
        known = [n for n in known if len({env[n].type for _, env in ways}) == 1]
        first = ways[0][1]
        objects = {m.name for m in self.program.memory}
        names = [
            n
            for n in known
            if n not in objects and (always or any(env[n] != first[n] for _, env in ways[1:]))
        ]
        block = self.open(tuple(self.reg(first[n].type) for n in names))
        for end, env in ways:
            end.terminator = Jump(Edge(block.label, tuple(env[n] for n in names)), self.loc())
        self.env = {n: first[n] for n in known}
        self.env.update(zip(names, block.params, strict=True))

    # --- statements ----------------------------------------------------------------------------------

    def body(self, body: Iterable[s.Stmt]) -> None:
        for statement in body:
            if self.at is None:
                return
            self.statement(statement)

    def statement(self, statement: s.Stmt) -> None:
        match statement:
            case s.Set(name=name, value=value):
                self.env[name] = self.expr(value)
            case s.Point(name=name, cell=cell):
                self.env[name] = self.address(cell)
            case s.PointEither(name=name, cond=cond, a=a, b=b):
                chosen, x, y, reg = self.cond(cond), self.address(a), self.address(b), self.reg(PTR)
                self.add(Select(reg, chosen, x, y, self.loc()))
                self.env[name] = reg
            case s.Write(cell=cell, value=value, order=order, scope=scope):
                word = self.resize(self.expr(value), 8 * cell.width, False)
                self.add(Store(self.address(cell), word, MemSem(Space.GENERIC, order, scope), self.loc()))
            case s.Update(name=name, op=op, cell=cell, value=value, scope=scope):
                word = self.resize(self.expr(value), 8 * cell.width, False)
                reg, sem = self.reg(IntType(8 * cell.width)), _relaxed(scope)
                self.add(AtomicRmw(reg, op, self.address(cell), word, sem, self.loc()))
                self.env[name] = reg
            case s.Swap(name=name, cell=cell, expected=expected, value=value, scope=scope):
                bits = 8 * cell.width
                old, new = (self.resize(self.expr(e), bits, False) for e in (expected, value))
                reg, pointer = self.reg(IntType(bits)), self.address(cell)
                self.add(AtomicCas(reg, pointer, old, new, _relaxed(scope), Order.RELAXED, self.loc()))
                self.env[name] = reg
            case s.Copy(target=target, source=source, size=size):
                width = self.resize(self.expr(size), 64, False)
                to, origin = self.address(target), self.address(source)
                self.add(CopyBytes(to, origin, width, MemSem(), MemSem(), self.loc()))
            case s.If():
                self.branch(statement)
            case s.Loop():
                self.loop(statement)
            case s.Break() | s.Continue():
                if self.around:
                    assert self.at
                    ways = self.around[-1].out if isinstance(statement, s.Break) else self.around[-1].next
                    ways.append((self.at, self.env))
                    self.at = None
            case s.Sync():
                self.add(Barrier(self.barriers, self.loc()))
                self.barriers += 1
            case s.Leave():
                self.end(Return(self.loc()))
            case s.Trap(kind=kind):
                self.end(Panic(kind, "", self.loc()) if kind else Unreachable(self.loc()))
            case s.Suppose(cond=cond):
                self.add(Assume(self.cond(cond), self.loc()))

    def branch(self, statement: s.If) -> None:
        cond, before, env = self.cond(statement.cond), self.at, self.env
        assert before
        ways: list[tuple[_Open, Env]] = []
        heads: list[str] = []
        for arm in (statement.then, statement.other):
            self.env = dict(env)
            heads.append(self.open().label)
            self.body(arm)
            if self.at:
                ways.append((self.at, self.env))
        before.terminator = Branch(cond, Edge(heads[0]), Edge(heads[1]), self.loc())
        self.join(ways)

    def loop(self, statement: s.Loop) -> None:
        before = self.at
        assert before
        carried = [n for n in sorted(_assigned(statement.body)) if n in self.env]
        header = self.open(tuple(self.reg(self.env[n].type) for n in carried))
        before.terminator = Jump(Edge(header.label, tuple(self.env[n] for n in carried)), self.loc())
        self.env = {**self.env, **dict(zip(carried, header.params, strict=True))}
        around = _Around()
        self.around.append(around)
        if not statement.test_last:
            self.test(statement.cond, around)
        self.body(statement.body)
        if self.at:
            around.next.append((self.at, self.env))
        if statement.test_last:
            self.join(around.next)
            around.next = []
            if self.at:
                self.test(statement.cond, around)
                around.next.append((self.at, self.env))
        for end, env in around.next:
            # A variable that came back at another width starts again from where it was.
            args = tuple(
                env[n] if n in env and env[n].type == p.type else p
                for n, p in zip(carried, header.params, strict=True)
            )
            end.terminator = Jump(Edge(header.label, args), self.loc())
        self.around.pop()
        self.join(around.out, statement.merge)

    def test(self, cond: s.Cond, around: _Around) -> None:
        """Go on where `cond` holds, leave the loop where it does not."""
        value, before, env = self.cond(cond), self.at, self.env
        assert before
        away = self.open()
        around.out.append((away, dict(env)))
        on = self.open()
        before.terminator = Branch(value, Edge(on.label), Edge(away.label), self.loc())

    # --- expressions ---------------------------------------------------------------------------------

    def expr(self, e: s.Expr) -> Value:
        match e:
            case s.Num(value=value, bits=bits):
                return Const(value & ((1 << bits) - 1), IntType(bits))
            case s.Spec(register=register):
                reg = self.reg(I32)
                self.add(ReadSpecial(reg, register, self.loc()))
                return reg
            case s.Var(name=name):
                return self.env.get(name, Const(0, I32))
            case s.Arith(op=op, a=a, b=b, nowrap=nowrap):
                x = self.expr(a)
                y = self.resize(self.expr(b), _bits(x), False)
                reg = self.reg(x.type)
                self.add(Binary(reg, op, x, y, self.loc(), nowrap))
                return reg
            case s.Convert(bits=bits, a=a, signed=signed):
                return self.resize(self.expr(a), bits, signed)
            case s.Pick(cond=cond, a=a, b=b):
                chosen, x = self.cond(cond), self.expr(a)
                y = self.resize(self.expr(b), _bits(x), False)
                reg = self.reg(x.type)
                self.add(Select(reg, chosen, x, y, self.loc()))
                return reg
            case s.Read(cell=cell, order=order, scope=scope):
                reg = self.reg(IntType(8 * cell.width))
                self.add(Load(reg, self.address(cell), MemSem(Space.GENERIC, order, scope), self.loc()))
                return reg

    def cond(self, cond: s.Cond) -> Value:
        reg = self.reg(I1)
        match cond:
            case s.Test(pred=pred, a=a, b=b):
                x = self.expr(a)
                y = self.resize(self.expr(b), _bits(x), False)
                self.add(Compare(reg, pred, x, y, self.loc()))
            case s.Joined(op=op, a=a, b=b):
                p, q = self.cond(a), self.cond(b)
                self.add(Binary(reg, op, p, q, self.loc()))
            case s.SamePlace(pointer=pointer, cell=cell, equal=equal):
                left = self.env.get(pointer)
                other = self.address(cell)
                if left is None or left.type != PTR:
                    left = other
                self.add(Compare(reg, Pred.EQ if equal else Pred.NE, left, other, self.loc()))
        return reg

    def resize(self, value: Value, bits: int, signed: bool) -> Value:
        have = _bits(value)
        if have == bits:
            return value
        if isinstance(value, Const) and not signed:
            return Const(value.bits & ((1 << bits) - 1), IntType(bits))
        kind = CastKind.TRUNC if bits < have else CastKind.SEXT if signed else CastKind.ZEXT
        reg = self.reg(IntType(bits))
        self.add(Cast(reg, kind, value, self.loc()))
        return reg

    def address(self, cell: s.Cell) -> Value:
        base = self.env.get(cell.base)
        if base is None or base.type != PTR:
            base = self.env[self.program.memory[0].name]
        index = self.expr(cell.index)
        if isinstance(index, Const) and index.bits == 0:
            return base
        wide, offset, pointer = self.resize(index, 64, cell.signed), self.reg(I64), self.reg(PTR)
        self.add(Binary(offset, BinOp.MUL, wide, Const(cell.width, I64), self.loc()))
        self.add(PtrAdd(pointer, base, offset, cell.inbounds, self.loc()))
        return pointer


def _relaxed(scope: Scope) -> MemSem:
    return MemSem(Space.GENERIC, Order.RELAXED, scope)


def _bits(value: Value) -> int:
    assert isinstance(value.type, IntType), value
    return value.type.bits


def _assigned(body: Iterable[s.Stmt]) -> set[str]:
    names: set[str] = set()
    for statement in body:
        match statement:
            case s.Set(name=n) | s.Point(name=n) | s.PointEither(name=n) | s.Update(name=n) | s.Swap(name=n):
                names.add(n)
            case s.If(then=then, other=other):
                names |= _assigned(then) | _assigned(other)
            case s.Loop(body=inner):
                names |= _assigned(inner)
            case _:
                pass
    return names


def _threaded(blocks: list[Block]) -> list[Block]:
    """Edges to blocks that only jump lead where these jump."""
    jumps = {
        b.label: b.terminator.edge
        for b in blocks[1:]
        if not b.ops and not b.params and isinstance(b.terminator, Jump)
    }

    def follow(edge: Edge) -> Edge:
        seen: set[str] = set()
        while edge.target in jumps and edge.target not in seen:
            seen.add(edge.target)
            edge = jumps[edge.target]
        return edge

    threaded = []
    for block in blocks:
        match block.terminator:
            case Jump(edge=edge, loc=loc):
                end: Terminator = Jump(follow(edge), loc)
            case Branch(cond=cond, then=then, otherwise=otherwise, loc=loc):
                end = Branch(cond, follow(then), follow(otherwise), loc)
            case other:
                end = other
        threaded.append(Block(block.label, block.params, block.ops, end))
    return threaded


def _reachable(blocks: list[Block]) -> tuple[Block, ...]:
    """The blocks that the entry reaches, in the order of text."""
    by_label = {b.label: b for b in blocks}
    seen, work = {blocks[0].label}, [blocks[0].label]
    while work:
        match by_label[work.pop()].terminator:
            case Jump(edge=edge):
                targets = [edge.target]
            case Branch(then=then, otherwise=otherwise):
                targets = [then.target, otherwise.target]
            case _:
                targets = []
        work += [t for t in targets if t not in seen]
        seen.update(targets)
    return tuple(b for b in blocks if b.label in seen)

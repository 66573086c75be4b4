"""A small language to write kernels for tests, in Python's syntax.

    def k(x: ptr(i32), s: shared(i32, 64), n: i32):
        if tid < n:
            s[tid] = x[gid]      # A
        barrier()
        x[gid] = s[tid + 1]      # B

Integers are i32 and signed; an index counts elements of the annotated type and may be negative. `view(x, i8)`
is `x` with other elements. A comment of one word names the accesses of its line in expectations.

Expressions: arithmetic, comparisons, `tid ctaid ntid nctaid gid`, `tid_y` and so on, `x[i]`,
`load(x[i], order, scope)`, `add(x[i], v, order, scope)`, `exch(…)` and the other updates (`and_`, `or_`), `cas(x[i], expected, v, order, scope)`.
Statements: assignment, `if`, `while`, `for i in range(…)`, `return`, `store(x[i], v, order, scope)`,
`fence(order, scope)`, `barrier()`, `copy(x[i], y[j], bytes)`, `assume(c)`, `panic()`, `unreachable()`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from textwrap import dedent

from cuq.base.span import Span
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
    Fence,
    Jump,
    Load,
    Loc,
    ObjectRef,
    Op,
    Panic,
    PanicKind,
    Pred,
    PtrAdd,
    ReadSpecial,
    Reg,
    Return,
    RmwOp,
    Store,
    Terminator,
    Unreachable,
    Value,
)
from cuq.ir.scan import parse_type
from cuq.ir.types import (
    I1,
    I32,
    I64,
    PTR,
    FloatType,
    IntType,
    MemSem,
    Order,
    Scope,
    Space,
    Special,
    Type,
)

_BINARY: dict[type[ast.operator], BinOp] = {
    ast.Add: BinOp.ADD,
    ast.Sub: BinOp.SUB,
    ast.Mult: BinOp.MUL,
    ast.FloorDiv: BinOp.SDIV,
    ast.Mod: BinOp.SREM,
    ast.BitAnd: BinOp.AND,
    ast.BitOr: BinOp.OR,
    ast.BitXor: BinOp.XOR,
    ast.LShift: BinOp.SHL,
    ast.RShift: BinOp.ASHR,
}
_COMPARE: dict[type[ast.cmpop], tuple[Pred, bool]] = {
    ast.Eq: (Pred.EQ, False),
    ast.NotEq: (Pred.NE, False),
    ast.Lt: (Pred.SLT, False),
    ast.LtE: (Pred.SLE, False),
    ast.Gt: (Pred.SLT, True),
    ast.GtE: (Pred.SLE, True),
}
_RMW = {op.value: op for op in RmwOp}
_WEAK = MemSem(Space.GENERIC)


def marks(text: str) -> dict[int, str]:
    """The one-word comments of the text, by line."""
    lines = enumerate(dedent(text).strip("\n").splitlines(), 1)
    return {number: line.partition("#")[2].strip() for number, line in lines if "#" in line}


def mini(text: str) -> Kernel:
    """The kernel that a function in the language describes."""
    (function,) = ast.parse(dedent(text).strip("\n")).body
    assert isinstance(function, ast.FunctionDef)
    return _Translator(function).kernel()


@dataclass(slots=True)
class _Open:
    label: str
    params: tuple[Reg, ...] = ()
    ops: list[Op] = field(default_factory=list)
    terminator: Terminator | None = None


Env = dict[str, Value]


class _Translator:
    def __init__(self, function: ast.FunctionDef) -> None:
        self.function = function
        self.count = 0
        self.barriers = 0
        self.blocks = [_Open("bb0")]
        self.params: list[Param] = []
        self.objects: list[MemObject] = []
        self.pointers: dict[str, tuple[Value, int, Type]] = {}
        self.env: Env = {}
        self.at: _Open | None = self.blocks[0]

    def kernel(self) -> Kernel:
        for arg in self.function.args.args:
            self.param(arg.arg, arg.annotation)
        end = Loc(Span.at("mini", self.function.end_lineno or 1))
        self.body(self.function.body)
        if self.at:
            self.at.terminator = Return(end)
        blocks = []
        for b in self.blocks:
            assert b.terminator is not None
            blocks.append(Block(b.label, b.params, tuple(b.ops), b.terminator))
        return Kernel(self.function.name, tuple(self.params), tuple(self.objects), tuple(blocks))

    def reg(self, kind: Type) -> Reg:
        self.count += 1
        return Reg(self.count - 1, kind)

    def param(self, name: str, annotation: ast.expr | None) -> None:
        if isinstance(annotation, ast.Name):
            reg = self.reg(_type(annotation))
            self.params.append(Param(name, "i32", (reg,), (name,), (None,)))
            self.env[name] = reg
            return
        assert isinstance(annotation, ast.Call)
        assert isinstance(annotation.func, ast.Name)
        element, *size = annotation.args
        kind = _type(element)
        bytes_ = kind.width * _number(size[0]) if size else None
        word = annotation.func.id
        if word in ("shared", "local", "static"):
            space = {"shared": Space.SHARED, "local": Space.LOCAL, "static": Space.GLOBAL}[word]
            self.objects.append(MemObject(name, ObjectKind(word), space, kind.width, bytes_))
            self.pointers[name] = ObjectRef(name), kind.width, kind
            return
        pointer = self.reg(PTR)
        regs, names = [pointer], [name]
        length = self.reg(I64) if word in ("slice", "ref") else None
        self.objects.append(
            MemObject(name, ObjectKind.PARAM, Space.GLOBAL, kind.width, length=length, readonly=word == "ref")
        )
        targets: tuple[str | None, ...] = (name,)
        if length:
            regs, names, targets = [*regs, length], [*names, f"{name}.len"], (name, None)
        self.params.append(Param(name, word, tuple(regs), tuple(names), targets))
        self.pointers[name] = pointer, kind.width, kind

    # --- statements ---------------------------------------------------------------------------------

    def body(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            if self.at is None:
                return
            self.statement(statement)

    def statement(self, s: ast.stmt) -> None:
        loc = Loc(Span.at("mini", s.lineno))
        match s:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.env[name] = self.expr(value)
            case ast.Assign(targets=[ast.Subscript() as place], value=value):
                self.store(place, self.expr(value), _WEAK, loc)
            case ast.If(test=test, body=then, orelse=otherwise):
                self.branch(test, then, otherwise, loc)
            case ast.While(test=test, body=body):
                self.loop(test, body, loc)
            case ast.For(target=ast.Name(id=name), iter=ast.Call(args=args), body=body):
                first, last = (ast.Constant(0), args[0]) if len(args) == 1 else args
                self.env[name] = self.expr(first)
                test = ast.Compare(ast.Name(name), [ast.Lt()], [last])
                step = ast.Assign([ast.Name(name)], ast.BinOp(ast.Name(name), ast.Add(), ast.Constant(1)))
                self.loop(test, [*body, ast.copy_location(step, s)], loc)
            case ast.Return():
                self.end(Return(loc))
            case ast.Expr(value=ast.Call(func=ast.Name(id=word), args=args)):
                self.call(word, args, loc)
            case ast.Pass():
                pass
            case _:
                raise NotImplementedError(ast.unparse(s))

    def call(self, word: str, args: list[ast.expr], loc: Loc) -> None:
        match word:
            case "barrier":
                self.add(Barrier(self.barriers, loc))
                self.barriers += 1
            case "fence":
                self.add(Fence(Order(_word(args[0])), Scope(_word(args[1])), loc))
            case "store":
                self.store(args[0], self.expr(args[1]), _sem(args[2:]), loc)
            case "copy":
                target, source = self.address(args[0], loc)[0], self.address(args[1], loc)[0]
                size = Const(_number(args[2]), I64)
                self.add(CopyBytes(target, source, size, _WEAK, _WEAK, loc))
            case "assume":
                self.add(Assume(self.expr(args[0]), loc))
            case "panic":
                self.end(Panic(PanicKind.EXPLICIT, "", loc))
            case "unreachable":
                self.end(Unreachable(loc))
            case _:
                self.expr(ast.Call(ast.Name(word), args, []), loc)

    def store(self, place: ast.expr, value: Value, sem: MemSem, loc: Loc) -> None:
        pointer, kind = self.address(place, loc)
        self.add(Store(pointer, self.resize(value, kind, loc), sem, loc))

    def branch(self, test: ast.expr, then: list[ast.stmt], otherwise: list[ast.stmt], loc: Loc) -> None:
        cond = self.condition(test, loc)
        before = self.at
        assert before
        env = dict(self.env)
        arms = []
        heads = []
        for arm in (then, otherwise):
            self.env = dict(env)
            heads.append(self.open(()))
            self.body(arm)
            arms.append((self.at, self.env))
        before.terminator = Branch(cond, Edge(heads[0].label), Edge(heads[1].label), loc)
        live = [(block, e) for block, e in arms if block]
        if not live:
            self.at = None
            return
        names = [n for n in env if any(e[n] != env[n] for _, e in live)]
        self.env = {n: env[n] for n in env}
        self.join(names, live, loc)

    def join(self, names: list[str], live: list[tuple[_Open, Env]], loc: Loc) -> None:
        params = tuple(self.reg(live[0][1][n].type) for n in names)
        join = self.open(params)
        for block, e in live:
            block.terminator = Jump(Edge(join.label, tuple(e[n] for n in names)), loc)
        self.env.update(zip(names, params, strict=True))

    def loop(self, test: ast.expr, body: list[ast.stmt], loc: Loc) -> None:
        before = self.at
        assert before
        changed = {n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name)} & set(self.env)
        names = sorted(changed)
        env = dict(self.env)
        self.join(names, [(before, env)], loc)
        header = self.at
        assert header
        at_header = dict(self.env)
        cond = self.condition(test, loc)
        tested = self.at
        assert tested
        inner = self.open(())
        self.body(body)
        if self.at:
            back = tuple(self.env[n] for n in names)
            self.at.terminator = Jump(Edge(header.label, back), loc)
        self.env = at_header
        after = self.open(())
        tested.terminator = Branch(cond, Edge(inner.label), Edge(after.label), loc)

    def open(self, params: tuple[Reg, ...]) -> _Open:
        block = _Open(f"bb{len(self.blocks)}", params)
        self.blocks.append(block)
        self.at = block
        return block

    def end(self, terminator: Terminator) -> None:
        assert self.at
        self.at.terminator = terminator
        self.at = None

    def add(self, op: Op) -> None:
        assert self.at
        self.at.ops.append(op)

    # --- expressions --------------------------------------------------------------------------------

    def expr(self, e: ast.expr, loc: Loc | None = None) -> Value:
        loc = loc or Loc(Span.at("mini", getattr(e, "lineno", 0)))
        match e:
            case ast.Constant(value=int(number)):
                return Const(number & 0xFFFF_FFFF, I32)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
                return Const(-number & 0xFFFF_FFFF, I32)
            case ast.Name(id="gid"):
                return self.expr(ast.parse("ctaid * ntid + tid", mode="eval").body, loc)
            case ast.Name(id=name):
                return self.env[name] if name in self.env else self.special(name, loc)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self.expr(left), self.expr(right)
                reg = self.reg(a.type)
                self.add(Binary(reg, _BINARY[type(op)], a, b, loc))
                return reg
            case ast.Compare(left=left, ops=[relation], comparators=[right]):
                pred, swap = _COMPARE[type(relation)]
                a, b = self.expr(left), self.expr(right)
                reg = self.reg(I1)
                self.add(Compare(reg, pred, *((b, a) if swap else (a, b)), loc))
                return reg
            case ast.Subscript():
                pointer, kind = self.address(e, loc)
                reg = self.reg(kind)
                self.add(Load(reg, pointer, _WEAK, loc))
                return self.resize(reg, I32, loc)
            case ast.Call(func=ast.Name(id=word), args=args):
                return self.atomic(word, args, loc)
            case _:
                raise NotImplementedError(ast.unparse(e))

    def special(self, name: str, loc: Loc) -> Value:
        family, _, axis = name.partition("_")
        reg = self.reg(I32)
        self.add(ReadSpecial(reg, Special(f"{family}.{axis or 'x'}"), loc))
        return reg

    def atomic(self, word: str, args: list[ast.expr], loc: Loc) -> Value:
        pointer, kind = self.address(args[0], loc)
        reg = self.reg(kind)
        if word == "load":
            self.add(Load(reg, pointer, _sem(args[1:]), loc))
        elif word == "cas":
            expected, value = (self.resize(self.expr(a), kind, loc) for a in args[1:3])
            self.add(AtomicCas(reg, pointer, expected, value, _sem(args[3:]), Order.RELAXED, loc))
        else:
            value = self.resize(self.expr(args[1]), kind, loc)
            self.add(AtomicRmw(reg, _RMW[word.rstrip("_")], pointer, value, _sem(args[2:]), loc))
        return self.resize(reg, I32, loc)

    def address(self, e: ast.expr, loc: Loc) -> tuple[Value, Type]:
        assert isinstance(e, ast.Subscript), ast.unparse(e)
        match e.value:
            case ast.Name(id=name):
                base, width, kind = self.pointers[name]
            case ast.Call(func=ast.Name(id="view"), args=[ast.Name(id=name), other]):
                kind = _type(other)
                base, width = self.pointers[name][0], kind.width
            case _:
                raise NotImplementedError(ast.unparse(e))
        index, wide, offset, pointer = self.expr(e.slice), self.reg(I64), self.reg(I64), self.reg(PTR)
        self.add(Cast(wide, CastKind.SEXT, index, loc))
        self.add(Binary(offset, BinOp.MUL, wide, Const(width, I64), loc))
        self.add(PtrAdd(pointer, base, offset, False, loc))
        return pointer, kind

    def condition(self, e: ast.expr, loc: Loc) -> Value:
        cond = self.expr(e, loc)
        if cond.type == I1:
            return cond
        reg = self.reg(I1)
        self.add(Compare(reg, Pred.NE, cond, Const(0, I32), loc))
        return reg

    def resize(self, value: Value, kind: Type, loc: Loc) -> Value:
        if isinstance(value, Const) and isinstance(kind, IntType | FloatType):
            return Const(value.bits & ((1 << kind.bits) - 1), kind)
        if value.type == kind:
            return value
        assert isinstance(value.type, IntType | FloatType)
        assert isinstance(kind, IntType | FloatType)
        reg = self.reg(kind)
        if value.type.bits == kind.bits:
            cast = CastKind.BITCAST
        else:
            cast = CastKind.TRUNC if value.type.bits > kind.bits else CastKind.ZEXT
        self.add(Cast(reg, cast, value, loc))
        return reg


def _type(e: ast.expr) -> Type:
    kind = parse_type(_word(e))
    assert kind is not None
    return kind


def _word(e: ast.expr) -> str:
    assert isinstance(e, ast.Name)
    return e.id


def _number(e: ast.expr) -> int:
    assert isinstance(e, ast.Constant)
    assert isinstance(e.value, int)
    return e.value


def _sem(args: list[ast.expr]) -> MemSem:
    words = [_word(a) for a in args]
    return MemSem(Space.GENERIC, Order(words[0]), Scope(words[1]) if len(words) > 1 else None)

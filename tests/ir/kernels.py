"""Random well-formed kernels, and a shorthand to write kernels as text."""

from __future__ import annotations

from textwrap import dedent

from hypothesis import strategies as st

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
    FloatOp,
    Jump,
    Load,
    Loc,
    NoWrap,
    ObjectRef,
    Op,
    Overflow,
    Panic,
    PanicKind,
    Pred,
    PtrAdd,
    ReadSpecial,
    Reg,
    Return,
    RmwOp,
    Select,
    Store,
    Switch,
    Terminator,
    Undef,
    Unreachable,
    Value,
)
from cuq.ir.parse import parse_kernel
from cuq.ir.types import (
    F32,
    F64,
    I1,
    I8,
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

LOC = Loc(Span.at("test.rs", 1))
_PLAIN = st.builds(MemSem, st.sampled_from(Space), st.sampled_from([Order.WEAK, Order.VOLATILE]))
_ATOMIC = st.builds(
    MemSem, st.sampled_from(Space), st.sampled_from([o for o in Order if o.atomic]), st.sampled_from(Scope)
)
_INTS = (I8, I32, I64)
_LOADED: list[Type] = [*_INTS, F32, F64, PTR]
_PASSED: list[Type] = [I1, I32, F32, PTR]
_NAMES = st.sampled_from(["x", "s.len", "k::S", "1", "a b", 'q"', "é"])


def kernel(text: str) -> Kernel:
    """The kernel written in `text`, indentation removed."""
    return parse_kernel(dedent(text).lstrip("\n"))


class _Builder:
    """Draws operations whose operands are in scope: earlier in the block, or in the entry block."""

    def __init__(self, draw: st.DrawFn, objects: tuple[str, ...]) -> None:
        self.draw, self.objects = draw, objects
        self.next_id = 0
        self.sites = 0
        self.scope: list[Reg] = []

    def reg(self, kind: Type) -> Reg:
        self.next_id += 1
        return Reg(self.next_id - 1, kind)

    def value(self, kind: Type) -> Value:
        choices: list[Value] = [r for r in self.scope if r.type == kind]
        if kind == PTR:
            choices += [ObjectRef(name) for name in self.objects]
        else:
            assert isinstance(kind, IntType | FloatType)
            choices.append(Const(self.draw(st.integers(0, 2**kind.bits - 1)), kind))
        return self.draw(st.sampled_from([*choices, Undef(kind)]))

    def op(self) -> Op:
        d, v = self.draw, self.value
        kind = d(st.sampled_from(_INTS))
        mem_sem = d(_ATOMIC if d(st.booleans()) else _PLAIN)
        choice = d(st.integers(0, 15))
        match choice:
            case 0:
                op, wrap = d(st.sampled_from(BinOp)), d(st.sampled_from(NoWrap))
                if op not in (BinOp.ADD, BinOp.SUB, BinOp.MUL, BinOp.SHL):
                    wrap = NoWrap.NONE
                return Binary(self.reg(kind), op, v(kind), v(kind), LOC, wrap)
            case 1:
                op = d(st.sampled_from([BinOp.ADD, BinOp.SUB, BinOp.MUL]))
                return Overflow(self.reg(I1), op, d(st.booleans()), v(kind), v(kind), LOC)
            case 2:
                return Compare(self.reg(I1), d(st.sampled_from(Pred)), v(kind), v(kind), LOC)
            case 3:
                return Cast(self.reg(I64), CastKind.ZEXT, v(I32), LOC)
            case 4:
                return Select(self.reg(kind), v(I1), v(kind), v(kind), LOC)
            case 5:
                return FloatOp(self.reg(F32), "fma", (v(F32), v(F32), v(F32)), LOC)
            case 6:
                return ReadSpecial(self.reg(I32), d(st.sampled_from(Special)), LOC)
            case 7:
                return PtrAdd(self.reg(PTR), v(PTR), v(I64), d(st.booleans()), LOC)
            case 8:
                loaded = d(st.sampled_from(_LOADED))
                return Load(self.reg(loaded), v(PTR), mem_sem, LOC)
            case 9:
                return Store(v(PTR), v(kind), mem_sem, LOC)
            case 10:
                sem = d(_ATOMIC)
                return AtomicRmw(
                    self.reg(I32), d(st.sampled_from(list(RmwOp)[:-1])), v(PTR), v(I32), sem, LOC
                )
            case 11:
                failure = d(st.sampled_from([Order.RELAXED, Order.ACQUIRE, Order.SC]))
                return AtomicCas(self.reg(I32), v(PTR), v(I32), v(I32), d(_ATOMIC), failure, LOC)
            case 12:
                return CopyBytes(v(PTR), v(PTR), v(I64), d(_PLAIN), d(_PLAIN), LOC)
            case 13:
                order = d(st.sampled_from([Order.ACQUIRE, Order.RELEASE, Order.ACQ_REL, Order.SC]))
                return Fence(order, d(st.sampled_from(Scope)), LOC)
            case 14:
                self.sites += 1
                return Barrier(self.sites - 1, LOC)
            case _:
                return Assume(v(I1), LOC)

    def terminator(self, targets: dict[str, tuple[Reg, ...]]) -> Terminator:
        def edge() -> Edge:
            label = self.draw(st.sampled_from(list(targets)))
            return Edge(label, tuple(self.value(r.type) for r in targets[label]))

        match self.draw(st.integers(0, 5)) if targets else 3 + self.draw(st.integers(0, 2)):
            case 0:
                return Jump(edge(), LOC)
            case 1:
                return Branch(self.value(I1), edge(), edge(), LOC)
            case 2:
                cases = self.draw(st.sets(st.integers(0, 255), max_size=3))
                return Switch(self.value(I8), tuple((c, edge()) for c in sorted(cases)), edge(), LOC)
            case 3:
                return Return(LOC)
            case 4:
                return Panic(
                    self.draw(st.sampled_from(PanicKind)),
                    self.draw(st.text(alphabet='a é"\\\n', max_size=5)),
                    LOC,
                )
            case _:
                return Unreachable(LOC)


@st.composite
def kernels(draw: st.DrawFn) -> Kernel:
    """A well-formed kernel of up to four blocks, with every kind of operation."""
    names = draw(st.lists(_NAMES, min_size=1, max_size=3, unique=True))
    build = _Builder(draw, tuple(names))
    params, objects = [], []
    for i, name in enumerate(names):
        pointer, length = build.reg(PTR), build.reg(I64)
        params.append(
            Param(f"p{i}", "&[f32]", (pointer, length), (name, f"{name}.len"), (name, None), (False, True))
        )
        image = draw(st.none() | st.binary(max_size=3))
        size, readonly = draw(st.none() | st.integers(0, 64)), draw(st.booleans())
        objects.append(MemObject(name, ObjectKind.PARAM, Space.GLOBAL, 4, size, length, readonly, image))
        build.scope += [pointer, length]
    labels = [f"bb{i}" for i in range(draw(st.integers(1, 4)))]
    types = st.lists(st.sampled_from(_PASSED), max_size=2)
    arguments = {label: tuple(build.reg(t) for t in draw(types)) for label in labels[1:]}
    blocks = []
    for label in labels:
        outer = list(build.scope)
        build.scope += arguments.get(label, ())
        ops = []
        for _ in range(draw(st.integers(0, 4))):
            op = build.op()
            ops.append(op)
            defined = getattr(op, "result", None)
            if defined is not None:
                build.scope.append(defined)
        blocks.append(Block(label, arguments.get(label, ()), tuple(ops), build.terminator(arguments)))
        if label != "bb0":
            build.scope = outer
    return Kernel("k", tuple(params), tuple(objects), tuple(blocks))

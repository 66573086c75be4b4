"""The point at which code is emitted, with a method for each operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.lower.blocks import OpenBlock, Ssa
from cuq.ir.lower.frames import Frame
from cuq.ir.lower.values import Leaf, Missing, Tree
from cuq.ir.ops import (
    TRUE,
    Binary,
    BinOp,
    Cast,
    CastKind,
    Compare,
    Const,
    FloatOp,
    Load,
    Loc,
    NoWrap,
    Op,
    Overflow,
    Pred,
    PtrAdd,
    Reg,
    Select,
    Store,
    Value,
)
from cuq.ir.types import I1, I64, PTR, FloatType, IntType, MemSem, Type
from cuq.mir.tree import SourceInfo
from cuq.mir.types import Ty

if TYPE_CHECKING:
    from cuq.ir.lower.objects import Objects

WEAK = MemSem()


@dataclass(slots=True)
class Cursor:
    """Emits into `block`, for the MIR at `source` of `frame`."""

    ssa: Ssa
    objects: Objects
    frame: Frame
    block: OpenBlock
    source: SourceInfo
    node: int = 0
    """The node of the frame's shape that is being lowered."""

    @property
    def loc(self) -> Loc:
        return self.frame.loc(self.source)

    @property
    def span(self) -> Span:
        return self.loc.span

    def size(self, ty: Ty) -> int:
        """Bytes of a value of this type."""
        return self.objects.layouts.size(ty, self.span)

    # --- values

    def leaf(self, tree: Tree, kind: Type) -> Leaf | Missing:
        """The scalar that `tree` is, which may be a symbolic address."""
        return self.ssa.force(tree, kind)

    def value(self, tree: Tree, kind: Type) -> Value:
        """The scalar that `tree` is, as an IR value of type `kind`."""
        return self.ssa.value(self.ssa.force(tree, kind), kind, self.span)

    # --- operations

    def effect(self, op: Op) -> None:
        """Emit an operation without a result."""
        self.ssa.emit(self.block, op)

    def reg(self, kind: Type) -> Reg:
        return self.ssa.reg(kind)

    def define(self, op: Op) -> Value:
        """Emit an operation with a result; the value may be a simpler one."""
        value = self.ssa.emit(self.block, op)
        assert value is not None, "an operation with a result register"
        return value

    def binary(self, op: BinOp, a: Value, b: Value, nowrap: NoWrap = NoWrap.NONE) -> Value:
        return self.define(Binary(self.reg(a.type), op, a, b, self.loc, nowrap))

    def overflow(self, op: BinOp, signed: bool, a: Value, b: Value) -> Value:
        return self.define(Overflow(self.reg(I1), op, signed, a, b, self.loc))

    def compare(self, pred: Pred, a: Value, b: Value) -> Value:
        return self.define(Compare(self.reg(I1), pred, a, b, self.loc))

    def invert(self, cond: Value) -> Value:
        """`!cond` for an i1."""
        return self.binary(BinOp.XOR, cond, TRUE)

    def cast(self, kind: CastKind, a: Value, to: Type) -> Value:
        return self.define(Cast(self.reg(to), kind, a, self.loc))

    def resize(self, a: Value, to: IntType, signed: bool) -> Value:
        """An integer at another width, extended as its type's sign says."""
        assert isinstance(a.type, IntType), "an integer"
        if a.type.bits == to.bits:
            return a
        if a.type.bits > to.bits:
            return self.cast(CastKind.TRUNC, a, to)
        return self.cast(CastKind.SEXT if signed else CastKind.ZEXT, a, to)

    def select(self, cond: Value, a: Value, b: Value) -> Value:
        return self.define(Select(self.reg(a.type), cond, a, b, self.loc))

    def float_op(self, name: str, args: tuple[Value, ...], result: Type) -> Value:
        return self.define(FloatOp(self.reg(result), name, args, self.loc))

    def ptr_add(self, base: Value, offset: Value, inbounds: bool = True, unsigned: bool = False) -> Value:
        return self.define(PtrAdd(self.reg(PTR), base, offset, inbounds, self.loc, unsigned))

    def at_offset(self, base: Value, offset: int) -> Value:
        return self.ptr_add(base, i64(offset))

    def element(
        self, base: Value, index: Value, size: int, inbounds: bool = True, unsigned: bool = True
    ) -> Value:
        """The address of element `index` (i64, a `usize` if `unsigned`) of elements of `size` bytes."""
        nowrap = NoWrap.NONE
        if inbounds:
            nowrap = NoWrap.UNSIGNED if unsigned else NoWrap.SIGNED
        offset = self.binary(BinOp.MUL, index, i64(size), nowrap)
        return self.ptr_add(base, offset, inbounds, inbounds and unsigned)

    def load(self, pointer: Value, kind: Type, sem: MemSem = WEAK) -> Value:
        return self.define(Load(self.reg(kind), pointer, sem, self.loc))

    def store(self, pointer: Value, value: Value, sem: MemSem = WEAK) -> None:
        self.effect(Store(pointer, value, sem, self.loc))


def i64(value: int) -> Const:
    return Const(value % (1 << 64), I64)


def constant(value: int, kind: IntType | FloatType) -> Const:
    """The word of `kind` that represents `value`."""
    return Const(value % (1 << kind.bits), kind)

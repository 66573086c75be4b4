"""Arithmetic of inline PTX. What has no operation of the IR is a function of its operands of which nothing else
is known."""

from __future__ import annotations

import re

from cuq.ir.floats import PURE
from cuq.ir.lower.asm_values import Registers, Unmodelled, kind_of
from cuq.ir.lower.cursor import Cursor, constant
from cuq.ir.ops import BinOp, Pred, Value
from cuq.ir.types import I1, I32, I64, PTR, FloatType, IntType, PtrType, Type
from cuq.ptx.instructions import effects as fx
from cuq.ptx.instructions.tree import Not, Operand

_INTEGERS = {
    "add": BinOp.ADD,
    "sub": BinOp.SUB,
    "mul.lo": BinOp.MUL,
    "and": BinOp.AND,
    "or": BinOp.OR,
    "xor": BinOp.XOR,
}
_FLOATS = {
    **dict.fromkeys(("add", "add.rn"), "fadd"),
    **dict.fromkeys(("sub", "sub.rn"), "fsub"),
    **dict.fromkeys(("mul", "mul.rn"), "fmul"),
    "div.rn": "fdiv",
    "sqrt.rn": "sqrt",
    "fma.rn": "fma",
    "neg": "fneg",
    "abs": "fabs",
}
_UNSIGNED = {"lt": Pred.ULT, "le": Pred.ULE, "lo": Pred.ULT, "ls": Pred.ULE}
_SIGNED = {"lt": Pred.SLT, "le": Pred.SLE}
_SWAPPED = {"gt": "lt", "ge": "le", "hi": "lo", "hs": "ls"}
_SAME_WIDTH = frozenset(
    [
        "add",
        "sub",
        "mul",
        "mad",
        "div",
        "rem",
        "abs",
        "neg",
        "min",
        "max",
        "sad",
        "fma",
        "and",
        "or",
        "xor",
        "not",
        "cnot",
        "shl",
        "shr",
        "rcp",
        "sqrt",
        "rsqrt",
        "sin",
        "cos",
        "lg2",
        "ex2",
        "tanh",
        "copysign",
        "brev",
        "bfe",
        "bfi",
        "lop3",
        "shf",
        "prmt",
        "mul24",
        "mad24",
    ]
)
_WORDS = frozenset({"popc", "clz", "bfind"})


def compute(at: Cursor, registers: Registers, found: fx.Compute) -> None:
    """One instruction with one result."""
    if len(found.targets) != 1:
        raise Unmodelled("two results are not modelled")
    pointer = _moved_pointer(at, registers, found)
    if pointer is None:
        registers.set(found.targets[0], _result(at, registers, found))


def _result(at: Cursor, registers: Registers, found: fx.Compute) -> Value:
    kind = kind_of(found.type)
    sources = found.sources
    if found.op in _INTEGERS and isinstance(kind, IntType):
        a, b = (_value(at, registers, source, kind) for source in sources)
        return at.binary(_INTEGERS[found.op], a, b)
    if found.op in _FLOATS and isinstance(kind, FloatType):
        args = tuple(_value(at, registers, source, kind) for source in sources)
        return at.float_op(_FLOATS[found.op], args, kind)
    if isinstance(kind, IntType):
        known = _integer(at, registers, found, kind)
        if known is not None:
            return known
    name = found.op.partition(".")[0]
    if name in _WORDS:
        result: Type = I32
    elif name in _SAME_WIDTH and "wide" not in found.op:
        result = kind
    elif name == "cvt":
        result = kind_of(found.op.rpartition(".")[2])
    else:
        raise Unmodelled("it is not modelled")
    args = tuple(_value(at, registers, source, kind) for source in sources)
    return at.float_op(f"{PURE}ptx_{re.sub(r'[^a-z0-9]+', '_', found.op)}_{found.type}", args, result)


def _moved_pointer(at: Cursor, registers: Registers, found: fx.Compute) -> Value | None:
    """An address to which a number is added stays an address, in its window; None if this is something else."""
    if found.op not in ("add", "sub") or found.type not in ("u64", "s64", "b64"):
        return None
    first, second = found.sources
    a, b = registers.raw(at, first), registers.raw(at, second)
    a_points = a is not None and isinstance(a.type, PtrType)
    b_points = b is not None and isinstance(b.type, PtrType)
    if a_points == b_points or (found.op == "sub" and b_points):
        return None
    base, offset = (a, second) if a_points else (b, first)
    assert base is not None, "one of them is a pointer"
    distance = registers.get(at, offset, I64)
    if found.op == "sub":
        distance = at.binary(BinOp.SUB, constant(0, I64), distance)
    moved = at.ptr_add(base, distance, inbounds=False)
    registers.set(found.targets[0], moved, registers.window(first if a_points else second))
    return moved


def _integer(at: Cursor, registers: Registers, found: fx.Compute, kind: IntType) -> Value | None:
    """Integer instructions that take more than one operation; None for others."""
    signed = found.type.startswith("s")

    def value(index: int, at_kind: IntType = kind) -> Value:
        return _value(at, registers, found.sources[index], at_kind)

    match found.op:
        case "mad.lo":
            return at.binary(BinOp.ADD, at.binary(BinOp.MUL, value(0), value(1)), value(2))
        case "mul.wide" | "mad.wide":
            wide = IntType(2 * kind.bits)
            a, b = (at.resize(value(i), wide, signed=signed) for i in (0, 1))
            product = at.binary(BinOp.MUL, a, b)
            return product if found.op == "mul.wide" else at.binary(BinOp.ADD, product, value(2, wide))
        case "not":
            return at.invert(value(0)) if kind == I1 else at.binary(BinOp.XOR, value(0), constant(-1, kind))
        case "neg":
            return at.binary(BinOp.SUB, constant(0, kind), value(0))
        case "min" | "max":
            a, b = value(0), value(1)
            less = at.compare(Pred.SLT if signed else Pred.ULT, a, b)
            return at.select(less, a, b) if found.op == "min" else at.select(less, b, a)
        case "shl" | "shr":
            return _shift(at, found.op, value(0), value(1, I32), kind, signed)
        case _ if found.op.startswith("cvt."):
            target = kind_of(found.op.rpartition(".")[2])
            if found.op.count(".") == 1 and isinstance(target, IntType):
                return at.resize(value(0), target, signed=signed)
            return None
        case _:
            return None


def _shift(at: Cursor, op: str, a: Value, by: Value, kind: IntType, signed: bool) -> Value:
    """Amounts of the width and more shift everything out; the IR's shifts mask them."""
    amount = at.resize(by, kind, signed=False)
    inside = at.compare(Pred.ULT, by, constant(kind.bits, I32))
    if op == "shl":
        shifted, rest = at.binary(BinOp.SHL, a, amount), constant(0, kind)
        return at.select(inside, shifted, rest)
    if not signed:
        return at.select(inside, at.binary(BinOp.LSHR, a, amount), constant(0, kind))
    return at.binary(BinOp.ASHR, a, at.select(inside, amount, constant(kind.bits - 1, kind)))


def _value(at: Cursor, registers: Registers, source: Operand, kind: Type) -> Value:
    if isinstance(source, Not):
        return at.invert(registers.get(at, source.operand, I1))
    return registers.get(at, source, kind)


def compare(at: Cursor, registers: Registers, found: fx.CompareTo) -> None:
    """`setp` of integers, addresses for equality, and ordered comparisons of floats."""
    kind = kind_of(found.type)
    relation, first, second = found.relation, found.a, found.b
    if relation in _SWAPPED:
        relation, first, second = _SWAPPED[relation], second, first
    pointers = all(
        value is not None and isinstance(value.type, PtrType)
        for value in (registers.raw(at, first), registers.raw(at, second))
    )
    a, b = (registers.get(at, x, PTR if pointers else kind) for x in (first, second))
    match kind, relation:
        case IntType(), "eq" | "ne":
            result = at.compare(Pred(relation), a, b)
        case IntType(), _ if not pointers and relation in _UNSIGNED:
            signed = found.type.startswith("s")
            table = _SIGNED if signed else _UNSIGNED
            if relation not in table:
                raise Unmodelled("it is not modelled")
            result = at.compare(table[relation], a, b)
        case FloatType(), "eq" | "lt" | "le":
            result = at.float_op(f"f{relation}", (a, b), I1)
        case FloatType(), "neu":
            result = at.float_op("fne", (a, b), I1)
        case _:
            raise Unmodelled("it is not modelled")
    registers.set(found.target, result)


def choose(at: Cursor, registers: Registers, found: fx.Choose) -> None:
    """`selp`."""
    kind = kind_of(found.type)
    a, b = (registers.get(at, source, kind) for source in (found.a, found.b))
    registers.set(found.target, at.select(_value(at, registers, found.predicate, I1), a, b))

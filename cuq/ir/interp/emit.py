"""The Python text of one operation.

What words can do in one expression is written out; the rest calls the functions of `words`, `access` and
`floating` by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_never

from cuq.base.errors import Unsupported
from cuq.ir.interp.floating import float_add, float_function
from cuq.ir.interp.sites import Site
from cuq.ir.interp.values import Undefined, undefined_of
from cuq.ir.interp.words import RMW_WORDS
from cuq.ir.ops import (
    Arbitrary,
    Assume,
    AtomicCas,
    AtomicRmw,
    Barrier,
    Binary,
    BinOp,
    Cast,
    CastKind,
    Compare,
    Const,
    CopyBytes,
    Exchange,
    Fence,
    FloatOp,
    Load,
    NoWrap,
    ObjectRef,
    Op,
    Overflow,
    Pred,
    PtrAdd,
    ReadSpecial,
    Reg,
    RmwOp,
    Select,
    Store,
    Undef,
    Value,
    WarpBarrier,
)
from cuq.ir.types import FloatType, IntType, Order, PtrType, Special, Type

Names = dict[str, Any]
"""What the names in the generated text stand for."""

_SPECIALS = {register: i for i, register in enumerate(Special)}


def value_text(value: Value) -> str:
    """A use of a value."""
    match value:
        case Reg(id=number):
            return f"v{number}"
        case Const(bits=bits):
            return str(bits)
        case ObjectRef(name=name):
            return f"refs[{name!r}]"
        case Undef():
            return "UNDEF"
        case _:
            assert_never(value)


def _list(*values: Value) -> str:
    return ", ".join(map(value_text, values))


def emit_op(op: Op, site: Site, names: Names) -> list[str]:
    """The lines of an operation; what they need beyond the functions of this package is put in `names`."""
    here = f"S{site.index}"
    names[here] = site
    match op:
        case Barrier():
            return ["t.left, fuel = fuel, STEPS", f"yield {here}"]
        case WarpBarrier(mask=mask):
            return [f"offer(t, {value_text(mask)}, ())", "t.left, fuel = fuel, STEPS", f"yield {here}"]
        case Exchange(result=result, args=args, mask=mask):
            return [
                f"offer(t, {value_text(mask)}, ({_list(*args)},))",
                "t.left, fuel = fuel, STEPS",
                f"yield {here}",
                f"v{result.id} = t.received",
            ]
        case Arbitrary(result=result):
            return [f"v{result.id} = UNKNOWN"]
        case Assume(cond=cond):
            return [f"if not {value_text(cond)}: undefined_behaviour('an assumption does not hold')"]
        case Store(pointer=pointer, value=value):
            return [f"store(t, {_list(pointer, value)}, {here})"]
        case CopyBytes(target=target, source=source, size=size):
            return [f"copy_bytes(t, {_list(target, source, size)}, {here})"]
        case Fence():
            return [f"fence(t, {here}.op)"]
        case _:
            if isinstance(op, Binary) and op.nowrap is not NoWrap.NONE and op.op in _WRAPPING:
                return _no_wrap(op)
            line = f"v{op.result.id} = {_expression(op, site, names)}"
            polls = isinstance(op, AtomicRmw | AtomicCas) or (isinstance(op, Load) and _polls(op))
            return [line, "if t.stalled: yield"] if polls else [line]


def _polls(load: Load) -> bool:
    return load.sem.order is not Order.WEAK


Computation = (
    Binary
    | Overflow
    | Compare
    | Cast
    | Select
    | FloatOp
    | ReadSpecial
    | PtrAdd
    | Load
    | AtomicRmw
    | AtomicCas
)


def _expression(op: Computation, site: Site, names: Names) -> str:
    here = f"S{site.index}"
    match op:
        case Binary():
            return _binary(op)
        case Overflow(op=kind, signed=signed):
            low, high = _range(_bits(op.a.type, op), signed)
            return f"outside({_exact(kind, op.a, op.b, _bits(op.a.type, op), signed)}, {low}, {high})"
        case Compare():
            return _compare(op)
        case Cast():
            return _cast(op)
        case Select(cond=cond, a=yes, b=no):
            return f"{value_text(yes)} if {value_text(cond)} else {value_text(no)}"
        case FloatOp(args=args):
            names[f"F{site.index}"] = float_function(op)
            return f"F{site.index}({_list(*args)})"
        case ReadSpecial(register=register):
            return f"special[{_SPECIALS[register]}]"
        case PtrAdd(base=base, offset=offset, inbounds=inbounds, unsigned=unsigned):
            name = "ptr_add"
            if inbounds:
                name = "ptr_add_unsigned" if unsigned else "ptr_add_inbounds"
            return f"{name}({_list(base, offset)})"
        case Load(pointer=pointer):
            return f"{'poll' if _polls(op) else 'load'}(t, {value_text(pointer)}, {here})"
        case AtomicRmw(pointer=pointer, value=value):
            names[f"R{site.index}"] = _combine(op)
            return f"rmw(t, {_list(pointer, value)}, {here}, R{site.index})"
        case AtomicCas(pointer=pointer, expected=expected, value=value):
            return f"cas(t, {_list(pointer, expected, value)}, {here})"
        case _:
            assert_never(op)


def _bits(kind: Type, op: Op) -> int:
    if isinstance(kind, PtrType):
        raise Unsupported("integer arithmetic on a pointer", span=op.loc.span)
    return kind.bits


def _binary(op: Binary) -> str:
    a, b, bits = value_text(op.a), value_text(op.b), _bits(op.result.type, op)
    mask = (1 << bits) - 1
    match op.op:
        case BinOp.ADD | BinOp.SUB | BinOp.MUL:
            return f"({a} {_WRAPPING[op.op]} {b}) & {mask}"
        case BinOp.SHL:
            return f"({a} << ({b} & {bits - 1})) & {mask}"
        case BinOp.LSHR:
            return f"{a} >> ({b} & {bits - 1})"
        case BinOp.ASHR:
            return f"({_signed(a, bits)} >> ({b} & {bits - 1})) & {mask}"
        case BinOp.AND | BinOp.OR | BinOp.XOR:
            return f"{a} {_BITWISE[op.op]} {b}"
        case BinOp.UDIV | BinOp.SDIV | BinOp.UREM | BinOp.SREM:
            return f"{op.op.value}({a}, {b}, {bits})"
        case _:
            assert_never(op.op)


def _exact(op: BinOp, a: Value, b: Value, bits: int, signed: bool) -> str:
    """The mathematical result of operands that are read as signed or unsigned."""
    x, y = (_signed(value_text(v), bits) if signed else value_text(v) for v in (a, b))
    if op is BinOp.SHL:
        y = f"({value_text(b)} & {bits - 1})"
    return f"{x} {_WRAPPING[op]} {y}"


def _signed(text: str, bits: int) -> str:
    """The signed reading of an unsigned word."""
    sign = 1 << (bits - 1)
    return f"(({text} ^ {sign}) - {sign})"


def _range(bits: int, signed: bool) -> tuple[int, int]:
    """The least value of an integer type, and the first above its greatest."""
    low = -(1 << (bits - 1)) if signed else 0
    return low, low + (1 << bits)


def _no_wrap(op: Binary) -> list[str]:
    """An operation whose overflow is undefined behaviour; an undefined operand is passed on."""
    signed, bits, name = op.nowrap is NoWrap.SIGNED, _bits(op.result.type, op), f"v{op.result.id}"
    low, high = _range(bits, signed)
    message = f"{'signed' if signed else 'unsigned'} {bits}-bit `{op.op.value}` overflows"
    return [
        f"{name} = {_exact(op.op, op.a, op.b, bits, signed)}",
        f"if {name} is not UNDEF and {name} is not UNKNOWN and not {low} <= {name} < {high}: undefined_behaviour({message!r})",
        *([f"{name} &= {(1 << bits) - 1}"] if signed else []),
    ]


_WRAPPING = {BinOp.ADD: "+", BinOp.SUB: "-", BinOp.MUL: "*", BinOp.SHL: "<<"}
_BITWISE = {BinOp.AND: "&", BinOp.OR: "|", BinOp.XOR: "^"}


def _compare(op: Compare) -> str:
    a, b = value_text(op.a), value_text(op.b)
    if isinstance(op.a.type, PtrType):
        a, b, bits = f"address({a})", f"address({b})", 64
    else:
        bits = op.a.type.bits
    match op.pred:
        case Pred.EQ | Pred.NE | Pred.ULT | Pred.ULE:
            return f"{a} {_RELATIONS[op.pred]} {b}"
        case Pred.SLT | Pred.SLE:
            # Flipping the sign bit maps the signed order to the unsigned one.
            sign = 1 << (bits - 1)
            return f"({a} ^ {sign}) {_RELATIONS[op.pred]} ({b} ^ {sign})"
        case _:
            assert_never(op.pred)


_RELATIONS = {Pred.EQ: "==", Pred.NE: "!=", Pred.ULT: "<", Pred.ULE: "<=", Pred.SLT: "<", Pred.SLE: "<="}


def _cast(op: Cast) -> str:
    a, source, target = value_text(op.a), op.a.type, op.result.type
    if op.kind is CastKind.BITCAST:
        return _bitcast(op, a, source, target)
    mask = (1 << _bits(target, op)) - 1
    match op.kind:
        case CastKind.ZEXT:
            return a
        case CastKind.SEXT:
            return f"{_signed(a, _bits(source, op))} & {mask}"
        case CastKind.TRUNC:
            return f"{a} & {mask}"
        case _:
            assert_never(op.kind)


def _bitcast(op: Cast, a: str, source: Type, target: Type) -> str:
    match source, target:
        case PtrType(), PtrType():
            return a
        case PtrType(), IntType(bits=64):
            return f"address({a})"
        case IntType(bits=64), PtrType():
            return f"memory.pointer({a})"
        case ((IntType() | FloatType()), (IntType() | FloatType())):
            return f"{a} & {(1 << target.bits) - 1}" if source.bits > target.bits else a
        case _:
            raise Unsupported(f"bit cast from {source} to {target}", span=op.loc.span)


def _combine(op: AtomicRmw) -> Callable[[Any, Any], Any]:
    """The new value of an atomic update, from the old one and the operand."""
    kind = op.result.type
    if op.op is RmwOp.EXCH:
        return lambda old, value: value
    if isinstance(kind, PtrType):
        raise Unsupported(f"atomic {op.op.value} on a pointer", span=op.loc.span)
    bits = kind.bits
    if op.op is RmwOp.FADD:
        add = float_add(bits)
        return lambda old, value: undefined_of(old, value) if _no_words(old, value) else add(old, value)
    combine = RMW_WORDS[op.op]
    return lambda old, value: undefined_of(old, value) if _no_words(old, value) else combine(old, value, bits)


def _no_words(a: object, b: object) -> bool:
    return isinstance(a, Undefined) or isinstance(b, Undefined)

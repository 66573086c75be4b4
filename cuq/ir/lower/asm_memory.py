"""Memory operations of inline PTX (PTX ISA, `ld`, `st`, `atom`, `red`)."""

from __future__ import annotations

from cuq.ir.lower.asm_values import Registers, Unmodelled, convert, kind_of
from cuq.ir.lower.cursor import Cursor, i64
from cuq.ir.ops import AtomicCas, AtomicRmw, RmwOp, Value
from cuq.ir.types import PTR, FloatType, IntType, MemSem, Order, PtrType, Scope, Type
from cuq.ptx.instructions import effects as fx
from cuq.ptx.instructions.tree import Address, Integer, Operand

_CHECKED_SPACES = ("shared", "local", "const", "param")


def _pointer(at: Cursor, registers: Registers, address: Address, strength: fx.Strength, offset: int) -> Value:
    """The place that is accessed. A generic address in an instruction for a state space would be read as an
    offset into its window, except for global memory, whose window begins at 0."""
    if isinstance(address.base, Integer):
        raise Unmodelled("an address that is a number is not modelled")
    window = registers.window(address.base)
    if strength.space in _CHECKED_SPACES and window != strength.space:
        raise Unmodelled(f"`{address.base}`, which is not known to be an address in {strength.space} memory")
    if strength.space == "generic" and window not in (None, "global"):
        raise Unmodelled(f"`{address.base}`, which is an address in {window} memory, as a generic address")
    base = registers.get(at, address.base, PTR)
    moved = address.offset + offset
    return base if moved == 0 else at.ptr_add(base, i64(moved), inbounds=False)


def _sem(strength: fx.Strength) -> MemSem:
    """`volatile` is relaxed with system scope (PTX ISA, "Volatile Operations")."""
    if strength.order == "volatile":
        return MemSem(order=Order.RELAXED, scope=Scope.SYS)
    return MemSem(
        order=Order(strength.order), scope=None if strength.scope is None else Scope(strength.scope)
    )


def read(at: Cursor, registers: Registers, found: fx.Read) -> None:
    kind = kind_of(found.type)
    for i, target in enumerate(found.targets):
        pointer = _pointer(at, registers, found.address, found.strength, i * kind.width)
        value = at.load(pointer, _in_memory(registers, target, kind), _sem(found.strength))
        registers.set(target, _widened(at, registers, target, value, found.type))


def _in_memory(registers: Registers, target: Operand, kind: Type) -> Type:
    """A pointer is read as one where Rust wants a pointer."""
    wanted = registers.wanted(target)
    return PTR if isinstance(wanted, PtrType) and kind.width == 8 else kind


def _widened(at: Cursor, registers: Registers, target: Operand, value: Value, name: str) -> Value:
    """A register that is wider than what is read gets its sign, or zeros."""
    wanted = registers.wanted(target)
    if name.startswith("s") and isinstance(value.type, IntType) and isinstance(wanted, IntType):
        return at.resize(value, wanted, signed=True) if wanted.bits > value.type.bits else value
    return value


def write(at: Cursor, registers: Registers, found: fx.Write) -> None:
    kind = kind_of(found.type)
    for i, source in enumerate(found.sources):
        raw = registers.raw(at, source)
        pointer = _pointer(at, registers, found.address, found.strength, i * kind.width)
        whole = raw is not None and isinstance(raw.type, PtrType) and kind.width == 8
        value = raw if raw is not None and whole else registers.get(at, source, kind)
        at.store(pointer, value, _sem(found.strength))


def update(at: Cursor, registers: Registers, found: fx.Update) -> None:
    kind = kind_of(found.type)
    pointer = _pointer(at, registers, found.address, found.strength, 0)
    sem = _sem(found.strength)
    values = [registers.get(at, source, kind) for source in found.sources]
    if found.op == "cas":
        failure = {Order.RELEASE: Order.RELAXED, Order.ACQ_REL: Order.ACQUIRE}.get(sem.order, sem.order)
        old = at.define(AtomicCas(at.reg(kind), pointer, values[0], values[1], sem, failure, at.loc))
    else:
        op = _rmw(found.op, found.type, kind)
        old = at.define(AtomicRmw(at.reg(kind), op, pointer, values[0], sem, at.loc))
    if found.target is not None:
        wanted = registers.wanted(found.target)
        registers.set(found.target, old if wanted is None else convert(at, old, wanted))


def _rmw(op: str, name: str, kind: Type) -> RmwOp:
    if isinstance(kind, FloatType) and op == "add":
        return RmwOp.FADD
    if isinstance(kind, FloatType) and op != "exch":
        raise Unmodelled(f"an atomic {op} of floats is not modelled")
    if op in ("min", "max"):
        return RmwOp(f"{'s' if name.startswith('s') else 'u'}{op}")
    try:
        return RmwOp(op)
    except ValueError:
        raise Unmodelled(f"an atomic {op} is not modelled") from None

"""The registers and variables of an `asm!` template, and their types."""

from __future__ import annotations

from dataclasses import field

from cuq.base.records import dataclass
from cuq.ir.lower.cursor import Cursor, constant
from cuq.ir.lower.warp import lane_register
from cuq.ir.module import MemObject, ObjectKind
from cuq.ir.ops import Arbitrary, CastKind, Const, ObjectRef, ReadSpecial, Undef, Value
from cuq.ir.types import I1, I32, I64, PTR, FloatType, IntType, PtrType, Space, Special, Type
from cuq.ptx.instructions import effects as fx
from cuq.ptx.instructions.tree import Declaration, Float, Integer, Name, Operand, Placeholder

_SPECIALS = {f"%{register.value}": register for register in Special}
_MASKS = {f"%lanemask_{which}": which for which in ("lt", "le", "eq", "ge", "gt")}
_UNKNOWN = {
    **dict.fromkeys(("%warpid", "%nwarpid", "%smid", "%nsmid", "%clock", "%clock_hi"), I32),
    **dict.fromkeys(("%globaltimer_lo", "%globaltimer_hi", "%dynamic_smem_size", "%total_smem_size"), I32),
    **dict.fromkeys(("%clock64", "%globaltimer", "%gridid"), I64),
}


class Unmodelled(Exception):
    """An instruction that is known, in a form that is not modelled."""


def kind_of(name: str) -> Type:
    """The type of a PTX type name. Raises Unmodelled for packed and other special ones."""
    if name == "pred":
        return I1
    letter, digits = name[:1], name[1:]
    if not digits.isdigit() or letter not in "usbf":
        raise Unmodelled(f"values of type `.{name}` are not modelled")
    return FloatType(int(digits)) if letter == "f" else IntType(int(digits))


@dataclass(slots=True)
class Registers:
    """Values by register name or operand number.

    `outputs`: the Rust types of output operands. `shared`: values that are addresses in the shared window, from
    `cvta.to.shared` or the name of a variable; everything else is a generic address.
    """

    values: dict[Name | Placeholder, Value] = field(default_factory=dict)
    declared: dict[str, Type] = field(default_factory=dict)
    variables: dict[str, ObjectRef] = field(default_factory=dict)
    outputs: dict[int, Type | None] = field(default_factory=dict)
    windows: dict[Name | Placeholder, str] = field(default_factory=dict)

    def declare(self, at: Cursor, what: Declaration) -> None:
        """A `.reg` or `.shared` declaration."""
        if what.name in self.declared or what.name in self.variables:
            raise Unmodelled(f"`{what.name}`, which is declared twice")
        if what.space == "reg":
            names = [f"{what.name}{i}" for i in range(what.count)] if what.count is not None else [what.name]
            for name in names:
                self.declared[name] = kind_of(what.type)
        elif what.space == "shared" and what.external:
            self.variables[what.name] = at.objects.dynamic_shared()
        elif what.space == "shared" and what.length != 0:
            element = kind_of(what.type).width
            size = element * (1 if what.length is None else what.length)
            # A variable of this place in the source, however often the place is inlined.
            name = f"{what.name}.{at.span.line}"
            self.variables[what.name] = at.objects.add(
                MemObject(name, ObjectKind.SHARED, Space.SHARED, element, size, span=at.span, device=True)
            )
        else:
            raise Unmodelled(f"`{what}` is not modelled")

    def set(self, target: Operand, value: Value, window: str | None = None) -> None:
        """`target = value`; `_` takes everything. `window`: the value is an address in this state space."""
        if target == Name("_"):
            return
        if not isinstance(target, Name | Placeholder):
            raise Unmodelled(f"`{target}` as a destination is not modelled")
        if isinstance(target, Name) and target.text not in self.declared:
            raise Unmodelled(f"`{target}` is not declared")
        self.values[target] = value
        self.windows.pop(target, None)
        if window is not None:
            self.windows[target] = window

    def get(self, at: Cursor, source: Operand, kind: Type) -> Value:
        """The value of an operand, read as `kind`."""
        match source:
            case Integer(value=number) if isinstance(kind, IntType):
                return constant(number, kind)
            case Float(bits=bits, width=width):
                value: Value = Const(bits, FloatType(width))
            case Name() | Placeholder():
                value = self._register(at, source)
            case _:
                raise Unmodelled(f"the operand `{source}` is not modelled")
        return convert(at, value, kind)

    def move(self, at: Cursor, found: fx.Move) -> None:
        """`mov`; an address stays one, in its window."""
        value = self.raw(at, found.source)
        if value is None or not isinstance(value.type, PtrType):
            value = self.get(at, found.source, kind_of(found.type))
        self.set(found.target, value, self.window(found.source))

    def wanted(self, target: Operand) -> Type | None:
        """The type of a register, as far as it is known."""
        match target:
            case Placeholder(index=index):
                return self.outputs.get(index)
            case Name(text=name):
                return self.declared.get(name)
            case _:
                return None

    def raw(self, at: Cursor, source: Operand) -> Value | None:
        """The value of a register at its own type; None for literals."""
        return self._register(at, source) if isinstance(source, Name | Placeholder) else None

    def _register(self, at: Cursor, source: Name | Placeholder) -> Value:
        if source in self.values:
            return self.values[source]
        if isinstance(source, Placeholder):
            kind = self.outputs.get(source.index)
            return Undef(I32 if kind is None else kind)
        name = source.text
        if name in self.variables:
            return self.variables[name]
        if name in self.declared:
            return Undef(self.declared[name])
        if name in _SPECIALS:
            return at.define(ReadSpecial(at.reg(I32), _SPECIALS[name], at.loc))
        if name in _MASKS:
            return lane_register(at, _MASKS[name])
        if name in _UNKNOWN:
            return at.define(Arbitrary(at.reg(_UNKNOWN[name]), name, at.loc))
        if name == "WARP_SZ":
            return constant(32, I32)
        raise Unmodelled(f"`{name}` is not known")

    def window(self, source: Operand) -> str | None:
        """The state space that an address lies in by itself; None for a generic one."""
        if isinstance(source, Name) and source.text in self.variables:
            return "shared"
        return self.windows.get(source) if isinstance(source, Name | Placeholder) else None

    def convert(self, at: Cursor, found: fx.ConvertAddress) -> None:
        """`cvta`: the same place in memory, as a generic address or one in a space."""
        value = self.get(at, found.source, PTR)
        window = self.window(found.source)
        if found.to_space and window is not None:
            raise Unmodelled(
                f"`{found.source}`, which is an address in {window} memory, as a generic address"
            )
        if not found.to_space and window is None and found.space == "shared":
            raise Unmodelled(f"`{found.source}`, which is not known to be an address in shared memory")
        self.set(found.target, value, found.space if found.to_space else None)


def convert(at: Cursor, value: Value, kind: Type) -> Value:
    """A register's value as another type of a register: integers are cut or filled with zeros."""
    source = value.type
    if source == kind:
        return value
    if isinstance(value, Undef):
        return Undef(kind)
    match source, kind:
        case PtrType(), IntType(bits=64):
            return at.cast(CastKind.BITCAST, value, kind)
        case IntType(bits=64), PtrType():
            return at.cast(CastKind.BITCAST, value, kind)
        case FloatType(bits=bits), IntType():
            return convert(at, at.cast(CastKind.BITCAST, value, IntType(bits)), kind)
        case IntType(), FloatType(bits=bits):
            return at.cast(CastKind.BITCAST, convert(at, value, IntType(bits)), kind)
        case IntType(), IntType():
            return at.resize(value, kind, signed=False)
        case _:
            raise Unmodelled(f"a value of type {source} as one of type {kind} is not modelled")

"""Values of registers: words in either reading, pointers as object and byte offset."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cuq.analysis.expr import TRUE, Cond, Poly, all_of, negate
from cuq.analysis.terms import choose, given, signed, within, wrap
from cuq.base.records import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A machine word of `bits` bits (floats: their bit pattern).

    `native` is its exact value in the reading `is_signed`; the other reading is derived when needed.
    """

    native: Poly
    bits: int
    is_signed: bool = False

    @property
    def unsigned(self) -> Poly:
        return wrap(self.native, self.bits) if self.is_signed else self.native

    @property
    def signed(self) -> Poly:
        return self.native if self.is_signed else signed(self.native, self.bits)


@dataclass(frozen=True, slots=True)
class Pointer:
    """`offset` bytes from the start of an object; a mathematical integer."""

    obj: str
    offset: Poly


@dataclass(frozen=True, slots=True)
class Choice:
    """One pointer or another, into different objects."""

    cond: Cond
    then: Address
    other: Address


@dataclass(frozen=True, slots=True)
class Wild:
    """A pointer that the analysis lost; `reason` says how."""

    reason: str


Address = Pointer | Choice | Wild
Val = Word | Address


def pointers(address: Address) -> Iterator[tuple[Pointer, Cond]]:
    """What an address may be, each with the condition under which it is that. Lost pointers are left out."""
    match address:
        case Pointer():
            yield address, TRUE
        case Choice(cond=cond, then=then, other=other):
            yield from ((p, all_of(cond, c)) for p, c in pointers(then))
            yield from ((p, all_of(negate(cond), c)) for p, c in pointers(other))
        case Wild():
            return


def shift_address(address: Address, offset: Poly, *, wrapping: bool = False) -> Address:
    """The address `offset` bytes further; `wrapping`: modulo 2^64, where leaving i64 is not undefined."""
    match address:
        case Pointer(obj=obj, offset=base):
            moved = base + offset
            return Pointer(obj, signed(moved, 64) if wrapping and not _in_i64(moved) else moved)
        case Choice(cond=cond, then=then, other=other):
            first, second = (shift_address(a, offset, wrapping=wrapping) for a in (then, other))
            return Choice(cond, first, second)
        case Wild():
            return address


def _in_i64(value: Poly) -> bool:
    return within(value, -(1 << 63), (1 << 63) - 1)


def select(cond: Cond, then: Val, other: Val) -> Val:
    """`then` if cond else `other`."""
    if then == other:
        return then
    match then, other:
        case Word(), Word():
            if then.is_signed and other.is_signed:
                return Word(choose(cond, then.native, other.native), then.bits, True)
            return Word(choose(cond, then.unsigned, other.unsigned), then.bits)
        case Pointer(), Pointer() if then.obj == other.obj:
            return Pointer(then.obj, choose(cond, then.offset, other.offset))
        case ((Pointer() | Choice() | Wild()), (Pointer() | Choice() | Wild())):
            return Choice(cond, then, other)
        case _:
            raise TypeError((then, other))


def settle(value: Val, guard: Cond) -> Val:
    """The value where `guard` holds, without the wraps that it excludes."""
    match value:
        case Word(native=native, bits=bits, is_signed=is_signed):
            settled = given(native, guard)
            return value if settled is native else Word(settled, bits, is_signed)
        case Pointer(obj=obj, offset=offset):
            return Pointer(obj, given(offset, guard))
        case _:
            return value


def substitute_value(value: Val, term: Callable[[Poly], Poly], cond: Callable[[Cond], Cond]) -> Val:
    """The value with each polynomial and condition in it replaced."""
    match value:
        case Word(native=native, bits=bits, is_signed=is_signed):
            return Word(term(native), bits, is_signed)
        case Pointer(obj=obj, offset=offset):
            return Pointer(obj, term(offset))
        case Choice(cond=c, then=then, other=other):
            a, b = substitute_value(then, term, cond), substitute_value(other, term, cond)
            if isinstance(a, Word) or isinstance(b, Word):
                raise TypeError(value)
            return Choice(cond(c), a, b)
        case Wild():
            return value

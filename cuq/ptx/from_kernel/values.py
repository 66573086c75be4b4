"""What is known of a value when a thread is written down."""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.ir.fold import to_signed
from cuq.ir.ops import Const
from cuq.ir.types import IntType


@dataclass(frozen=True, slots=True)
class Pointer:
    """An address: an object, and a byte offset."""

    obj: str
    offset: int


@dataclass(frozen=True, slots=True)
class Named:
    """A register of the test, which holds a number below 2^`bits`. block: where it is set."""

    name: str
    bits: int
    block: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The truth of `a relation b` (eq, ne, lt, le, gt, ge)."""

    relation: str
    a: Named | Const
    b: Named | Const
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that litmus tests cannot express; to use it is an error."""

    reason: str


Known = Const | Pointer | Named | Compared | Lost

OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "le": "gt", "gt": "le"}


def opposite(condition: Compared) -> Compared:
    return Compared(OPPOSITE[condition.relation], condition.a, condition.b, condition.signed)


def names(value: Known) -> tuple[Named, ...]:
    """The registers that a value is made of."""
    match value:
        case Named():
            return (value,)
        case Compared(a=a, b=b):
            return tuple(part for part in (a, b) if isinstance(part, Named))
        case _:
            return ()


def text(value: Named | Const, signed: bool = False) -> str:
    """An operand. Numbers of tests have no width: what a word stands for has to be said."""
    if isinstance(value, Named):
        return value.name
    as_signed = signed and isinstance(value.type, IntType) and value.type.bits > 1
    return str(to_signed(value.bits, value.type.bits) if as_signed else value.bits)

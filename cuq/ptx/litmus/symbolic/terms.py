"""Values of registers along a path: numbers, what a load returned, and what is computed of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from cuq.base.records import dataclass


@dataclass(frozen=True, slots=True)
class Constant:
    value: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """The value of a read: `thread` and the position of the event in the thread."""

    thread: int
    position: int


@dataclass(frozen=True, slots=True)
class Computed:
    op: str
    args: tuple[Term, ...]


Term = Constant | Loaded | Computed

OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    # Towards zero. PTX leaves division by zero open; a litmus test that does it means nothing.
    "div": lambda a, b: (abs(a) // abs(b)) * (-1 if (a < 0) != (b < 0) else 1) if b else 0,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "min": min,
    "max": max,
}

RELATIONS: dict[str, Callable[[int, int], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


def computed(op: str, *args: Term) -> Term:
    """`op` of its arguments, folded. `cas(old, expected, new)` is what a compare-and-swap stores."""
    if all(isinstance(a, Constant) for a in args):
        return Constant(value(Computed(op, args), {}))
    return Computed(op, args)


def value(term: Term, loads: Mapping[Loaded, int]) -> int:
    match term:
        case Constant(value=number):
            return number
        case Loaded():
            return loads[term]
        case Computed(op="cas", args=(old, expected, new)):
            before = value(old, loads)
            return value(new, loads) if before == value(expected, loads) else before
        case Computed(op=op, args=(a, b)):
            return OPERATIONS[op](value(a, loads), value(b, loads))
        case Computed():
            raise AssertionError(f"{term.op} of {len(term.args)}")
        case _:
            assert_never(term)


def loads_of(term: Term) -> frozenset[Loaded]:
    match term:
        case Constant():
            return frozenset()
        case Loaded():
            return frozenset((term,))
        case Computed(args=args):
            return frozenset().union(*map(loads_of, args))
        case _:
            assert_never(term)

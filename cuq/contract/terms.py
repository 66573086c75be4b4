"""The expressions of contracts, over unbounded integers.

`/` and `%` truncate towards zero, as Rust's do. They are total: `a / 0 = 0` and `a % 0 = a`, as for Coq's
`Z.quot` and `Z.rem`, so that a term means the same to the evaluator, the solver and the proofs.
Spans take no part in comparisons.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Literal, assert_never

from cuq.base.records import dataclass
from cuq.base.span import Span

Axis = Literal["x", "y", "z"]
Arithmetic = Literal["+", "-", "*", "/", "%"]
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]

NOWHERE = Span.at("<none>", 0, 0)


@dataclass(frozen=True, slots=True)
class Int:
    """A number."""

    value: int
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Param:
    """The value of a scalar parameter, or of a scalar field of one (`s.field`)."""

    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Dim:
    """A launch dimension: threads of a block, or blocks of the grid."""

    of: Literal["block", "grid"]
    axis: Axis
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Len:
    """The number of elements that a slice or pointer parameter has."""

    param: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Neg:
    """Minus."""

    operand: IntTerm
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Arith:
    """An arithmetic operation."""

    op: Arithmetic
    left: IntTerm
    right: IntTerm
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Bool:
    """`true` or `false`."""

    value: bool
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison."""

    op: Comparison
    left: IntTerm
    right: IntTerm
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    operand: Condition
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Logic:
    """Conjunction or disjunction."""

    op: Literal["&&", "||"]
    left: Condition
    right: Condition
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Leaf = Param | Dim | Len
IntTerm = Int | Param | Dim | Len | Neg | Arith
Condition = Bool | Compare | Not | Logic
Term = IntTerm | Condition


def truncated_div(a: int, b: int) -> int:
    """Division that rounds towards zero; 0 when `b` is 0."""
    if b == 0:
        return 0
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def truncated_rem(a: int, b: int) -> int:
    """What `truncated_div` leaves, with the sign of `a`; `a` when `b` is 0."""
    return a - b * truncated_div(a, b)


_ARITHMETIC: Mapping[Arithmetic, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": truncated_div,
    "%": truncated_rem,
}
_COMPARISON: Mapping[Comparison, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def value_of(term: IntTerm, leaf: Callable[[Leaf], int]) -> int:
    """The number that `term` is when `leaf` gives the values of parameters, dimensions and lengths."""
    match term:
        case Int(value):
            return value
        case Param() | Dim() | Len():
            return leaf(term)
        case Neg(operand):
            return -value_of(operand, leaf)
        case Arith(op, left, right):
            return _ARITHMETIC[op](value_of(left, leaf), value_of(right, leaf))
        case _:
            assert_never(term)


def holds(condition: Condition, leaf: Callable[[Leaf], int]) -> bool:
    """Whether `condition` is true under the values that `leaf` gives."""
    match condition:
        case Bool(value):
            return value
        case Compare(op, left, right):
            return _COMPARISON[op](value_of(left, leaf), value_of(right, leaf))
        case Not(operand):
            return not holds(operand, leaf)
        case Logic("&&", left, right):
            return holds(left, leaf) and holds(right, leaf)
        case Logic(_, left, right):
            return holds(left, leaf) or holds(right, leaf)
        case _:
            assert_never(condition)


def leaves(term: Term) -> Iterator[Leaf]:
    """The parameters, dimensions and lengths in `term`, from left to right."""
    match term:
        case Int() | Bool():
            return
        case Param() | Dim() | Len():
            yield term
        case Neg(operand) | Not(operand):
            yield from leaves(operand)
        case Arith(_, left, right) | Compare(_, left, right) | Logic(_, left, right):
            yield from leaves(left)
            yield from leaves(right)
        case _:
            assert_never(term)


_BINDING = {"||": 1, "&&": 2, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4}
_BINDING |= {"+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_NOT, _NEG, _LEAF = 3, 7, 8


def render(term: Term) -> str:
    """The term as text, with no more parentheses than `cuq.contract.parser` needs to read it back."""
    return _render(term, 0)


def _render(term: Term, outer: int) -> str:
    match term:
        case Int(value):
            text, binding = str(value), _LEAF if value >= 0 else _NEG
        case Bool(value):
            text, binding = str(value).lower(), _LEAF
        case Param(name):
            text, binding = name, _LEAF
        case Dim(of, axis):
            text, binding = f"{of}.{axis}", _LEAF
        case Len(param):
            text, binding = f"len({param})", _LEAF
        case Neg(operand):
            # A number behind the sign would be read as a negative number.
            inner = f"({operand.value})" if isinstance(operand, Int) else _render(operand, _NEG)
            text, binding = f"-{inner}", _NEG
        case Not(operand):
            text, binding = f"!{_render(operand, _LEAF)}", _NOT
        case Arith(op, left, right) | Compare(op, left, right) | Logic(op, left, right):
            binding = _BINDING[op]
            # Operators group to the left, and comparisons do not chain.
            first = binding + 1 if isinstance(term, Compare) else binding
            text = f"{_render(left, first)} {op} {_render(right, binding + 1)}"
        case _:
            assert_never(term)
    return f"({text})" if binding < outer else text

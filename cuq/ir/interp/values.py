"""Run-time values: machine words, pointers, the undefined value, and the ways a thread stops early.

An integer or a float is an unsigned Python int (a float is its IEEE bit pattern); `bool` serves as i1.
A pointer is a pair `(instance, offset)`; instance None makes `offset` a plain address without an object.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NoReturn

from cuq.base.errors import Unsupported


class FaultKind(Enum):
    """What stopped a thread, by the property that it violates."""

    BOUNDS = "bounds"
    PANIC = "panic"
    UB = "ub"


class Trap(Exception):
    """A thread stops: it panicked or its behaviour became undefined."""

    def __init__(self, kind: FaultKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class AccessTrap(Trap):
    """A memory access that must not happen: outside its object, misaligned, null, someone else's."""

    def __init__(self, kind: FaultKind, message: str, obj: str | None, offset: int, width: int) -> None:
        super().__init__(kind, message)
        self.obj = obj
        self.offset = offset
        self.width = width


def undefined_behaviour(message: str) -> NoReturn:
    """Stop the thread because what it does is undefined."""
    raise Trap(FaultKind.UB, message)


class Undefined:
    """The value that was never written. Arithmetic passes it on; to decide or address with it traps."""

    __slots__ = ()

    def _through(self, *_: object) -> Undefined:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _through
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _through
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _through
    __floordiv__ = __mod__ = _through
    __lt__ = __le__ = __gt__ = __ge__ = _through
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Any:
        return self

    def __ne__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        undefined_behaviour("a decision depends on an undefined value")

    def __iter__(self) -> NoReturn:
        """Taking a pointer apart is what every use as an address starts with."""
        undefined_behaviour("an address depends on an undefined value")

    def __repr__(self) -> str:
        return "undef"


class Unknown(Undefined):
    """A value that exists, and that is not modelled: a clock, a function without a definition here. To decide or
    address with it ends the run, for whatever came of it would be made up."""

    __slots__ = ()

    def __bool__(self) -> bool:
        raise Unsupported("a decision that depends on a value which is not modelled")

    def __iter__(self) -> NoReturn:
        raise Unsupported("an address that depends on a value which is not modelled")

    def __repr__(self) -> str:
        return "unknown"


UNDEF = Undefined()
UNKNOWN = Unknown()


def undefined_of(*values: object) -> Undefined:
    """What comes of values that are not all defined."""
    return UNKNOWN if any(isinstance(value, Unknown) for value in values) else UNDEF


def signed(word: int, bits: int) -> int:
    """The two's complement reading of an unsigned word."""
    return word - (1 << bits) if word >> (bits - 1) else word

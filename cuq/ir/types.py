"""Types of IR values, and the vocabulary of the PTX memory model.

Integers have a width and no sign; operations say how they read them. A Rust `bool` is `i1`.
"""

from __future__ import annotations

from enum import Enum

from cuq.base.records import dataclass


@dataclass(frozen=True, slots=True)
class IntType:
    """An integer of `bits` bits (1 to 128)."""

    bits: int

    @property
    def width(self) -> int:
        """Size in memory, in bytes."""
        return max(1, self.bits // 8)

    def __str__(self) -> str:
        return f"i{self.bits}"


@dataclass(frozen=True, slots=True)
class FloatType:
    """An IEEE-754 binary float of `bits` bits (16, 32, 64, 128)."""

    bits: int

    @property
    def width(self) -> int:
        return self.bits // 8

    def __str__(self) -> str:
        return f"f{self.bits}"


@dataclass(frozen=True, slots=True)
class PtrType:
    """A 64-bit pointer: at run time a memory object and a byte offset into it."""

    @property
    def width(self) -> int:
        return 8

    def __str__(self) -> str:
        return "ptr"


Type = IntType | FloatType | PtrType

I1, I8, I16, I32, I64, I128 = (IntType(b) for b in (1, 8, 16, 32, 64, 128))
F16, F32, F64 = (FloatType(b) for b in (16, 32, 64))
PTR = PtrType()


class Space(Enum):
    """State spaces (PTX ISA, "State Spaces"). LOCAL is private to a thread, GENERIC not resolved."""

    GLOBAL = "global"
    SHARED = "shared"
    CONST = "const"
    LOCAL = "local"
    GENERIC = "generic"


class Order(Enum):
    """Memory-operation semantics (PTX ISA, "Memory Consistency Model", `.sem`).

    WEAK is a plain access. VOLATILE is Rust's volatile access: PTX treats it as relaxed with
    system scope, Rust does not make it atomic, so it races like a plain one.
    """

    WEAK = "weak"
    VOLATILE = "volatile"
    RELAXED = "relaxed"
    ACQUIRE = "acquire"
    RELEASE = "release"
    ACQ_REL = "acq_rel"
    SC = "sc"

    @property
    def atomic(self) -> bool:
        return self not in (Order.WEAK, Order.VOLATILE)


class Scope(Enum):
    """Scopes, from narrow to wide (PTX ISA, "Scope")."""

    CTA = "cta"
    CLUSTER = "cluster"
    GPU = "gpu"
    SYS = "sys"


class Axis(Enum):
    """Axis of a launch dimension."""

    X = "x"
    Y = "y"
    Z = "z"


class Special(Enum):
    """Special registers with launch geometry, by their PTX names; each is a u32.

    A warp is 32 threads of consecutive linear index; LANEID is that index modulo 32.
    """

    TID_X = "tid.x"
    TID_Y = "tid.y"
    TID_Z = "tid.z"
    NTID_X = "ntid.x"
    NTID_Y = "ntid.y"
    NTID_Z = "ntid.z"
    CTAID_X = "ctaid.x"
    CTAID_Y = "ctaid.y"
    CTAID_Z = "ctaid.z"
    NCTAID_X = "nctaid.x"
    NCTAID_Y = "nctaid.y"
    NCTAID_Z = "nctaid.z"
    LANEID = "laneid"

    @property
    def family(self) -> str:
        """`tid`, `ntid`, `ctaid`, `nctaid` or `laneid`."""
        return self.value.split(".")[0]

    @property
    def axis(self) -> Axis:
        """The axis that it is about; a lane is one along x, as long as the kernel reads no other axis."""
        return Axis.X if self is Special.LANEID else Axis(self.value.split(".")[1])


@dataclass(frozen=True, slots=True)
class MemSem:
    """Semantics of one memory operation: where, how ordered, visible to whom.

    `scope` is None exactly for accesses that are not atomic.
    """

    space: Space = Space.GENERIC
    order: Order = Order.WEAK
    scope: Scope | None = None

    def __str__(self) -> str:
        parts = [self.space.value, self.order.value]
        return ".".join([*parts, self.scope.value] if self.scope else parts)

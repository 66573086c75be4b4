"""Values, operations and terminators.

Operations are declared by their fields alone: `result` is the register that an operation defines (if
any), `operands` lists the values it reads. What types cannot say is checked in `cuq.ir.verify`.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.types import I1, PTR, FloatType, IntType, MemSem, Order, PtrType, Scope, Special, Type


@dataclass(frozen=True, slots=True)
class Loc:
    """Where an operation comes from: the user's own line, and the call sites it was inlined through.

    `chain` runs from the innermost library line outwards and ends before `span`.
    """

    span: Span
    chain: tuple[Span, ...] = ()


# --- values ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reg:
    """A virtual register, assigned once. `id` is unique in its kernel."""

    id: int
    type: Type

    def __str__(self) -> str:
        return f"%{self.id}"


@dataclass(frozen=True, slots=True)
class Const:
    """A constant. Integers are unsigned words (0 ≤ bits < 2^width); floats are their IEEE bit pattern."""

    bits: int
    type: IntType | FloatType

    def __str__(self) -> str:
        return f"{self.bits}:{self.type}"


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """The address of the first byte of a memory object of the kernel, by its name."""

    name: str

    @property
    def type(self) -> PtrType:
        return PTR

    def __str__(self) -> str:
        return f"@{self.name}"


@dataclass(frozen=True, slots=True)
class Undef:
    """A value that was never written; using it to decide anything is undefined behaviour.

    While a kernel is lowered, `inactive` marks a field of an enum variant that the value does not have: no
    defined execution reads it, so that passes may choose any value for it.
    """

    type: Type
    inactive: bool = False

    def __str__(self) -> str:
        return f"{'inactive' if self.inactive else 'undef'}:{self.type}"


Value = Reg | Const | ObjectRef | Undef

TRUE, FALSE = Const(1, I1), Const(0, I1)


# --- enumerations ------------------------------------------------------------------------------------


class BinOp(Enum):
    """Integer operations at the width of their operands; shifts mask the amount."""

    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    UDIV = "udiv"
    SDIV = "sdiv"
    UREM = "urem"
    SREM = "srem"
    AND = "and"
    OR = "or"
    XOR = "xor"
    SHL = "shl"
    LSHR = "lshr"
    ASHR = "ashr"


class NoWrap(Enum):
    """Reading of the operands in which overflow is undefined behaviour (`AddUnchecked` and others)."""

    NONE = ""
    UNSIGNED = "nuw"
    SIGNED = "nsw"


class Pred(Enum):
    """Integer (and pointer equality) predicates."""

    EQ = "eq"
    NE = "ne"
    ULT = "ult"
    ULE = "ule"
    SLT = "slt"
    SLE = "sle"


class CastKind(Enum):
    ZEXT = "zext"
    SEXT = "sext"
    TRUNC = "trunc"
    BITCAST = "bitcast"


class RmwOp(Enum):
    """Atomic read-modify-write operations (PTX ISA, `atom`)."""

    ADD = "add"
    SUB = "sub"
    AND = "and"
    NAND = "nand"
    OR = "or"
    XOR = "xor"
    UMIN = "umin"
    UMAX = "umax"
    SMIN = "smin"
    SMAX = "smax"
    EXCH = "exch"
    FADD = "fadd"


class ExchangeOp(Enum):
    """What a lane gets when the lanes of a mask meet; `x` is what each brings.

    LANE: the `x` of the lane that its second argument names. BALLOT: a bit for each lane whose `x` holds. MATCH:
    a bit for each lane with the same `x`. The others: the `x` of all lanes combined.
    """

    LANE = "lane"
    BALLOT = "ballot"
    MATCH = "match"
    ADD = "add"
    AND = "and"
    OR = "or"
    XOR = "xor"
    UMIN = "umin"
    UMAX = "umax"
    SMIN = "smin"
    SMAX = "smax"


class PanicKind(Enum):
    """Why a thread traps."""

    BOUNDS = "index out of bounds"
    OVERFLOW = "arithmetic overflow"
    DIV_ZERO = "division by zero"
    EXPLICIT = "panic"
    ABORT = "abort"


# --- operations --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Binary:
    """`result = op a, b`, modulo 2^width; with `nowrap`, overflow in that reading is undefined."""

    result: Reg
    op: BinOp
    a: Value
    b: Value
    loc: Loc = field(compare=False)
    nowrap: NoWrap = NoWrap.NONE


@dataclass(frozen=True, slots=True)
class Overflow:
    """`result: i1` = the operation (ADD, SUB, MUL) leaves the range of its signed/unsigned type."""

    result: Reg
    op: BinOp
    signed: bool
    a: Value
    b: Value
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`result: i1 = a pred b`."""

    result: Reg
    pred: Pred
    a: Value
    b: Value
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Cast:
    result: Reg
    kind: CastKind
    a: Value
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Select:
    """`result = a if cond else b`."""

    result: Reg
    cond: Value
    a: Value
    b: Value
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class FloatOp:
    """Floating-point arithmetic, comparison (`result: i1`) or conversion, by name (`cuq.ir.floats`).

    The analysis treats the result as a function of the operands; the interpreter computes it.
    """

    result: Reg
    name: str
    args: tuple[Value, ...]
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class ReadSpecial:
    """`result: i32` = a special register."""

    result: Reg
    register: Special
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class PtrAdd:
    """`result = base + offset` bytes (`offset: i64`, signed).

    With `inbounds` (Rust's `Offset`) leaving the range of i64 is undefined behaviour; with `unsigned` as well (its count is a `usize`), so are more than i64::MAX bytes.
    """

    result: Reg
    base: Value
    offset: Value
    inbounds: bool
    loc: Loc = field(compare=False)
    unsigned: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """`result = *pointer`; the width is that of the result's type."""

    result: Reg
    pointer: Value
    sem: MemSem
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Store:
    pointer: Value
    value: Value
    sem: MemSem
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class AtomicRmw:
    """`result = *pointer; *pointer = op(result, value)`, as one step."""

    result: Reg
    op: RmwOp
    pointer: Value
    value: Value
    sem: MemSem
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class AtomicCas:
    """`result = *pointer; if result == expected { *pointer = value }`; `failure` orders the failing read."""

    result: Reg
    pointer: Value
    expected: Value
    value: Value
    sem: MemSem
    failure: Order
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class CopyBytes:
    """`size` bytes (i64) from `source` to `target`, byte by byte; the regions do not overlap."""

    target: Value
    source: Value
    size: Value
    target_sem: MemSem
    source_sem: MemSem
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Fence:
    order: Order
    scope: Scope
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Barrier:
    """`bar.sync 0`: all threads of the block; orders their memory accesses (PTX ISA, `barrier`).

    `site` numbers the barriers of a kernel in program text, from 0.
    """

    site: int
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class WarpBarrier:
    """`bar.warp.sync mask`: waits for the lanes of the warp in `mask: i32`, orders their memory accesses.

    Lanes that have exited are not waited for. A lane that is not in its own mask is undefined behaviour.
    """

    mask: Value
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The lanes in `mask: i32` meet here and exchange values (`shfl.sync`, `vote.sync`, `match.sync`,
    `redux.sync`), as at a `WarpBarrier`, but without ordering memory."""

    result: Reg
    op: ExchangeOp
    args: tuple[Value, ...]
    mask: Value
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Arbitrary:
    """A value that nothing is known about: a clock, the number of a multiprocessor. `source` says what."""

    result: Reg
    source: str
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Assume:
    """`cond` holds here (Rust's `assert_unchecked`); otherwise behaviour is undefined."""

    cond: Value
    loc: Loc = field(compare=False)


Op = (
    Binary
    | Overflow
    | Compare
    | Cast
    | Select
    | FloatOp
    | ReadSpecial
    | PtrAdd
    | Load
    | Store
    | AtomicRmw
    | AtomicCas
    | CopyBytes
    | Fence
    | Barrier
    | WarpBarrier
    | Exchange
    | Arbitrary
    | Assume
)

MemoryOp = Load | Store | AtomicRmw | AtomicCas | CopyBytes


# --- terminators -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edge:
    """A jump to a block, with values for its parameters."""

    target: str
    args: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Jump:
    edge: Edge
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """Two-way branch on an i1."""

    cond: Value
    then: Edge
    otherwise: Edge
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Switch:
    """Multi-way branch on an integer; case values are unsigned words, all different."""

    value: Value
    cases: tuple[tuple[int, Edge], ...]
    default: Edge
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Return:
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Panic:
    """The thread traps: Rust's defined behaviour for a failed assertion (property P)."""

    kind: PanicKind
    message: str
    loc: Loc = field(compare=False)


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Reaching this is undefined behaviour (property U)."""

    loc: Loc = field(compare=False)


Terminator = Jump | Branch | Switch | Return | Panic | Unreachable

"""What a call to a device API means: the vocabulary of the dialect tables."""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.ir.ops import ExchangeOp, PanicKind, RmwOp
from cuq.ir.types import Order, Scope, Special
from cuq.mir.tree import BinOp


@dataclass(frozen=True, slots=True)
class ReadRegister:
    """`f() -> u32`: a special register."""

    register: Special


@dataclass(frozen=True, slots=True)
class BlockBarrier:
    """`f()`: waits for all threads of the block and orders their memory accesses."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not modelled, and why: a kernel that calls it is `unknown`."""

    reason: str


@dataclass(frozen=True, slots=True)
class PureFunction:
    """`f(a…) -> T`: a number that depends on the arguments alone, in a way that is not modelled."""


@dataclass(frozen=True, slots=True)
class Element:
    """`f(&array, index) -> &T`: the address of an element of a shared array."""


@dataclass(frozen=True, slots=True)
class DynamicShared:
    """`f([byte_offset]) -> *mut T`: into the shared memory whose size the launch sets."""


@dataclass(frozen=True, slots=True)
class Rmw:
    """`f::<T, U, ORDER>(pointer, value) -> T`.

    Of all atomics: `order` None is told by the call, as a generic argument or as a constant argument of an
    enum with Rust's names. The type is the first generic argument, or that of the value, which comes behind the pointer, or last.
    """

    op: RmwOp
    scope: Scope
    order: Order | None = None
    value_last: bool = False


@dataclass(frozen=True, slots=True)
class AtomicRead:
    """`f::<T, ORDER>(pointer) -> T`."""

    scope: Scope
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class AtomicWrite:
    """`f::<T, ORDER>(pointer, value)`."""

    scope: Scope
    order: Order | None = None
    value_last: bool = False


@dataclass(frozen=True, slots=True)
class CompareExchange:
    """`f::<T, ORDER, FAILURE>(pointer, expected, value) -> (T, bool)`. Never fails spuriously: PTX has
    no weak form. With `returns_old`, the result is the old value alone. A fixed `order` is that of success
    and, as far as it can be, of failure."""

    scope: Scope
    order: Order | None = None
    returns_old: bool = False


@dataclass(frozen=True, slots=True)
class MemoryFence:
    """`f::<ORDER>()`."""

    scope: Scope
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class VolatileRead:
    """`f::<T>(pointer) -> T`."""


@dataclass(frozen=True, slots=True)
class VolatileWrite:
    """`f::<T>(pointer, value)`."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`f::<T>(a, b) -> T`: a MIR operator."""

    op: BinOp


@dataclass(frozen=True, slots=True)
class FloatFunction:
    """`f(a…) -> F`: an operation of `cuq.ir.floats`."""

    name: str


@dataclass(frozen=True, slots=True)
class Bits:
    """`f::<T>(x) -> u32` or `T`: counts and permutations of bits, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class BlockReduction:
    """`f(predicate) -> u32`: a block barrier whose result depends on all threads."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """`f(…) -> T`: a number that may differ in each call: a clock, a hardware id."""


@dataclass(frozen=True, slots=True)
class LaneRegister:
    """`f() -> u32`: the lane's number (`id`), or the mask of lanes less than it (`lt`), and so on."""

    value: str


@dataclass(frozen=True, slots=True)
class LanesMeet:
    """`f(mask)`: `bar.warp.sync`."""


@dataclass(frozen=True, slots=True)
class Shuffle:
    """`f(mask, value, lane) -> T`: `shfl.sync` over the whole warp. mode: `idx`, `bfly`, `up` or `down`."""

    mode: str


@dataclass(frozen=True, slots=True)
class Vote:
    """`f(mask, predicate)`: `vote.sync`. mode: `all`, `any`, `uni`, or `ballot`, which gives a mask."""

    mode: str


@dataclass(frozen=True, slots=True)
class Match:
    """`f(mask, value) -> u32`: `match.sync`. mode: `any` or `all`."""

    mode: str


@dataclass(frozen=True, slots=True)
class Reduce:
    """`f(mask, value) -> T`: `redux.sync`."""

    op: ExchangeOp


@dataclass(frozen=True, slots=True)
class Collective:
    """`f(…) -> T`: all lanes of the warp take part, and what it computes of their values is not said (`mma.sync`)."""


@dataclass(frozen=True, slots=True)
class Elect:
    """`f(mask) -> (u32, bool)`, or `-> bool`: `elect.sync`."""


@dataclass(frozen=True, slots=True)
class BlockSize:
    """`f::<X, Y, Z>()`: a launch has blocks of this size."""


@dataclass(frozen=True, slots=True)
class MaxThreads:
    """`f::<N, …>()`: a block has at most so many threads."""


@dataclass(frozen=True, slots=True)
class NoEffect:
    """`f(…)`: nothing that another thread or the rest of the kernel could notice."""


@dataclass(frozen=True, slots=True)
class Never:
    """`f() -> bool`: false."""


@dataclass(frozen=True, slots=True)
class Same:
    """`f(x, …) -> x`."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """`f(condition)`: undefined behaviour unless it holds."""


@dataclass(frozen=True, slots=True)
class Diverges:
    """`f(…) -> !`: the thread traps."""

    kind: PanicKind


@dataclass(frozen=True, slots=True)
class NeverReached:
    """`f() -> !`: undefined behaviour."""


@dataclass(frozen=True, slots=True)
class Unmodelled:
    """`f(…) -> T`: a pure function whose result is refused when it is used (see `Opaque`)."""


@dataclass(frozen=True, slots=True)
class Library:
    """A function of `core` that rustc did not inline, expanded by `cuq.ir.lower.library` under `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Branching:
    """The same for a function that takes branches, by `cuq.ir.lower.branching`."""

    name: str


@dataclass(frozen=True, slots=True)
class PtxTemplate:
    """The marker of cuda-oxide's `ptx_asm!`, by `cuq.ir.lower.ptx_marker`."""


Meaning = (
    ReadRegister
    | PtxTemplate
    | BlockBarrier
    | Rmw
    | AtomicRead
    | AtomicWrite
    | CompareExchange
    | MemoryFence
    | VolatileRead
    | VolatileWrite
    | Arithmetic
    | FloatFunction
    | Bits
    | NoEffect
    | Never
    | Same
    | Assumption
    | Diverges
    | NeverReached
    | Unmodelled
    | Library
    | Branching
    | BlockReduction
    | Unknown
    | LaneRegister
    | LanesMeet
    | Shuffle
    | Vote
    | Match
    | Reduce
    | Collective
    | Elect
    | BlockSize
    | MaxThreads
    | Refused
    | PureFunction
    | Element
    | DynamicShared
)

"""Small structured kernels: what the generator builds, what the shrinker cuts down.

Expressions are machine words with a width; variables are assigned as in C, and `cuq.ir` kernels are made
from the whole by `tests.soundness.lower`. Everything is a frozen dataclass, so that a kernel can be taken
apart and rebuilt generically.
"""

from __future__ import annotations

from dataclasses import dataclass

from cuq.ir.ops import BinOp, NoWrap, PanicKind, Pred, RmwOp
from cuq.ir.types import Order, Scope, Special

# --- expressions -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Num:
    """A constant of `bits` bits."""

    value: int
    bits: int = 32


@dataclass(frozen=True, slots=True)
class Spec:
    """A special register (32 bits)."""

    register: Special


@dataclass(frozen=True, slots=True)
class Var:
    """A scalar parameter or a local variable, of the width that it was given when it was set."""

    name: str


@dataclass(frozen=True, slots=True)
class Arith:
    op: BinOp
    a: Expr
    b: Expr
    nowrap: NoWrap = NoWrap.NONE


@dataclass(frozen=True, slots=True)
class Convert:
    """`a` at another width: extended with zeros or its sign, or cut."""

    bits: int
    a: Expr
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """`a` if `cond` else `b`, as a select."""

    cond: Cond
    a: Expr
    b: Expr


@dataclass(frozen=True, slots=True)
class Cell:
    """`width` bytes at element `index` (elements of `width` bytes) of an object or a pointer variable."""

    base: str
    index: Expr
    width: int
    inbounds: bool = False
    signed: bool = False
    """How `index` is extended to 64 bits."""


@dataclass(frozen=True, slots=True)
class Read:
    """The word in a cell."""

    cell: Cell
    order: Order = Order.WEAK
    scope: Scope | None = None


Expr = Num | Spec | Var | Arith | Convert | Pick | Read


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison; operands have the same width."""

    pred: Pred
    a: Expr
    b: Expr


@dataclass(frozen=True, slots=True)
class Joined:
    """`a` and/or/xor `b`, computed as bits rather than by branching."""

    op: BinOp
    a: Cond
    b: Cond


@dataclass(frozen=True, slots=True)
class SamePlace:
    """A pointer variable equals (or not) the address of a cell."""

    pointer: str
    cell: Cell
    equal: bool


Cond = Test | Joined | SamePlace


# --- statements --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Set:
    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Point:
    """A pointer variable is set to the address of a cell."""

    name: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class PointEither:
    """A pointer variable is set to one of two addresses, by a select."""

    name: str
    cond: Cond
    a: Cell
    b: Cell


@dataclass(frozen=True, slots=True)
class Write:
    cell: Cell
    value: Expr
    order: Order = Order.WEAK
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """An atomic read-modify-write; the old value goes to `name`."""

    name: str
    op: RmwOp
    cell: Cell
    value: Expr
    scope: Scope


@dataclass(frozen=True, slots=True)
class Swap:
    """An atomic compare-and-swap; the old value goes to `name`."""

    name: str
    cell: Cell
    expected: Expr
    value: Expr
    scope: Scope


@dataclass(frozen=True, slots=True)
class Copy:
    target: Cell
    source: Cell
    size: Expr


@dataclass(frozen=True, slots=True)
class If:
    cond: Cond
    then: Body
    other: Body = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """`while cond { body }`, or `do { body } while cond` when `test_last`.

    `merge`: variables reach the code behind the loop as block parameters even where they need not.
    """

    cond: Cond
    body: Body
    test_last: bool = False
    merge: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    pass


@dataclass(frozen=True, slots=True)
class Continue:
    pass


@dataclass(frozen=True, slots=True)
class Sync:
    """A block barrier."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The thread returns."""


@dataclass(frozen=True, slots=True)
class Trap:
    kind: PanicKind | None = PanicKind.EXPLICIT
    """None: `unreachable`."""


@dataclass(frozen=True, slots=True)
class Suppose:
    """`assert_unchecked`."""

    cond: Cond


Stmt = (
    Set
    | Point
    | PointEither
    | Write
    | Update
    | Swap
    | Copy
    | If
    | Loop
    | Break
    | Continue
    | Sync
    | Leave
    | Trap
    | Suppose
)
Body = tuple[Stmt, ...]


# --- kernels -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory object. `kind`: `pointer` (raw, extent unknown), `slice`, `shared` or `static`.

    `count` elements of `width` bytes for the last two.
    """

    name: str
    kind: str
    width: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Program:
    """A kernel and its contract. `params`: scalars with their widths. `requires` as contract text."""

    memory: tuple[Memory, ...]
    params: tuple[tuple[str, int], ...]
    body: Body
    block: tuple[int | None, int | None, int | None] | None = None
    grid: tuple[int | None, int | None, int | None] | None = None
    requires: tuple[str, ...] = ()
    lengths: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    """Objects that may overlap each other."""
    threaded: bool = False
    """Blocks that only jump are left out, so that branches lead out of loops with arguments."""

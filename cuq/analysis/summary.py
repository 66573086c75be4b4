"""The summary of a kernel: one language for the solver, the reports and the Coq statements.

A kernel becomes a tree of *regions*: the kernel's body and the body of each loop. A region is a list of
items in program order, each under a guard over the region's symbols; control flow inside of a region has
become guards, so a conditional barrier is a shared condition, never a copy of the program.

A loop's body is executed once for each iteration, the first one included (a `while` loop that runs zero
times executes its header once and leaves): symbols of the loop (its iteration index, its carried
variables, unknowns of its body) have one value in each iteration. `again` is the condition, at the end of
an iteration, that another one follows.

Two guards are kept for each item. `control` holds when control flow brings the thread there, taking every
assertion to succeed; `guard` adds what is known when it really gets there (assertions held, no undefined
behaviour before).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import Enum

from cuq.analysis.expr import TRUE, Cond, Poly, Sym
from cuq.analysis.values import Val
from cuq.base.records import dataclass
from cuq.ir.module import Kernel, MemObject
from cuq.ir.ops import Loc, Reg, RmwOp
from cuq.ir.types import MemSem, Order, Scope


class Kind(Enum):
    """What an access does."""

    READ = "read"
    WRITE = "write"
    RMW = "update"

    @property
    def writes(self) -> bool:
        return self is not Kind.READ


@dataclass(frozen=True, slots=True)
class When:
    """The path went where `cond` holds."""

    cond: Cond


class Move(Enum):
    """A step of control through a loop."""

    ENTER = "begins its first iteration"
    AGAIN = "goes on to the next iteration"
    LATER = "goes on to some later iteration"
    LEAVE = "is left"


@dataclass(frozen=True, slots=True)
class Through:
    """The path passed a loop's boundary."""

    move: Move
    loop: int


Step = When | Through


@dataclass(frozen=True, slots=True)
class LastBarrier:
    """One answer to "which barrier did the thread pass last, and how did it get here from there".

    `site` None is the start of the kernel; `header` instead names a loop: "whatever was last at the start
    of this iteration of the loop" (`cuq.analysis.lastbarrier.resolve` replaces it). `steps` lead from the
    barrier to the item; conditions are over the symbols as they are at that step.
    """

    site: int | None = None
    steps: tuple[Step, ...] = ()
    header: int | None = None


Last = tuple[LastBarrier, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """What an atomic operation writes: `op` of the old value and `operand`, or, where `op` is None, `operand` if the
    old value is `expected`. None for a number that is not known."""

    op: RmwOp | None
    operand: Poly | None
    expected: Poly | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """`width` bytes at byte `offset` of `obj` are read, written or both."""

    kind: Kind
    obj: MemObject
    offset: Poly
    width: Poly
    sem: MemSem
    guard: Cond
    control: Cond
    last: Last
    loc: Loc
    index: int
    """Position among the accesses of the kernel, in program order."""
    value: Poly | None = None
    """The value written, where it is known: equal values are named in reports."""
    result: Sym | None = None
    """The unknown that a read of written memory brings in."""
    update: Update | None = None
    """For RMW."""


@dataclass(frozen=True, slots=True)
class BarrierItem:
    site: int
    guard: Cond
    control: Cond
    last: Last
    loc: Loc


@dataclass(frozen=True, slots=True)
class FenceItem:
    """A fence: orders what is before and after it by way of atomic accesses."""

    order: Order
    scope: Scope
    guard: Cond
    loc: Loc


@dataclass(frozen=True, slots=True)
class WarpItem:
    """A place at which the lanes of a warp in `mask` meet: bit i stands for lane i.

    `ordering`: a barrier, which orders accesses; an exchange of values does not.
    """

    guard: Cond
    control: Cond
    loc: Loc
    mask: int
    ordering: bool


class ObligationKind(Enum):
    PANIC = "panic"
    UB = "ub"
    BOUNDS = "bounds"


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something that must not happen: `violation` under `guard`."""

    kind: ObligationKind
    message: str
    violation: Cond
    guard: Cond
    loc: Loc
    access: int | None = None
    """For BOUNDS: the index of the access."""


class Form(Enum):
    """How a carried variable develops."""

    AFFINE = "affine"
    GEOMETRIC = "geometric"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Carried:
    """A variable that a loop carries: `init` before the loop, `next` at the end of an iteration.

    `closed` is its value as a polynomial in the iteration index, if it has one that never wraps
    (or wraps explicitly). `uniform`: threads of a block that start the loop together agree on it.
    """

    sym: Sym
    init: Poly
    next: Poly
    form: Form
    closed: Poly | None
    uniform: bool
    bits: int
    step: Poly | None = None
    """For AFFINE: what an iteration adds."""
    exact: bool = False
    """For AFFINE: `closed` holds without a wrap."""
    facts: Cond = TRUE
    """Proved in every iteration: bounds relative to `init` and the like."""


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a loop: `cond` at the iteration that leaves, and where it leads."""

    cond: Cond
    target: str
    loc: Loc


@dataclass(frozen=True, slots=True)
class Loop:
    """A natural loop. `iteration` counts from 0; `left` maps its symbols to those of its last iteration."""

    id: int
    iteration: Sym
    carried: tuple[Carried, ...]
    body: Region
    again: Cond
    again_control: Cond
    exits: tuple[Exit, ...]
    guard: Cond
    control: Cond
    left: tuple[tuple[Sym, Sym], ...]
    entry_last: Last
    """The last barrier when the loop is entered; empty for a loop without barriers."""
    back_last: Last
    """The last barrier at the end of an iteration that another one follows."""
    loc: Loc
    meetings: bool = False
    """Whether the lanes of a warp meet in the body."""
    early_exit: Cond = TRUE
    """What holds in an iteration in which the loop is left before a barrier."""
    meets: bool = False
    """Proved: the first iteration is not left before a barrier."""
    header: str = ""
    """The label of its first block."""

    @property
    def parent(self) -> int | None:
        """The loop around this one."""
        return dict(self.left)[self.iteration].loop

    @property
    def barriers(self) -> bool:
        """Whether the body has a barrier."""
        return bool(self.entry_last)


@dataclass(frozen=True, slots=True)
class Region:
    items: tuple[Item, ...]


Item = Access | BarrierItem | WarpItem | FenceItem | Obligation | Loop


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something the analysis could not follow; no property of the kernel is verified over it."""

    construct: str
    loc: Loc
    guard: Cond
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A kernel as the solver sees it."""

    kernel: Kernel
    body: Region
    obstacles: tuple[Obstacle, ...] = ()
    loops: tuple[Loop, ...] = ()
    params: tuple[Sym, ...] = ()
    dims_read: frozenset[str] = field(default_factory=frozenset)
    """Special registers that the kernel reads, by name (`tid.x`)."""
    registers: Mapping[Reg, Val] = field(default_factory=dict, compare=False, repr=False)
    """What each register is where it is defined, over the symbols of that iteration."""


def walk(region: Region, loops: tuple[Loop, ...] = ()) -> Iterator[tuple[Item, tuple[Loop, ...]]]:
    """All items with the loops around them, outermost first, in program order."""
    for item in region.items:
        yield item, loops
        if isinstance(item, Loop):
            yield from walk(item.body, (*loops, item))

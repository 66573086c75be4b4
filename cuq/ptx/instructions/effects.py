"""What a PTX instruction does, in the terms of the PTX ISA.

Spaces, orders and scopes are named as in the ISA: space `generic`, `global`, `shared`, `local`, `const` or
`param`; order `weak`, `volatile`, `relaxed`, `acquire`, `release`, `acq_rel` or `sc`; scope `cta`,
`cluster`, `gpu` or `sys`, None for what is not strong. Types are as in the ISA (`u32`, `b64`, `pred`).
"""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.ptx.instructions.tree import Address, Operand


@dataclass(frozen=True, slots=True)
class Strength:
    """Space, order and scope of a memory operation (PTX ISA, "Memory Consistency Model")."""

    space: str
    order: str
    scope: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """`ld`: each of `targets` gets `type` from the next address. cached: `ld.global.nc`, which may be stale."""

    targets: tuple[Operand, ...]
    address: Address
    type: str
    strength: Strength
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """`st`: `sources` to consecutive addresses."""

    sources: tuple[Operand, ...]
    address: Address
    type: str
    strength: Strength


@dataclass(frozen=True, slots=True)
class Update:
    """`atom` and `red`: `op` as in the ISA (`add`, `exch`, `cas`, …). target: None for `red`."""

    op: str
    target: Operand | None
    address: Address
    sources: tuple[Operand, ...]
    type: str
    strength: Strength


@dataclass(frozen=True, slots=True)
class Fence:
    """`fence` and `membar`."""

    order: str
    scope: str


@dataclass(frozen=True, slots=True)
class BlockBarrier:
    """`bar` and `barrier`.

    kind: `sync`, `arrive`, or `popc`, `and`, `or` for a reduction, whose result goes to `target` and whose
    predicate is `source`. count: threads that take part, None for all of the block. aligned: all threads of a
    warp execute it together.
    """

    kind: str
    id: Operand
    count: Operand | None
    aligned: bool
    target: Operand | None = None
    source: Operand | None = None


@dataclass(frozen=True, slots=True)
class WarpBarrier:
    """`bar.warp.sync mask`: waits for the lanes of the mask and orders their memory accesses."""

    mask: Operand


@dataclass(frozen=True, slots=True)
class ClusterBarrier:
    """`barrier.cluster`; kind `arrive` or `wait`. relaxed: without release."""

    kind: str
    relaxed: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """An operation by which the lanes of a warp exchange values, without ordering memory.

    op: `shfl.idx`, `vote.ballot`, `match.any`, `redux.add`, `elect`, `activemask`. mask: the lanes that take
    part, None for those that are there. type: of the values; `targets` are the result and, where there is one,
    the predicate.
    """

    op: str
    targets: tuple[Operand, ...]
    sources: tuple[Operand, ...]
    mask: Operand | None
    type: str


@dataclass(frozen=True, slots=True)
class Move:
    """`mov`, also from a special register or of an address."""

    target: Operand
    source: Operand
    type: str


@dataclass(frozen=True, slots=True)
class ConvertAddress:
    """`cvta`: between an address in `space` and a generic one; `to_space`: from generic."""

    target: Operand
    source: Operand
    space: str
    to_space: bool


@dataclass(frozen=True, slots=True)
class Compute:
    """Arithmetic: `op` with the modifiers that change its meaning (`mul.lo`, `add`, `cvt.rni.s32.f32`)."""

    op: str
    type: str
    targets: tuple[Operand, ...]
    sources: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class CompareTo:
    """`setp.REL.TYPE p, a, b`."""

    relation: str
    type: str
    target: Operand
    a: Operand
    b: Operand


@dataclass(frozen=True, slots=True)
class Choose:
    """`selp.TYPE d, a, b, p`: `a` if `p`, else `b`."""

    type: str
    target: Operand
    a: Operand
    b: Operand
    predicate: Operand


@dataclass(frozen=True, slots=True)
class Control:
    """`bra`, `ret`, `exit`, `trap`, `call`, …."""

    op: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Hints: `prefetch`, `nanosleep`, `pmevent`, …."""


@dataclass(frozen=True, slots=True)
class NotKnown:
    """An instruction without a meaning here, and why."""

    reason: str


Effect = (
    Read
    | Write
    | Update
    | Fence
    | BlockBarrier
    | WarpBarrier
    | ClusterBarrier
    | Exchange
    | Move
    | ConvertAddress
    | Compute
    | CompareTo
    | Choose
    | Control
    | Nothing
    | NotKnown
)

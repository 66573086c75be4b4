"""Places in a kernel's text: every operation and terminator, with what the access functions need of it."""

from __future__ import annotations

from dataclasses import field

from cuq.base.records import dataclass
from cuq.ir.module import Kernel
from cuq.ir.ops import AtomicCas, AtomicRmw, CopyBytes, Load, Loc, Op, Store, Terminator
from cuq.ir.types import MemSem, Order, PtrType, Scope, Type


@dataclass(frozen=True, slots=True, eq=False)
class AccessClass:
    """What the memory model asks of an access. `wide`: its scope reaches beyond the block.

    Without cluster dimensions in the launch a cluster is one block, so `cluster` is not wide.
    """

    writes: bool
    order: Order
    scope: Scope | None

    @property
    def atomic(self) -> bool:
        return self.order.atomic

    @property
    def wide(self) -> bool:
        return self.scope in (Scope.GPU, Scope.SYS)

    @property
    def acquires(self) -> bool:
        return self.order in (Order.ACQUIRE, Order.ACQ_REL, Order.SC)

    @property
    def releases(self) -> bool:
        return self.order in (Order.RELEASE, Order.ACQ_REL, Order.SC)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One operation (or, at the end of a block, its terminator). Sites are compared by identity.

    `width` is that of the accessed bytes (0: no memory operation, or a copy); `mask` cuts a loaded word
    to its type; `pointer`: the accessed value is a pointer.
    """

    index: int
    label: str
    position: int
    op: Op | Terminator = field(repr=False)
    width: int = 0
    mask: int = 0
    pointer: bool = False
    reading: AccessClass | None = None
    writing: AccessClass | None = None

    @property
    def loc(self) -> Loc:
        return self.op.loc

    def __str__(self) -> str:
        return f"{self.label}[{self.position}]"


def sites_of(kernel: Kernel) -> tuple[Site, ...]:
    """All sites of a kernel in the order of its text; `Site.index` counts them."""
    sites: list[Site] = []
    for block in kernel.blocks:
        for position, op in enumerate((*block.ops, block.terminator)):
            sites.append(_site(len(sites), block.label, position, op))
    return tuple(sites)


def _site(index: int, label: str, position: int, op: Op | Terminator) -> Site:
    reading: AccessClass | None = None
    writing: AccessClass | None = None
    kind: Type | None = None
    match op:
        case Load(sem=sem):
            kind, reading = op.result.type, _class(False, sem)
        case Store(sem=sem):
            kind, writing = op.value.type, _class(True, sem)
        case AtomicRmw(sem=sem):
            kind, reading, writing = op.result.type, _class(True, sem), _class(True, sem)
        case AtomicCas(sem=sem, failure=failure):
            failed = MemSem(sem.space, failure, sem.scope)
            kind, reading, writing = op.result.type, _class(False, failed), _class(True, sem)
        case CopyBytes(target_sem=target, source_sem=source):
            reading, writing = _class(False, source), _class(True, target)
        case _:
            pass
    if kind is None:
        return Site(index, label, position, op, reading=reading, writing=writing)
    pointer = isinstance(kind, PtrType)
    mask = (1 << (64 if isinstance(kind, PtrType) else kind.bits)) - 1
    return Site(index, label, position, op, kind.width, mask, pointer, reading, writing)


def _class(writes: bool, sem: MemSem) -> AccessClass:
    return AccessClass(writes, sem.order, sem.scope)

"""Litmus tests as parsed."""

from __future__ import annotations

from enum import Enum

from cuq.base.records import dataclass
from cuq.base.span import Span


class Order(Enum):
    """Semantics of an access or fence (PTX ISA, "Memory Consistency Model", `.sem`)."""

    WEAK = "weak"
    RELAXED = "relaxed"
    ACQUIRE = "acquire"
    RELEASE = "release"
    ACQ_REL = "acq_rel"
    SC = "sc"


class Scope(Enum):
    """Scopes, from narrow to wide (PTX ISA, "Scope")."""

    CTA = "cta"
    CLUSTER = "cluster"
    GPU = "gpu"
    SYS = "sys"


class Proxy(Enum):
    """How memory is reached (PTX ISA, "Proxies")."""

    GENERIC = "generic"
    TEXTURE = "texture"
    SURFACE = "surface"
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True)
class Register:
    name: str


@dataclass(frozen=True, slots=True)
class Number:
    value: int


Operand = Register | Number


@dataclass(frozen=True, slots=True)
class Load:
    dest: str
    location: str
    order: Order
    scope: Scope | None
    proxy: Proxy
    span: Span


@dataclass(frozen=True, slots=True)
class Store:
    location: str
    value: Operand
    order: Order
    scope: Scope | None
    proxy: Proxy
    span: Span


@dataclass(frozen=True, slots=True)
class Rmw:
    """`dest` gets the old value; `op` is one of OPERATIONS, `exch`, or `cas` with the expected value first."""

    dest: str | None
    op: str
    location: str
    args: tuple[Operand, ...]
    order: Order
    scope: Scope
    proxy: Proxy
    span: Span


@dataclass(frozen=True, slots=True)
class Compute:
    """`dest = a op b`; without an operation, `dest = a`."""

    dest: str
    op: str | None
    args: tuple[Operand, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Fence:
    order: Order
    scope: Scope
    span: Span


@dataclass(frozen=True, slots=True)
class ProxyFence:
    """`fence.proxy.…`; proxy None: between virtual addresses of one location (`.alias`)."""

    proxy: Proxy | None
    span: Span


@dataclass(frozen=True, slots=True)
class Barrier:
    """`bar.cta.sync` or `.arrive`: `instance` names the use of a barrier in the program, `id` is the barrier
    itself, `quorum` how many threads take part (all that name the instance, if it is None)."""

    instance: str
    id: Operand
    quorum: Operand | None
    waits: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Branch:
    """To `label` if `a relation b` (eq, ne, lt, le, gt, ge)."""

    relation: str
    a: Operand
    b: Operand
    label: str
    span: Span


@dataclass(frozen=True, slots=True)
class Goto:
    label: str
    span: Span


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    span: Span


Instruction = Load | Store | Rmw | Compute | Fence | ProxyFence | Barrier | Branch | Goto | Label


@dataclass(frozen=True, slots=True)
class Thread:
    """`gpu`, `cluster` and `cta` say where it runs: equal numbers, equal place."""

    name: str
    cta: int
    cluster: int
    gpu: int
    instructions: tuple[Instruction, ...]
    registers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """A virtual address. Locations of the same `physical` name are the same memory.

    `virtual`: the address that a proxy other than the generic one names; its own name elsewhere.
    """

    name: str
    physical: str
    virtual: str
    proxy: Proxy
    initial: int = 0


class Quantifier(Enum):
    EXISTS = "exists"
    NOT_EXISTS = "~exists"
    FORALL = "forall"


@dataclass(frozen=True, slots=True)
class RegisterOf:
    """A register of a thread at the end."""

    thread: int
    name: str


@dataclass(frozen=True, slots=True)
class Final:
    """The value of a location at the end."""

    location: str


Quantity = RegisterOf | Final | Number


@dataclass(frozen=True, slots=True)
class Compares:
    relation: str
    left: Quantity
    right: Quantity


@dataclass(frozen=True, slots=True)
class Not:
    of: Condition


@dataclass(frozen=True, slots=True)
class Both:
    left: Condition
    right: Condition


@dataclass(frozen=True, slots=True)
class Either:
    left: Condition
    right: Condition


Condition = Compares | Not | Both | Either


@dataclass(frozen=True, slots=True)
class Litmus:
    name: str
    comment: str
    locations: tuple[Location, ...]
    threads: tuple[Thread, ...]
    quantifier: Quantifier
    condition: Condition
    text: str
    """The condition as written, on one line."""
    shown: tuple[Quantity, ...] = ()
    """What `locations [...]` asks to see of final states, besides what the condition names."""

    def location(self, name: str) -> Location:
        return next(x for x in self.locations if x.name == name)


def quantities(condition: Condition) -> tuple[Quantity, ...]:
    """The registers and locations that a condition speaks of, each once."""
    found: dict[Quantity, None] = {}

    def walk(c: Condition) -> None:
        match c:
            case Compares(left=left, right=right):
                found.update({q: None for q in (left, right) if not isinstance(q, Number)})
            case Not(of=of):
                walk(of)
            case Both(left=a, right=b) | Either(left=a, right=b):
                walk(a)
                walk(b)

    walk(condition)
    return tuple(found)

"""The sequences of synchronising operations that a kernel's control flow graph has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from cuq.analysis.roots import pointer_roots
from cuq.base.records import dataclass
from cuq.checks.artefact.operations import Operation, Targets, of_ir
from cuq.ir.module import Kernel, successors
from cuq.ir.ops import ObjectRef, Reg, Return, Terminator, Unreachable, Value


class End(Enum):
    """How a thread that does not panic ends. UNDEFINED: where Rust leaves open what it does."""

    RETURN = "return"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Source:
    """An automaton whose letters are `operations`.

    State 0 is the entry, state i + 1 is behind operation i. `next`: for each state the operations that may come
    next; `ends`: how the thread may end with none of them, where it does not panic. sites: for each operation which one of
    the kernel's text it is.
    """

    operations: tuple[Operation, ...]
    next: tuple[frozenset[int], ...]
    ends: tuple[frozenset[End], ...]
    sites: tuple[int, ...]

    def may_return(self, state: int) -> bool:
        """Also where nothing but undefined behaviour comes."""
        ends = self.ends[state]
        return End.RETURN in ends or (ends == {End.UNDEFINED} and not self.next[state])


@dataclass(frozen=True, slots=True)
class Asked:
    """The synchronising operations of a kernel in the order of its text, and for each block which ones it has."""

    operations: tuple[Operation, ...]
    blocks: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """A straight piece of code: the block that it is, its operations, and where it leads."""

    label: str
    sites: tuple[int, ...]
    next: tuple[int, ...]
    end: End | None


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What may come first from some place on."""

    first: frozenset[int]
    ends: frozenset[End]


def targets_of(kernel: Kernel) -> Callable[[Value], Targets]:
    """Which objects the pointers of a kernel lead to."""
    roots = pointer_roots(kernel)

    def targets(pointer: Value) -> Targets:
        match pointer:
            case ObjectRef(name=name):
                return frozenset((name,))
            case Reg():
                return frozenset(roots.get(pointer, ())) or None
            case _:
                return None

    return targets


def asked_for(kernel: Kernel) -> Asked:
    targets = targets_of(kernel)
    operations: list[Operation] = []
    blocks: dict[str, tuple[int, ...]] = {}
    for block in kernel.blocks:
        found = [one for op in block.ops if (one := of_ir(op, targets)) is not None]
        blocks[block.label] = tuple(range(len(operations), len(operations) + len(found)))
        operations += found
    return Asked(tuple(operations), blocks)


def parts_of(kernel: Kernel, operations: Asked) -> list[Part]:
    """The blocks. Conditions of branches are left out: all ways through the graph count."""
    index = {block.label: i for i, block in enumerate(kernel.blocks)}
    return [
        Part(
            block.label,
            operations.blocks[block.label],
            tuple(index[edge.target] for edge in successors(block.terminator)),
            end_of(block.terminator),
        )
        for block in kernel.blocks
    ]


def end_of(terminator: Terminator) -> End | None:
    match terminator:
        case Return():
            return End.RETURN
        case Unreachable():
            return End.UNDEFINED
        case _:
            return None


def automaton(operations: Sequence[Operation], parts: Sequence[Part]) -> Source:
    """parts[0] is the entry."""
    sites: list[int] = []
    own: list[range] = []
    for part in parts:
        own.append(range(len(sites), len(sites) + len(part.sites)))
        sites += part.sites
    first = _first(parts, own)
    ahead = [first[0]]
    for part, here in zip(parts, own, strict=True):
        ahead += [_Ahead(frozenset((i,)), frozenset()) for i in here[1:]]
        ahead += [_behind(part, first)] if here else []
    return Source(
        tuple(operations[site] for site in sites),
        tuple(a.first for a in ahead),
        tuple(a.ends for a in ahead),
        tuple(sites),
    )


def _first(parts: Sequence[Part], own: Sequence[range]) -> list[_Ahead]:
    """For each part what may come first from its beginning on (a least fixed point)."""
    found = [_Ahead(frozenset(here[:1]), frozenset()) for here in own]
    changed = True
    while changed:
        changed = False
        for i in reversed(range(len(parts))):
            if not own[i] and (new := _behind(parts[i], found)) != found[i]:
                found[i] = new
                changed = True
    return found


def _behind(part: Part, first: Sequence[_Ahead]) -> _Ahead:
    after = [first[i] for i in part.next]
    return _Ahead(
        frozenset[int]().union(*(a.first for a in after)),
        frozenset[End]().union(*(a.ends for a in after), () if part.end is None else (part.end,)),
    )

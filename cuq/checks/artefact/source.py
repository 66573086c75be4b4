"""The sequences of synchronising operations that a kernel's control flow graph has."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from cuq.analysis.roots import pointer_roots
from cuq.base.records import dataclass
from cuq.checks.artefact.operations import Operation, Targets, of_ir
from cuq.ir.module import Block, Kernel, successors
from cuq.ir.ops import ObjectRef, Panic, Reg, Return, Unreachable, Value


class End(Enum):
    """How a thread that does not panic ends. UNDEFINED: where Rust leaves open what it does."""

    RETURN = "return"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Source:
    """An automaton whose letters are `operations`.

    State 0 is the entry, state i + 1 is behind operation i. `next`: for each state the operations that may come
    next; `ends`: how the thread may end with none of them, where it does not panic.
    """

    operations: tuple[Operation, ...]
    next: tuple[frozenset[int], ...]
    ends: tuple[frozenset[End], ...]

    def may_return(self, state: int) -> bool:
        """Also where nothing but undefined behaviour comes."""
        ends = self.ends[state]
        return End.RETURN in ends or (ends == {End.UNDEFINED} and not self.next[state])


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What may come first from some place on."""

    sites: frozenset[int]
    ends: frozenset[End]


_NOTHING = _Ahead(frozenset(), frozenset())


def source(kernel: Kernel) -> Source:
    """Conditions of branches are left out: all ways through the graph count."""
    roots = pointer_roots(kernel)

    def targets(pointer: Value) -> Targets:
        match pointer:
            case ObjectRef(name=name):
                return frozenset((name,))
            case Reg():
                return frozenset(roots.get(pointer, ())) or None
            case _:
                return None

    operations: list[Operation] = []
    sites: dict[str, list[int]] = {}
    for block in kernel.blocks:
        sites[block.label] = []
        for op in block.ops:
            if (asked := of_ir(op, targets)) is not None:
                sites[block.label].append(len(operations))
                operations.append(asked)
    first = _first(kernel, sites)
    ahead = [first[kernel.blocks[0].label]]
    for block in kernel.blocks:
        own = sites[block.label]
        ahead += [_Ahead(frozenset((site,)), frozenset()) for site in own[1:]]
        ahead += [_behind(block, first)] if own else []
    return Source(tuple(operations), tuple(a.sites for a in ahead), tuple(a.ends for a in ahead))


def _first(kernel: Kernel, sites: dict[str, list[int]]) -> dict[str, _Ahead]:
    """For each block what may come first from its beginning on (a least fixed point)."""
    found = dict.fromkeys(sites, _NOTHING)
    changed = True
    while changed:
        changed = False
        for block in reversed(kernel.blocks):
            own = sites[block.label]
            new = _Ahead(frozenset(own[:1]), frozenset()) if own else _behind(block, found)
            if new != found[block.label]:
                found[block.label] = new
                changed = True
    return found


def _behind(block: Block, first: dict[str, _Ahead]) -> _Ahead:
    match block.terminator:
        case Return():
            return _Ahead(frozenset(), frozenset((End.RETURN,)))
        case Panic():
            return _NOTHING
        case Unreachable():
            return _Ahead(frozenset(), frozenset((End.UNDEFINED,)))
        case terminator:
            return _together([first[edge.target] for edge in successors(terminator)])


def _together(parts: Sequence[_Ahead]) -> _Ahead:
    return _Ahead(
        frozenset[int]().union(*(part.sites for part in parts)),
        frozenset[End]().union(*(part.ends for part in parts)),
    )

"""Barriers of the source that stand in the PTX several times, where threads of a block may wait at different ones.

`bar.sync` is aligned: the threads of a warp have to execute the same one (PTX ISA, `barrier`). Copies are fine where
a whole block takes the same way, as in a loop that was unrolled. Where threads part, the next barriers on either way must
not be copies of one. Threads that wait at barriers of different sites of the source are the matter of `divergence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.checks.artefact.nodes import Code
from cuq.checks.artefact.operations import Operation
from cuq.checks.artefact.uniform import Parting, partings
from cuq.ptx.instructions import effect
from cuq.ptx.instructions.effects import BlockBarrier


@dataclass(frozen=True, slots=True)
class Copied:
    """Two copies of a barrier, and the branch at which threads may part on their way there."""

    asked: Operation
    copies: tuple[Operation, Operation]
    branch: Span


def copied(
    code: Code, partners: Mapping[int, frozenset[int]], asked: tuple[Operation, ...]
) -> Iterator[Copied]:
    """partners: for each place of the code the operations of the source that it may be."""
    barriers = {i: partners.get(i, frozenset()) for i in range(len(code.nodes)) if _aligned(code, i)}
    seen: set[frozenset[int]] = set()
    for parting in partings(code) if len(barriers) > 1 else ():
        for a, b in _apart(code, parting, barriers):
            common = barriers[a] & barriers[b]
            first, second = code.nodes[min(a, b)].operation, code.nodes[max(a, b)].operation
            if common and first and second and frozenset((a, b)) not in seen:
                seen.add(frozenset((a, b)))
                yield Copied(asked[min(common)], (first, second), code.nodes[parting.place].span)


def _aligned(code: Code, place: int) -> bool:
    node = code.nodes[place]
    if node.operation is None or node.operation.kind != "barrier" or node.instruction is None:
        return False
    what = effect(node.instruction)
    return isinstance(what, BlockBarrier) and what.aligned


def _apart(code: Code, parting: Parting, barriers: Mapping[int, frozenset[int]]) -> Iterator[tuple[int, int]]:
    """Barriers that one thread may wait at while another one waits at the other."""
    ways = [_next(code, way, parting.meet, barriers) for way in dict.fromkeys(code.nodes[parting.place].next)]
    meet = parting.meet
    behind = _next(code, meet, None, barriers) if meet is not None else set[int]()
    for one, other in permutations(ways, 2):
        for a in one - {meet}:
            for b in other if meet not in other else (other - {meet}) | behind:
                if a != b:
                    yield a, b


def _next(code: Code, start: int, meet: int | None, barriers: Mapping[int, frozenset[int]]) -> set[int]:
    """The barriers that come next, up to a place, which is among them if a way leads there without one."""
    found: set[int] = set()
    seen: set[int] = set()
    work = [start]
    while work:
        i = work.pop()
        if i in seen:
            continue
        seen.add(i)
        if i == meet or i in barriers:
            found.add(i)
        else:
            work += code.nodes[i].next
    return found

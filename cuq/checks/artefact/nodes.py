"""The nodes of PTX's control flow graph, and the fences beside operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.checks.artefact.operations import WIDTH, Access, Operation
from cuq.ir.graph import closure
from cuq.ptx.instructions.tree import Instruction


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something in the PTX that may synchronise or not."""

    what: str
    span: Span


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the code.

    access: what is done here is done to memory, and orders nothing; plain: if it is a read or write that other threads may
    see, this. returns: the thread ends here, and does not
    trap. Where it traps nothing comes `next`. instruction: what is here, or what its guard decides on; frame: in which
    call of a function, 0 for the entry itself.
    """

    span: Span
    next: tuple[int, ...]
    operation: Operation | None = None
    access: bool = False
    plain: Access | None = None
    returns: bool = False
    instruction: Instruction | None = None
    frame: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """`nodes[0]` is the entry. params: of the function. Nothing can be said where something is `unclear`."""

    nodes: tuple[Node, ...]
    params: tuple[str, ...]
    unclear: tuple[Unclear, ...]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """In the order of the text, with the fences beside them."""
        found = [(node.span, node.operation) for node in self.nodes if node.operation is not None]
        return tuple(
            operation for _, operation in sorted(found, key=lambda one: (one[0].line, one[0].column))
        )

    def operations_behind(self, place: int) -> Iterator[Operation]:
        """All that may come after a place."""
        for i in sorted(_behind(self.nodes, self.nodes[place].next)):
            if (operation := self.nodes[i].operation) is not None:
                yield operation


def leading_to(nodes: Sequence[Node], goals: Iterable[int]) -> set[int]:
    """The places from which a way leads to one of `goals`, these among them."""
    before: dict[int, list[int]] = {}
    for i, node in enumerate(nodes):
        for following in node.next:
            before.setdefault(following, []).append(i)
    return closure(goals, lambda i: before.get(i, ()))


def _behind(nodes: Sequence[Node], starts: Iterable[int]) -> set[int]:
    return closure(starts, lambda i: nodes[i].next)


def with_fences(nodes: list[Node]) -> Iterator[Node]:
    """Back ends write an ordered operation as a relaxed one with fences right before and after it."""
    forward: list[Sequence[int]] = [node.next for node in nodes]
    back: list[list[int]] = [[] for _ in nodes]
    for i, node in enumerate(nodes):
        for following in node.next:
            back[following].append(i)
    for i, node in enumerate(nodes):
        operation = node.operation
        if operation is not None:
            before = _fence(operation, [nodes[j] for j in _beside(nodes, i, back)])
            after = _fence(
                operation, [nodes[j] for j in _beside(nodes, i, forward) if not _again(node, nodes[j])]
            )
            operation = replace(operation, before=before, after=after)
        yield replace(node, operation=operation)


def _again(node: Node, following: Node) -> bool:
    """A compare-and-swap that fails is tried again, and only then comes what follows."""
    return all(one.operation is not None and one.operation.kind == "cas" for one in (node, following))


def _beside(nodes: Sequence[Node], start: int, neighbours: Sequence[Sequence[int]]) -> Iterator[int]:
    """On each way the first place that does something to memory, or where the way ends."""
    seen: set[int] = set()
    work = list(neighbours[start])
    while work:
        i = work.pop()
        if i in seen:
            continue
        seen.add(i)
        if nodes[i].operation is not None or nodes[i].access or not neighbours[i]:
            yield i
        else:
            work += neighbours[i]


def _fence(operation: Operation, beside: Sequence[Node]) -> str:
    """The order that a fence beside an operation has on each way, and that reaches as far."""
    orders: list[str] = []
    for node in beside:
        fence = node.operation
        if fence is None or fence.kind != "fence" or WIDTH[fence.scope] < WIDTH[operation.scope]:
            return ""
        orders.append(fence.order)
    return min(orders, key=_FENCES.index, default="")


_FENCES = ("acquire", "release", "acq_rel", "sc")

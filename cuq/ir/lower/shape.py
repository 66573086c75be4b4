"""The control flow of a MIR body before anything is known about its values."""

from __future__ import annotations

from dataclasses import field

from cuq.base.records import dataclass
from cuq.mir.body import Body
from cuq.mir.terminators import (
    Assert,
    Call,
    Drop,
    FalseEdge,
    FalseUnwind,
    Goto,
    InlineAsm,
    SwitchInt,
    TerminatorKind,
)


def targets(kind: TerminatorKind) -> tuple[int, ...]:
    """Blocks that a terminator leads to when nothing unwinds (a panic traps on a GPU)."""
    match kind:
        case Goto(target=target) | Drop(target=target) | Assert(target=target):
            return (target,)
        case FalseEdge(real=target) | FalseUnwind(real=target):
            return (target,)
        case SwitchInt(targets=cases, otherwise=otherwise):
            return (*(block for _, block in cases), otherwise)
        case Call(target=int() as target):
            return (target,)
        case InlineAsm(target=target, labels=labels):
            return labels if target is None else (target, *labels)
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A graph whose nodes are the blocks of a body, some of them more than once.

    Node i is MIR block `origin[i]`; `edges[i]` gives the node for each MIR block that it leads to.
    """

    origin: tuple[int, ...]
    edges: tuple[dict[int, int], ...]
    order: tuple[int, ...] = field(init=False)
    """Reverse post-order of the nodes that node 0 reaches."""
    last_latch: dict[int, int] = field(init=False)
    """For each loop header: the last node, in this order, that jumps back to it."""
    joins: frozenset[int] = field(init=False)
    """Nodes with several predecessors that head no loop."""

    @classmethod
    def of(cls, body: Body) -> Shape:
        return cls(
            tuple(range(len(body.blocks))),
            tuple({target: target for target in targets(b.terminator.kind)} for b in body.blocks),
        )

    def __post_init__(self) -> None:
        order = self._reverse_post_order()
        index = {node: i for i, node in enumerate(order)}
        latch: dict[int, int] = {}
        preds: dict[int, int] = {}
        for node in order:
            for target in set(self.edges[node].values()):
                preds[target] = preds.get(target, 0) + 1
                if index[target] <= index[node]:
                    latch[target] = node
        object.__setattr__(self, "order", order)
        object.__setattr__(self, "last_latch", latch)
        object.__setattr__(self, "joins", frozenset(n for n, k in preds.items() if k > 1 and n not in latch))

    def _reverse_post_order(self) -> tuple[int, ...]:
        post: list[int] = []
        seen = {0}
        stack = [(0, iter(reversed(self.edges[0].values())))]
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, iter(reversed(self.edges[target].values()))))
                    break
            else:
                post.append(node)
                stack.pop()
        return tuple(reversed(post))

    def loop(self, header: int) -> frozenset[int]:
        """The nodes of the natural loop that `header` heads."""
        index = {node: i for i, node in enumerate(self.order)}
        preds: dict[int, list[int]] = {node: [] for node in self.order}
        for node in self.order:
            for target in self.edges[node].values():
                preds[target].append(node)
        found = {header}
        work = [node for node in preds[header] if index[node] >= index[header]]
        while work:
            node = work.pop()
            if node not in found:
                found.add(node)
                work.extend(preds[node])
        return frozenset(found)

    def peel(self, header: int) -> Shape:
        """The same control flow with the first iteration of a loop as nodes of its own."""
        loop = self.loop(header)
        copy = {node: len(self.origin) + i for i, node in enumerate(sorted(loop))}

        def first(node: int, target: int) -> int:
            """Where a copy of `node` leads to: a second iteration is one of the loop itself."""
            return copy[target] if target in loop and target != header else target

        edges = [
            {
                mir: copy[header] if target == header and node not in loop else target
                for mir, target in out.items()
            }
            for node, out in enumerate(self.edges)
        ]
        edges += [
            {mir: first(node, target) for mir, target in self.edges[node].items()} for node in sorted(loop)
        ]
        return Shape((*self.origin, *(self.origin[node] for node in sorted(loop))), tuple(edges))

"""Control flow graphs: orders, dominators, post-dominators, natural loops."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cached_property
from typing import TypeVar

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.module import Kernel, successors

_N = TypeVar("_N", bound=Hashable)

EXIT = "<exit>"
"""The virtual node that post-dominance is rooted at; no block has this label."""


class Graph:
    """A directed graph with an entry; nodes that the entry does not reach are dropped."""

    def __init__(self, entry: str, edges: Mapping[str, Iterable[str]]) -> None:
        self.entry = entry
        self.rpo = _reverse_post_order(entry, edges)
        self.index = {node: i for i, node in enumerate(self.rpo)}
        # An edge that occurs twice (both arms of a branch) is one edge of the graph.
        self.successors = {node: tuple(dict.fromkeys(edges[node])) for node in self.rpo}
        before: dict[str, list[str]] = {node: [] for node in self.rpo}
        for node in self.rpo:
            for target in self.successors[node]:
                before[target].append(node)
        self.predecessors = {node: tuple(nodes) for node, nodes in before.items()}

    @cached_property
    def dominators(self) -> DomTree:
        """`a` dominates `b`: every path from the entry to `b` passes `a`."""
        return DomTree(self)

    @cached_property
    def post_dominators(self) -> DomTree:
        """`a` post-dominates `b`: every path from `b` to the end of the thread passes `a`.

        The tree's root is `EXIT`, where returns, panics and `unreachable` lead. From a region that has
        no way out, a pseudo edge leads to `EXIT` as well (from the first of its blocks in program order).
        """
        reverse: dict[str, list[str]] = {EXIT: [], **{n: list(self.predecessors[n]) for n in self.rpo}}
        reverse[EXIT] += [n for n in self.rpo if not self.successors[n]]
        while stuck := [n for n in self.rpo if n not in reachable(EXIT, reverse)]:
            # Of the blocks that cannot leave, those that only see each other form the trap itself.
            trap = min((reachable(n, self.successors) for n in stuck), key=len)
            reverse[EXIT].append(min(trap, key=self.index.__getitem__))
        return DomTree(Graph(EXIT, reverse))


def cfg(kernel: Kernel) -> Graph:
    """The control flow graph of a kernel's blocks."""
    edges = {b.label: [e.target for e in successors(b.terminator)] for b in kernel.blocks}
    return Graph(kernel.blocks[0].label, edges)


def closure(starts: Iterable[_N], following: Callable[[_N], Iterable[_N]]) -> set[_N]:
    """What ways from `starts` lead to, these among them."""
    found = set(starts)
    work = list(found)
    while work:
        for target in following(work.pop()):
            if target not in found:
                found.add(target)
                work.append(target)
    return found


def reachable(start: str, edges: Mapping[str, Iterable[str]]) -> set[str]:
    """The nodes that ways from `start` lead to, itself among them."""
    return closure((start,), edges.__getitem__)


def _reverse_post_order(entry: str, edges: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    order: list[str] = []
    seen = {entry}
    # Successors are visited last to first, so that the order follows the text where it can.
    stack = [(entry, iter(reversed(tuple(edges[entry]))))]
    while stack:
        node, rest = stack[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(reversed(tuple(edges[target])))))
                break
        else:
            order.append(node)
            stack.pop()
    return tuple(reversed(order))


class DomTree:
    """Dominator tree (Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", 2001)."""

    def __init__(self, graph: Graph) -> None:
        self.root = graph.entry
        index, rpo = graph.index, graph.rpo
        idom: dict[str, str] = {graph.entry: graph.entry}

        def meet(a: str, b: str) -> str:
            while a != b:
                while index[a] > index[b]:
                    a = idom[a]
                while index[b] > index[a]:
                    b = idom[b]
            return a

        changed = True
        while changed:
            changed = False
            for node in rpo[1:]:
                known = [p for p in graph.predecessors[node] if p in idom]
                new = known[0]
                for other in known[1:]:
                    new = meet(new, other)
                if idom.get(node) != new:
                    idom[node] = new
                    changed = True
        self.idom: dict[str, str | None] = {n: None if n == self.root else idom[n] for n in rpo}
        """Immediate dominator of each node; None for the root."""
        children: dict[str, list[str]] = {n: [] for n in rpo}
        for node in rpo[1:]:
            children[idom[node]].append(node)
        self.children = {n: tuple(c) for n, c in children.items()}
        self._interval = _intervals(self.root, self.children)

    def dominates(self, a: str, b: str) -> bool:
        """Whether `a` is `b` or one of its ancestors in the tree."""
        (a0, a1), (b0, b1) = self._interval[a], self._interval[b]
        return a0 <= b0 and b1 <= a1


def _intervals(root: str, children: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[int, int]]:
    """Entry and leave times of a walk of the tree: ancestors enclose their descendants."""
    enter: dict[str, int] = {}
    spans: dict[str, tuple[int, int]] = {}
    clock = 0
    stack = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        clock += 1
        if leaving:
            spans[node] = (enter[node], clock)
            continue
        enter[node] = clock
        stack.append((node, True))
        stack.extend((c, False) for c in reversed(children[node]))
    return spans


@dataclass(frozen=True, slots=True)
class Loop:
    """A natural loop: all back edges to one header, taken together."""

    header: str
    latches: tuple[str, ...]
    """Sources of the back edges, in reverse post-order."""
    blocks: frozenset[str]
    """Header, latches and everything between, inner loops included."""
    exits: tuple[tuple[str, str], ...]
    """Edges that leave the loop: (block inside, block outside)."""
    parent: str | None
    """Header of the innermost enclosing loop."""
    depth: int
    """1 for an outermost loop."""


@dataclass(frozen=True, slots=True)
class LoopForest:
    """All loops of a graph; `loops` lists outer loops before the ones they contain."""

    loops: tuple[Loop, ...]
    innermost: Mapping[str, Loop | None]
    """For each block: the innermost loop that contains it."""

    def at(self, header: str) -> Loop | None:
        """The loop that `header` heads, if it heads one."""
        loop = self.innermost[header]
        return loop if loop is not None and loop.header == header else None

    def chain(self, block: str) -> tuple[Loop, ...]:
        """The loops around `block`, outermost first."""
        return tuple(loop for loop in self.loops if block in loop.blocks)

    def children(self, header: str | None) -> tuple[Loop, ...]:
        """Loops directly inside the loop of `header`; outermost loops for None."""
        return tuple(loop for loop in self.loops if loop.parent == header)


def loop_forest(graph: Graph, span: Span | None = None) -> LoopForest:
    """The natural loops of `graph`.

    Raises `Unsupported` (at `span`) for an irreducible graph: a cycle that can be entered at two places.
    """
    dom = graph.dominators
    latches: dict[str, list[str]] = {}
    for node in graph.rpo:
        for target in graph.successors[node]:
            if graph.index[target] > graph.index[node]:
                continue
            if not dom.dominates(target, node):
                raise Unsupported(f"irreducible control flow at {target}", span=span)
            latches.setdefault(target, []).append(node)
    loops: list[Loop] = []
    innermost: dict[str, Loop | None] = dict.fromkeys(graph.rpo)
    # Headers in reverse post-order: an outer header comes before those of the loops inside.
    for header in sorted(latches, key=graph.index.__getitem__):
        blocks = _natural_loop(graph, header, latches[header])
        outer = innermost[header]
        exits = tuple(
            (node, target)
            for node in sorted(blocks, key=graph.index.__getitem__)
            for target in graph.successors[node]
            if target not in blocks
        )
        loop = Loop(
            header,
            tuple(latches[header]),
            frozenset(blocks),
            exits,
            outer.header if outer else None,
            outer.depth + 1 if outer else 1,
        )
        loops.append(loop)
        innermost.update(dict.fromkeys(blocks, loop))
    return LoopForest(tuple(loops), innermost)


def _natural_loop(graph: Graph, header: str, latches: Iterable[str]) -> set[str]:
    blocks, work = {header}, list(latches)
    while work:
        node = work.pop()
        if node not in blocks:
            blocks.add(node)
            work.extend(graph.predecessors[node])
    return blocks

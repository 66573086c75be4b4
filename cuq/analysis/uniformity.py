"""Which values do all threads of a block agree on, as long as they walk together?

A register is *varying* if it may differ between two threads of a block in the same iteration of its loops.
Sources are thread ids, loads from memory that the launch writes, atomics. Data dependence spreads it, and
so does control: a block parameter at which paths of a varying branch meet again, and a value that leaves
a loop whose threads may leave it in different iterations (temporal divergence). Cf. Rosemann, Moll, Hack,
"An Abstract Interpretation for SPMD Divergence on Reducible Control Flow Graphs", POPL 2021.
"""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.ir.graph import EXIT, Graph, LoopForest
from cuq.ir.module import Kernel, successors
from cuq.ir.operands import operands, result
from cuq.ir.ops import (
    Arbitrary,
    AtomicCas,
    AtomicRmw,
    Barrier,
    Branch,
    Exchange,
    Load,
    ObjectRef,
    Op,
    Panic,
    ReadSpecial,
    Reg,
    Switch,
    Unreachable,
    Value,
    WarpBarrier,
)
from cuq.ir.types import Order

MEETINGS = (Barrier, WarpBarrier, Exchange)
"""Operations at which threads wait for others."""


@dataclass(frozen=True, slots=True)
class Uniformity:
    """The varying registers, and the loops (by header) that threads may leave in different iterations."""

    varying: frozenset[Reg]
    divergent_loops: frozenset[str]


def doomed_blocks(kernel: Kernel) -> frozenset[str]:
    """Blocks from which every path ends in a panic or in undefined behaviour, without a barrier on it."""
    waits = {b.label for b in kernel.blocks if any(isinstance(op, MEETINGS) for op in b.ops)}
    traps = {b.label for b in kernel.blocks if isinstance(b.terminator, Panic | Unreachable)}
    doomed = traps - waits
    changed = True
    while changed:
        changed = False
        for block in kernel.blocks:
            targets = [e.target for e in successors(block.terminator)]
            if block.label not in doomed | waits and targets and all(t in doomed for t in targets):
                doomed.add(block.label)
                changed = True
    # Threads do enter: the graph has to begin somewhere.
    return frozenset(doomed - {kernel.blocks[0].label})


def live_graph(kernel: Kernel, doomed: frozenset[str]) -> Graph:
    """The control flow graph without the blocks that only lead to a trap."""
    edges = {
        b.label: [e.target for e in successors(b.terminator) if e.target not in doomed]
        for b in kernel.blocks
        if b.label not in doomed
    }
    return Graph(kernel.blocks[0].label, edges)


def analyse(
    kernel: Kernel, graph: Graph, forest: LoopForest, read_only: frozenset[str], roots: dict[Reg, set[str]]
) -> Uniformity:
    """`graph` is the live graph; `read_only` names the objects that no thread writes."""
    state = _Pass(kernel, graph, forest, read_only, roots)
    while state.sweep():
        pass
    return Uniformity(frozenset(state.varying), frozenset(state.divergent))


class _Pass:
    def __init__(
        self,
        kernel: Kernel,
        graph: Graph,
        forest: LoopForest,
        read_only: frozenset[str],
        roots: dict[Reg, set[str]],
    ) -> None:
        self.blocks = {b.label: b for b in kernel.blocks if b.label in graph.index}
        self.graph, self.forest = graph, forest
        self.read_only, self.roots = read_only, roots
        self.varying: set[Reg] = set()
        self.divergent: set[str] = set()
        self.home = {
            r: label
            for label, b in self.blocks.items()
            for r in (*b.params, *filter(None, map(result, b.ops)))
        }
        self.influence: dict[str, frozenset[str]] = {}

    def sweep(self) -> bool:
        """One pass over the kernel; whether anything was learnt."""
        before = (len(self.varying), len(self.divergent))
        for label in self.graph.rpo:
            block = self.blocks[label]
            for op in block.ops:
                out = result(op)
                if out is not None and self._source(op, label):
                    self.varying.add(out)
            branch = block.terminator
            if isinstance(branch, Branch | Switch):
                decider = branch.cond if isinstance(branch, Branch) else branch.value
                if self._varies(decider, label):
                    self._diverge(label)
            for edge in successors(branch):
                if edge.target in self.blocks:
                    for param, arg in zip(self.blocks[edge.target].params, edge.args, strict=True):
                        if self._varies(arg, label):
                            self.varying.add(param)
        return before != (len(self.varying), len(self.divergent))

    def _source(self, op: Op, label: str) -> bool:
        match op:
            case ReadSpecial(register=register):
                return register.family in ("tid", "laneid")
            case AtomicRmw() | AtomicCas() | Exchange() | Arbitrary():
                return True
            case Load(pointer=pointer, sem=sem):
                roots = self._roots(pointer)
                if sem.order is not Order.WEAK:
                    return True
                return not roots or not roots <= self.read_only or self._varies(pointer, label)
            case _:
                return any(self._varies(v, label) for v in operands(op))

    def _roots(self, pointer: Value) -> set[str]:
        if isinstance(pointer, ObjectRef):
            return {pointer.name}
        return self.roots.get(pointer, set()) if isinstance(pointer, Reg) else set()

    def _varies(self, value: Value, user: str) -> bool:
        if not isinstance(value, Reg):
            return False
        if value in self.varying:
            return True
        home = self.home.get(value)
        if home is None:
            return False
        return any(
            loop.header in self.divergent and user not in loop.blocks for loop in self.forest.chain(home)
        )

    def _diverge(self, label: str) -> None:
        """Threads part at the end of `label`: where their paths meet, parameters vary."""
        if label not in self.influence:
            self.influence[label] = self._region(label)
        region = self.influence[label]
        for node in region:
            merging = [p for p in self.graph.predecessors[node]]
            for i, param in enumerate(self.blocks[node].params):
                args = {
                    e.args[i]
                    for p in merging
                    for e in successors(self.blocks[p].terminator)
                    if e.target == node
                }
                if len(args) > 1:
                    self.varying.add(param)
        for loop in self.forest.loops:
            leaves = any(inside in region or inside == label for inside, _ in loop.exits)
            if label in loop.blocks and leaves:
                self.divergent.add(loop.header)

    def _region(self, label: str) -> frozenset[str]:
        """Blocks on paths from the branch to its immediate post-dominator, the latter included."""
        stop = self.graph.post_dominators.idom[label]
        seen: set[str] = set()
        work = list(self.graph.successors[label])
        while work:
            node = work.pop()
            if node not in seen:
                seen.add(node)
                if node != stop:
                    work.extend(self.graph.successors[node])
        return frozenset(seen - {EXIT})

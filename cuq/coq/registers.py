"""Registers of a program as variables of the summary that Coq makes of it (`theories/Certify/Summarise.v`).

A register has a variable of its number, unless its value is put in place: copies, coordinates, comparisons,
and parameters of blocks that control enters in one way. What is said here is data for proofs: where it is wrong,
a proof fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from cuq.analysis.expr import Atom, Poly, lift
from cuq.analysis.summary import Loop, Summary
from cuq.analysis.values import Pointer, Word
from cuq.ir import ops as o
from cuq.ir.graph import cfg, loop_forest
from cuq.ir.module import Block, Kernel, successors
from cuq.ir.operands import defined, operands, result
from cuq.ir.passes.rewrite import definitions
from cuq.ir.types import I1, Special


class Registers:
    def __init__(self, summary: Summary) -> None:
        self.kernel, self.values = summary.kernel, summary.registers
        self.graph = cfg(self.kernel)
        self.forest = loop_forest(self.graph, self.kernel.span)
        self.blocks = {b.label: b for b in self.kernel.blocks}
        self._held: dict[str, list[tuple[o.Reg, str]]] = {}
        for label in self.graph.rpo:
            for reg in self._variables(self.blocks[label]):
                match self.values.get(reg):
                    case Word() as word:
                        self._held.setdefault(word.unsigned.key, []).append((reg, label))
                    case Pointer(offset=offset):
                        self._held.setdefault(offset.key, []).append((reg, label))
                    case _:
                        pass

    def holding(self, term: Poly | Atom, loop: Loop) -> int | None:
        """The variable that holds `term` when an iteration of `loop` begins: carried, or from before the loop."""
        natural = self.forest.at(loop.header)
        for reg, label in self._held.get((term if isinstance(term, Poly) else lift(term)).key, ()):
            carried = label == loop.header and reg in self.blocks[label].params
            before = natural is not None and label not in natural.blocks
            if carried or (before and self.graph.dominators.dominates(label, loop.header)):
                return reg.id
        return None

    def _variables(self, block: Block) -> Iterator[o.Reg]:
        ways = sum(e.target == block.label for b in self.kernel.blocks for e in successors(b.terminator))
        if ways > 1 or self.forest.at(block.label) is not None:
            yield from block.params
        for op in block.ops:
            reg = result(op)
            if reg is not None and not _in_place(op, reg):
                yield reg


def _in_place(op: o.Op, reg: o.Reg) -> bool:
    match op:
        case o.Cast(kind=kind):
            return kind in (o.CastKind.ZEXT, o.CastKind.BITCAST)
        case o.Compare() | o.Overflow():
            return True
        case o.ReadSpecial(register=register):
            return register is not Special.LANEID
        case o.Binary():
            return reg.type == I1
        case _:
            return False


def dead_registers(kernel: Kernel) -> tuple[int, ...]:
    """Registers that no address, condition or barrier depends on, and that no trace has: it has what atomics return."""
    blocks = {b.label: b for b in kernel.blocks}
    operations = definitions(kernel.blocks)
    incoming: dict[o.Reg, list[o.Value]] = {}
    work: list[o.Value] = []
    for block in kernel.blocks:
        for op in block.ops:
            work += _decides(op)
        match block.terminator:
            case o.Branch(cond=value) | o.Switch(value=value):
                work.append(value)
            case _:
                pass
        for edge in successors(block.terminator):
            for param, arg in zip(blocks[edge.target].params, edge.args, strict=True):
                incoming.setdefault(param, []).append(arg)
    needed: set[o.Value] = set()
    while work:
        value = work.pop()
        if value in needed or not isinstance(value, o.Reg):
            continue
        needed.add(value)
        work += incoming.get(value, ())
        source = operations.get(value)
        if source is not None and not isinstance(source, o.Load | o.AtomicRmw | o.AtomicCas | o.FloatOp):
            work += operands(source)
    return tuple(reg.id for block in kernel.blocks for reg in defined(block) if reg not in needed)


def _decides(op: o.Op) -> tuple[o.Value, ...]:
    match op:
        case o.Load(result=result, pointer=pointer, sem=sem):
            return (pointer, result) if sem.order.atomic else (pointer,)
        case o.Store(pointer=pointer):
            return (pointer,)
        case o.AtomicRmw(pointer=pointer) | o.AtomicCas(pointer=pointer):
            return (pointer, op.result)
        case o.CopyBytes(target=target, source=source):
            return (target, source)
        case o.Assume(cond=cond):
            return (cond,)
        case _:
            return ()

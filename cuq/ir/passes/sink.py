"""Addresses held in an `Option` are computed where they are used.

`slice.get(i)` gives `Some(&slice[i])` or `None`; where the two meet, the address is a block parameter that
one edge leaves without a value. The parameter is read only when it has one, and then the computation can be
repeated at the reader, where its operands are at hand. Analyses then see the address itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from functools import partial

from cuq.base.errors import SelfCheckError
from cuq.base.records import dataclass
from cuq.ir.graph import Graph, cfg
from cuq.ir.module import Block, Kernel
from cuq.ir.operands import (
    block_operands,
    map_operands,
    map_terminator,
    operands,
    result,
    terminator_operands,
    with_result,
)
from cuq.ir.ops import Binary, BinOp, Cast, Op, PtrAdd, Reg, Undef, Value
from cuq.ir.passes.dce import is_pure, remove_dead
from cuq.ir.passes.rewrite import definitions, fresh, incoming, substitute, with_blocks
from cuq.ir.text import op_text
from cuq.ir.types import PTR

MAX_REPEATED = 8
"""Operations of a computation that is repeated."""


def sink_addresses(kernel: Kernel) -> Kernel:
    sink = _Sink(kernel)
    sources = sink.sources()
    if not sources:
        return kernel
    same = {reg: value for reg, value in sources.items() if sink.available(value, sink.home[reg])}
    recipes = {
        reg: recipe
        for reg, value in sources.items()
        if reg not in same and (recipe := sink.recipe(value, sink.home[reg])) is not None
    }
    blocks = [sink.repeat(block, recipes) for block in kernel.blocks]
    sunk = remove_dead(with_blocks(kernel, substitute(blocks, same)))
    return _without(sunk, {reg for ops in recipes.values() for reg in map(result, ops) if reg is not None})


def _without(kernel: Kernel, candidates: set[Reg]) -> Kernel:
    """Drop the originals of repeated computations that nothing uses any more."""
    while True:
        used = {v for block in kernel.blocks for v in block_operands(block)}
        dead = candidates - used
        blocks = [
            replace(block, ops=tuple(op for op in block.ops if result(op) not in dead))
            for block in kernel.blocks
        ]
        if blocks == list(kernel.blocks):
            return kernel
        kernel = with_blocks(kernel, blocks)


@dataclass(slots=True)
class _Sink:
    kernel: Kernel
    graph: Graph = field(init=False)
    home: dict[Reg, str] = field(init=False)
    """The block that defines each register."""
    ops: dict[Reg, Op] = field(init=False)
    next_id: int = field(init=False)

    def __post_init__(self) -> None:
        blocks = self.kernel.blocks
        self.graph = cfg(self.kernel)
        self.ops = definitions(blocks)
        self.home = {reg: b.label for b in blocks for reg in b.params}
        self.home.update((reg, b.label) for b in blocks for reg in map(result, b.ops) if reg is not None)
        self.next_id = fresh(self.kernel)

    def sources(self) -> dict[Reg, Value]:
        """For each parameter that lacks a value on some edge: the one value that the others give it."""
        edges = incoming(self.kernel.blocks)
        args = {
            reg: [edge.args[i] for _, edge in edges[block.label]]
            for block in self.kernel.blocks
            for i, reg in enumerate(block.params)
        }
        found: dict[Reg, Value] = {}
        changed = True
        while changed:
            changed = False
            for reg, values in args.items():
                if reg in found:
                    continue
                through = {found[v] if isinstance(v, Reg) and v in found else v for v in values} - {reg}
                given = {v for v in through if not (isinstance(v, Undef) and v.inactive)}
                lacking = len(given) < len(through) or any(isinstance(v, Reg) and v in found for v in values)
                if len(given) == 1 and lacking:
                    found[reg] = given.pop()
                    changed = True
        return found

    def available(self, value: Value, label: str) -> bool:
        """Whether `value` is defined at the entry of a block."""
        if not isinstance(value, Reg) or value not in self.home:
            return True
        home = self.home[value]
        return home != label and self.graph.dominators.dominates(home, label)

    def recipe(self, value: Value, label: str) -> tuple[Op, ...] | None:
        """Operations that compute `value` from what is available in block `label`."""
        if not isinstance(value, Reg) or value not in self.ops:
            return None
        chosen: dict[Reg, Op] = {}
        work = [value]
        while work:
            reg = work.pop()
            op = self.ops.get(reg)
            if op is None or not _repeatable(op) or len(chosen) > MAX_REPEATED:
                return None
            chosen[reg] = op
            work.extend(
                v
                for v in operands(op)
                if isinstance(v, Reg) and not self.available(v, label) and v not in chosen
            )
        order = {reg: i for i, reg in enumerate(self.ops)}
        return tuple(chosen[reg] for reg in sorted(chosen, key=order.__getitem__))

    def repeat(self, block: Block, recipes: dict[Reg, tuple[Op, ...]]) -> Block:
        """`block` with the parameters that it reads computed in it."""
        values: dict[Reg, Value] = {}
        ops: list[Op] = []

        def provide(reads: Iterable[Value]) -> None:
            for value in reads:
                if isinstance(value, Reg) and value in recipes and value not in values:
                    values[value] = self._copy(recipes[value], ops)

        def read(value: Value) -> Value:
            return values.get(value, value) if isinstance(value, Reg) else value

        for op in block.ops:
            provide(operands(op))
            ops.append(map_operands(op, read))
        provide(terminator_operands(block.terminator))
        end = map_terminator(block.terminator, read, lambda edge: edge)
        return replace(block, ops=tuple(ops), terminator=end)

    def _copy(self, recipe: tuple[Op, ...], ops: list[Op]) -> Reg:
        """Append a copy of the operations to `ops`; the register of the last one."""
        copied: dict[Reg, Value] = {}
        new = Reg(-1, PTR)
        for op in recipe:
            old = result(op)
            if old is None:
                raise SelfCheckError(f"{op_text(op)} computes nothing")
            new = Reg(self.next_id, old.type)
            self.next_id += 1
            ops.append(with_result(map_operands(op, partial(_renamed, copied)), new))
            copied[old] = new
        return new


def _renamed(names: dict[Reg, Value], value: Value) -> Value:
    return names.get(value, value) if isinstance(value, Reg) else value


def _repeatable(op: Op) -> bool:
    match op:
        case PtrAdd() | Cast():
            return True
        case Binary(op=BinOp.MUL | BinOp.ADD | BinOp.SUB):
            return True
        case _:
            return is_pure(op)

"""Locals in memory whose parts are only ever loaded and stored become registers.

Lowering gives a local memory when its address is used; after inlining that is often for nothing, as with the end of a
slice iterator that is written through a pointer to it. Such a local hides pointers: what is loaded from memory has no
provenance. (Cytron et al., "Efficiently Computing Static Single Assignment Form and the Control Dependence Graph",
TOPLAS 1991; parameters are placed at all joins that need one, `simplify` removes those that always have one value.)
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from cuq.ir.fold import to_signed
from cuq.ir.graph import Graph, cfg
from cuq.ir.module import Block, Kernel, MemObject, ObjectKind, successors
from cuq.ir.operands import map_operands, map_terminator, operands, terminator_operands
from cuq.ir.ops import Const, Edge, Load, ObjectRef, Op, PtrAdd, Reg, Store, Undef, Value
from cuq.ir.passes.rewrite import fresh, reachable, resolve, with_blocks
from cuq.ir.types import Order, Type

Part = tuple[str, int]
"""An object and a byte offset in it."""

MAX_PARTS = 64
"""Of one object: large arrays stay in memory."""


def promote_locals(kernel: Kernel) -> Kernel:
    """The kernel without such locals. They may stay among its objects."""
    locals_ = {obj.name: obj for obj in kernel.objects if obj.kind is ObjectKind.LOCAL}
    if not locals_:
        return kernel
    kernel = with_blocks(kernel, reachable(kernel.blocks))
    graph = cfg(kernel)
    if graph.predecessors[graph.entry]:
        return kernel  # the entry, which has no parameters, would need some
    places = _places(kernel, graph, locals_)
    parts = _promotable(kernel, places, locals_)
    return _Promoter(kernel, graph, places, parts).run() if parts else kernel


def _places(kernel: Kernel, graph: Graph, locals_: Container[str]) -> dict[Reg, Part]:
    """Registers that are addresses of parts of locals, at offsets that are constants."""
    found: dict[Reg, Part] = {}
    for block in sorted(kernel.blocks, key=lambda block: graph.index[block.label]):
        for op in block.ops:
            match op:
                case PtrAdd(result=reg, base=base, offset=Const(bits=offset)):
                    part = _part(base, found)
                    if part is not None and part[0] in locals_:
                        found[reg] = part[0], part[1] + to_signed(offset, 64)
                case _:
                    pass
    return found


def _part(value: Value, places: Mapping[Reg, Part]) -> Part | None:
    """The part of an object, which need not be a local, that a value is known to be the address of."""
    match value:
        case ObjectRef(name=name):
            return name, 0
        case Reg():
            return places.get(value)
        case _:
            return None


def _promotable(
    kernel: Kernel, places: Mapping[Reg, Part], locals_: Mapping[str, MemObject]
) -> dict[Part, Type]:
    """The parts of locals that can become registers, with their types: all accesses of the object are plain ones of
    whole parts, and its address goes nowhere."""
    accessed: dict[str, dict[int, Type]] = {name: {} for name in locals_}
    bad: set[str] = set()

    def access(pointer: Value, kind: Type) -> None:
        part = _part(pointer, places)
        kinds = {} if part is None else accessed.get(part[0], {})
        if part is not None and kinds.setdefault(part[1], kind) != kind:
            bad.add(part[0])

    def escape(value: Value) -> None:
        part = _part(value, places)
        if part is not None:
            bad.add(part[0])

    for block in kernel.blocks:
        for op in block.ops:
            match op:
                case Load(result=reg, pointer=pointer) if op.sem.order is Order.WEAK:
                    access(pointer, reg.type)
                case Store(pointer=pointer, value=value) if op.sem.order is Order.WEAK:
                    access(pointer, value.type)
                    escape(value)
                case PtrAdd(result=reg) if reg in places:
                    pass
                case _:
                    for value in operands(op):
                        escape(value)
        for value in (*terminator_operands(block.terminator), *_arguments(block)):
            escape(value)
    return {
        (name, offset): kind
        for name, kinds in accessed.items()
        if name not in bad and len(kinds) <= MAX_PARTS and _apart(kinds, locals_[name])
        for offset, kind in kinds.items()
    }


def _arguments(block: Block) -> Iterator[Value]:
    for edge in successors(block.terminator):
        yield from edge.args


def _apart(kinds: Mapping[int, Type], obj: MemObject) -> bool:
    """Whether the parts do not overlap and are inside of the object."""
    ends = [(offset, offset + kind.width) for offset, kind in sorted(kinds.items())]
    inside = obj.size is not None and all(start >= 0 and end <= obj.size for start, end in ends)
    return inside and all(end <= start for (_, end), (start, _) in itertools.pairwise(ends))


class _Promoter:
    def __init__(
        self, kernel: Kernel, graph: Graph, places: Mapping[Reg, Part], parts: Mapping[Part, Type]
    ) -> None:
        self.kernel, self.graph, self.places, self.parts = kernel, graph, places, parts
        self.blocks = {block.label: block for block in kernel.blocks}
        self.values: dict[Reg, Value] = {}
        """What the loads that go away gave."""
        self.ids = itertools.count(fresh(kernel))
        self.live = self._live()
        self.params: dict[str, dict[Part, Reg]] = {
            label: {part: Reg(next(self.ids), parts[part]) for part in sorted(self.live[label])}
            for label in self.graph.rpo
            if len(self.graph.predecessors[label]) > 1
        }

    def run(self) -> Kernel:
        ends: dict[str, dict[Part, Value]] = {}
        rewritten: dict[str, Block] = {}
        for label in self.graph.rpo:
            before = self.graph.predecessors[label]
            if label in self.params:
                now: dict[Part, Value] = dict(self.params[label])
            elif before:
                now = dict(ends[before[0]])
            else:
                now = {}
            block = self.blocks[label]
            rewritten[label] = replace(block, ops=tuple(self._ops(block, now)))
            ends[label] = now
        return with_blocks(
            self.kernel,
            [self._finished(rewritten[block.label], ends[block.label]) for block in self.kernel.blocks],
        )

    def _ops(self, block: Block, now: dict[Part, Value]) -> Iterator[Op]:
        """The operations that stay; `now` is what each part is, and is kept up to date."""
        for op in block.ops:
            match op:
                case Load(result=reg, pointer=pointer) if (part := self._of(pointer)) is not None:
                    self.values[reg] = now.get(part, Undef(self.parts[part]))
                case Store(pointer=pointer, value=value) if (part := self._of(pointer)) is not None:
                    now[part] = value
                case PtrAdd(result=reg) if self._of(reg) is not None:
                    pass
                case _:
                    yield op

    def _of(self, pointer: Value) -> Part | None:
        """The part that an address leads to, if it becomes a register."""
        part = _part(pointer, self.places)
        return part if part in self.parts else None

    def _finished(self, block: Block, end: Mapping[Part, Value]) -> Block:
        """The block with its parameters, arguments for those of others, and no load that is gone."""

        def read(value: Value) -> Value:
            return resolve(self.values, value)

        def edge(e: Edge) -> Edge:
            more = (end.get(part, Undef(self.parts[part])) for part in self.params.get(e.target, {}))
            return Edge(e.target, (*map(read, e.args), *map(read, more)))

        return replace(
            block,
            params=(*block.params, *self.params.get(block.label, {}).values()),
            ops=tuple(map_operands(op, read) for op in block.ops),
            terminator=map_terminator(block.terminator, read, edge),
        )

    def _live(self) -> dict[str, set[Part]]:
        """For each block the parts that may be loaded before they are stored, from its beginning on."""
        first: dict[str, tuple[set[Part], set[Part]]] = {
            label: self._loaded_and_stored(self.blocks[label]) for label in self.graph.rpo
        }
        live: dict[str, set[Part]] = {label: set(loaded) for label, (loaded, _) in first.items()}
        changed = True
        while changed:
            changed = False
            for label in reversed(self.graph.rpo):
                after = set[Part]().union(*(live[s] for s in self.graph.successors[label]))
                more = (after - first[label][1]) - live[label]
                if more:
                    live[label] |= more
                    changed = True
        return live

    def _loaded_and_stored(self, block: Block) -> tuple[set[Part], set[Part]]:
        """The parts that the block loads before it stores them, and those that it stores."""
        loaded: set[Part] = set()
        stored: set[Part] = set()
        for op in block.ops:
            match op:
                case Load(pointer=pointer) if (part := self._of(pointer)) is not None and part not in stored:
                    loaded.add(part)
                case Store(pointer=pointer) if (part := self._of(pointer)) is not None:
                    stored.add(part)
                case _:
                    pass
        return loaded, stored

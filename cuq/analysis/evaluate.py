"""Symbolic evaluation of a kernel's control flow graph into its summary.

Blocks of a region (the kernel, or one loop's body with inner loops collapsed) are walked in reverse
post-order. Each gets the condition under which it is reached; where paths meet, values become
conditional terms and conditions are merged. Nothing is duplicated, so the summary is linear in the size of
the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType

from cuq.analysis.expr import (
    FALSE,
    TRUE,
    Cond,
    Level,
    Poly,
    Sym,
    Tab,
    all_of,
    any_of,
    at_most,
    conjuncts,
    eq,
    less,
    lift,
    negate,
)
from cuq.analysis.lane_masks import groups
from cuq.analysis.lastbarrier import leave_last, merge_last, when
from cuq.analysis.loops import LoopSite, close_loop, shrinking
from cuq.analysis.ranges import lower_bound, upper_bound
from cuq.analysis.roots import pointer_roots, raw_offsets, written_objects
from cuq.analysis.summary import (
    Access,
    BarrierItem,
    Exit,
    FenceItem,
    Item,
    Kind,
    Last,
    LastBarrier,
    Loop,
    Obligation,
    ObligationKind,
    Obstacle,
    Region,
    Summary,
    Update,
    WarpItem,
)
from cuq.analysis.terms import as_bit, as_cond, equal, modulo, tidy, wrap
from cuq.analysis.transfer import Geometry, binary, bits_of, cast, comparison, float_op, in_range, overflow
from cuq.analysis.uniformity import Uniformity, analyse, doomed_blocks, live_graph
from cuq.analysis.values import (
    Address,
    Choice,
    Pointer,
    Val,
    Wild,
    Word,
    pointers,
    select,
    settle,
    shift_address,
)
from cuq.analysis.variables import variable_names
from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.ir import ops as o
from cuq.ir.graph import Graph, LoopForest, cfg, loop_forest
from cuq.ir.graph import Loop as NaturalLoop
from cuq.ir.module import Block, Kernel, MemObject, ObjectKind
from cuq.ir.operands import defined
from cuq.ir.operands import result as result_of
from cuq.ir.types import PTR, MemSem, Order, PtrType, Space

ALL_LANES = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Edge:
    """Control coming into a block: under which conditions, with which arguments."""

    guard: Cond
    control: Cond
    last: Last
    args: tuple[Val, ...]
    source: str


@dataclass(slots=True)
class Frame:
    """One region while it is walked."""

    loop: NaturalLoop | None
    loop_id: int | None
    items: list[Item] = field(default_factory=list)
    incoming: dict[str, list[Edge]] = field(default_factory=dict)
    leaving: list[tuple[str, Edge]] = field(default_factory=list)


@dataclass(slots=True)
class Point:
    """The state of control while a block is walked: `guard` grows by what executed operations imply."""

    guard: Cond
    control: Cond
    last: Last


def evaluate(
    kernel: Kernel,
    geometry: Geometry,
    aliased: frozenset[frozenset[str]] = frozenset(),
    extents: Mapping[str, Poly] = MappingProxyType({}),
) -> Summary:
    """The summary of `kernel`. Raises Unsupported for irreducible control flow.

    `aliased`: sets of objects that may be the same memory; a write to one makes all of them written.
    `extents`: sizes in bytes of objects that have none in the text, over the kernel's parameters.
    """
    return _Evaluator(kernel, geometry, aliased, extents).run()


MAX_BYTES = 2**57
"""Bytes of the largest address space of a GPU (CUDA Programming Guide, compute capabilities: 49 bits, since 9.0
57). Rust's own limit for slices, isize::MAX, is beyond what any launch can have."""


def parameter_symbols(kernel: Kernel) -> dict[o.Reg, Sym]:
    """The symbol of each scalar register of the parameters. A slice has to fit into the address space."""
    longest = {x.length: MAX_BYTES // max(1, x.element) for x in kernel.objects if x.length is not None}
    return {
        reg: Sym(f"param.{name}", 0, longest.get(reg, (1 << bits_of(reg.type)) - 1), Level.LAUNCH, text=name)
        for param in kernel.params
        for reg, name in zip(param.regs, param.names, strict=True)
        if not isinstance(reg.type, PtrType)
    }


class _Evaluator:
    def __init__(
        self,
        kernel: Kernel,
        geometry: Geometry,
        aliased: frozenset[frozenset[str]],
        extents: Mapping[str, Poly],
    ) -> None:
        self.kernel, self.geometry, self.extents = kernel, geometry, extents
        self.blocks: dict[str, Block] = {b.label: b for b in kernel.blocks}
        self.objects: dict[str, MemObject] = {x.name: x for x in kernel.objects}
        self.graph: Graph = cfg(kernel)
        self.forest: LoopForest = loop_forest(self.graph, kernel.span)
        self.doomed = doomed_blocks(kernel)
        self.symbols = parameter_symbols(kernel)
        roots = pointer_roots(kernel)
        written = set(written_objects(kernel, roots))
        self.aliased = aliased
        for group in aliased:
            if group & written:
                written |= group
        # What a block finds in its shared memory, or a thread in its own, is not the same for all.
        common = {n for n, x in self.objects.items() if x.space in (Space.GLOBAL, Space.CONST)}
        self.read_only = frozenset(common - written)
        live = live_graph(kernel, self.doomed)
        self.raw_offsets = raw_offsets(
            kernel, roots, frozenset(n for n, x in self.objects.items() if self._extent(x) is None)
        )
        self.uniformity: Uniformity = analyse(
            kernel, live, loop_forest(live, kernel.span), self.read_only, roots
        )
        self.names = variable_names(kernel)
        self.values: dict[o.Reg, Val] = {}
        self.registers: dict[o.Reg, Val] = {}
        self.params: list[Sym] = []
        self.obstacles: list[Obstacle] = []
        self.loops: list[Loop] = []
        self.loop_count = 0
        self.dims: set[str] = set()
        self.accesses = 0
        self.unknowns = 0

    def run(self) -> Summary:
        self._parameters()
        frame = Frame(None, None)
        entry = self.kernel.blocks[0].label
        frame.incoming[entry] = [Edge(TRUE, TRUE, (LastBarrier(None),), (), "")]
        self._region(frame)
        return Summary(
            self.kernel,
            Region(tuple(frame.items)),
            tuple(self.obstacles),
            tuple(self.loops),
            tuple(self.params),
            frozenset(self.dims),
            self.registers,
        )

    # --- parameters ----------------------------------------------------------------------------------

    def _parameters(self) -> None:
        for param in self.kernel.params:
            for reg, name, obj in zip(param.regs, param.names, param.objects, strict=True):
                if isinstance(reg.type, PtrType):
                    self.values[reg] = (
                        Pointer(obj, lift(0)) if obj else Wild(f"the pointer parameter `{name}`")
                    )
                    continue
                self.params.append(self.symbols[reg])
                self.values[reg] = Word(lift(self.symbols[reg]), bits_of(reg.type))

    # --- regions -------------------------------------------------------------------------------------

    def _region(self, frame: Frame) -> None:
        inside = frame.loop.blocks if frame.loop else frozenset(self.graph.rpo)
        header = frame.loop.header if frame.loop else None
        for label in self.graph.rpo:
            if label not in inside or label not in frame.incoming:
                continue
            inner = self.forest.at(label)
            if inner is not None and label != header:
                self._loop(frame, inner)
            elif self.forest.innermost[label] is frame.loop:
                self._block(frame, label)

    def _arrive(self, frame: Frame, label: str) -> Point | None:
        """Merges the edges into a block and defines its parameters; None if it is never reached."""
        edges = [e for e in frame.incoming.pop(label) if e.guard != FALSE]
        if not edges:
            return None
        for i, param in enumerate(self.blocks[label].params):
            self.values[param] = self._merge(edges, i)
        guard = any_of(*(e.guard for e in edges))
        control = any_of(*(e.control for e in edges))
        common = frozenset.intersection(*(conjuncts(e.control) for e in edges))
        parts = [(all_of(*(conjuncts(e.control) - common)), e.last) for e in edges]
        return Point(guard, control, merge_last(parts))

    def _merge(self, edges: list[Edge], position: int) -> Val:
        """The argument that comes in: that of the edge which control took."""
        value = edges[-1].args[position]
        for edge in reversed(edges[:-1]):
            value = select(self._decider(edge, edges), edge.args[position], value)
        return value

    @staticmethod
    def _decider(edge: Edge, edges: list[Edge]) -> Cond:
        """What tells this edge from the later ones: on the way to a trap, control takes no notice of it."""
        ways = [e.guard if FALSE in (x.control for x in edges) else e.control for e in edges]
        common = frozenset.intersection(*map(conjuncts, ways))
        return all_of(*(conjuncts(ways[edges.index(edge)]) - common))

    def _block(self, frame: Frame, label: str) -> None:
        point = self._arrive(frame, label)
        if point is None:
            return
        block = self.blocks[label]
        for op in block.ops:
            self._op(frame, point, op)
        for reg in defined(block):
            self.registers[reg] = self.values[reg]
        self._terminator(frame, point, block)

    def _terminator(self, frame: Frame, point: Point, block: Block) -> None:
        end = block.terminator
        match end:
            case o.Jump(edge=edge):
                self._go(frame, point, block, edge, TRUE, TRUE)
            case o.Branch(cond=cond, then=then, otherwise=otherwise):
                taken = as_cond(self._word(cond).unsigned)
                self._fork(frame, point, block, [(then, taken), (otherwise, negate(taken))])
            case o.Switch(value=value, cases=cases, default=default):
                word = self._word(value).unsigned
                arms = [(edge, eq(word - lift(case))) for case, edge in cases]
                rest = all_of(*(negate(c) for _, c in arms))
                self._fork(frame, point, block, [*arms, (default, rest)])
            case o.Return():
                pass
            case o.Panic(kind=kind, message=message, loc=loc):
                text = message or kind.value
                self._oblige(frame, point, ObligationKind.PANIC, text, TRUE, loc)
            case o.Unreachable(loc=loc):
                self._oblige(frame, point, ObligationKind.UB, "`unreachable` is reached", TRUE, loc)

    def _fork(self, frame: Frame, point: Point, block: Block, arms: list[tuple[o.Edge, Cond]]) -> None:
        """Control takes no notice of arms that only lead to a trap."""
        alive = [c for e, c in arms if e.target not in self.doomed]
        for edge, cond in arms:
            if edge.target in self.doomed:
                control = FALSE if alive else cond
            else:
                control = TRUE if len(alive) == 1 else cond
            self._go(frame, point, block, edge, cond, control)

    def _go(self, frame: Frame, point: Point, block: Block, edge: o.Edge, cond: Cond, control: Cond) -> None:
        guard = tidy(all_of(point.guard, cond))
        if guard == FALSE:
            return
        args = tuple(settle(self._value(a), guard) for a in edge.args)
        taken = Edge(guard, all_of(point.control, control), point.last, args, block.label)
        self._deliver(frame, edge.target, taken)

    def _deliver(self, frame: Frame, target: str, edge: Edge) -> None:
        loop = frame.loop
        if loop is not None and (target not in loop.blocks or target == loop.header):
            frame.leaving.append((target, edge))
        else:
            frame.incoming.setdefault(target, []).append(edge)

    # --- loops ---------------------------------------------------------------------------------------

    def _loop(self, frame: Frame, natural: NaturalLoop) -> None:
        header = self.blocks[natural.header]
        point = self._arrive(frame, natural.header)
        if point is None:
            return
        number = self.loop_count
        self.loop_count += 1
        members = [self.blocks[b] for b in self.graph.rpo if b in natural.blocks]
        barriers = any(isinstance(op, o.Barrier) for b in members for op in b.ops)
        meetings = any(isinstance(op, o.WarpBarrier | o.Exchange) for b in members for op in b.ops)
        site = LoopSite(number, frame.loop_id, natural, self.uniformity, self.names)
        inits = {p: self.values[p] for p in header.params}
        opened = site.open(inits, shrinking(natural, self.blocks))
        inner = Frame(natural, number)
        start = (LastBarrier(header=number),) if barriers else point.last
        inner.incoming[natural.header] = [
            Edge(TRUE, TRUE, start, tuple(opened[p] for p in header.params), "")
        ]
        self._region(inner)
        back = [e for t, e in inner.leaving if t == natural.header]
        nexts = {p: self._merge(back, i) for i, p in enumerate(header.params)} if back else {}
        again = any_of(*(e.guard for e in back))
        closed, lost = close_loop(site, opened, inits, nexts, again)
        loc = header.terminator.loc
        self.obstacles += [Obstacle(reason, loc, point.guard) for reason in lost]

        leave = site.leave()
        for block in members:
            for reg in defined(block):
                if reg in self.values:
                    self.values[reg] = leave.value(self.values[reg])
        out = [(t, e) for t, e in inner.leaving if t != natural.header]
        alive = [e for t, e in out if t not in self.doomed]
        for target, edge in out:
            left = Edge(
                all_of(point.guard, leave.cond(edge.guard)),
                all_of(point.control, leave.cond(_way_out(edge, alive))),
                leave_last(edge.last, number) if barriers else edge.last,
                tuple(leave.value(a) for a in edge.args),
                edge.source,
            )
            self._deliver(frame, target, left)
        loop = Loop(
            number,
            site.iteration,
            closed,
            Region(tuple(inner.items)),
            again,
            any_of(*(e.control for e in back)),
            tuple(Exit(e.guard, t, self.blocks[e.source].terminator.loc) for t, e in out),
            point.guard,
            point.control,
            leave.renamed(),
            point.last if barriers else (),
            merge_last([(e.control, e.last) for e in back]) if barriers else (),
            loc,
            meetings,
            any_of(*(e.guard for _, e in out if any(b.header == number for b in e.last))),
            header=natural.header,
        )
        self.loops.append(loop)
        frame.items.append(loop)

    # --- operations ----------------------------------------------------------------------------------

    def _op(self, frame: Frame, point: Point, op: o.Op) -> None:
        match op:
            case o.Binary(result=result, a=a, b=b, loc=loc):
                x, y = self._settled(a, point.guard), self._settled(b, point.guard)
                value, defined = binary(op, x, y, point.guard)
                self.values[result] = value
                if op.nowrap is not o.NoWrap.NONE and result in self.raw_offsets:
                    point.guard = all_of(point.guard, defined)
                elif op.nowrap is not o.NoWrap.NONE or op.op in _DIVISIONS:
                    self._require(frame, point, defined, f"`{op.op.value}` overflows or divides by 0", loc)
            case o.Overflow(result=result, a=a, b=b):
                self.values[result] = overflow(op, self._word(a), self._word(b))
            case o.Compare(result=result, a=a, b=b):
                self.values[result] = self._compare(frame, op, a, b)
            case o.Cast(result=result, a=a):
                self.values[result] = self._cast(frame, op, a)
            case o.Select(result=result, cond=cond, a=a, b=b):
                chosen = as_cond(self._word(cond).unsigned)
                self.values[result] = select(chosen, self._value(a), self._value(b))
            case o.FloatOp(result=result, args=args):
                self.values[result] = float_op(op, tuple(self._word(a) for a in args))
            case o.ReadSpecial(result=result, register=register):
                self.dims.add(register.value)
                self.values[result] = Word(self.geometry.special(register), 32)
            case o.PtrAdd():
                self._pointer_add(frame, point, op)
            case o.Load(result=result, pointer=pointer, sem=sem, loc=loc):
                width = lift(result.type.width)
                self.values[result] = self._load(frame, point, op, self._address(pointer), width, sem, loc)
            case o.Store(pointer=pointer, value=value, sem=sem, loc=loc):
                width = lift(value.type.width)
                written = self._number(value)
                self._access(frame, point, Kind.WRITE, self._address(pointer), width, sem, loc, value=written)
            case (
                o.AtomicRmw(result=result, pointer=pointer, sem=sem, loc=loc)
                | o.AtomicCas(result=result, pointer=pointer, sem=sem, loc=loc)
            ):
                width = lift(result.type.width)
                unknown = self._unknown(frame, result, loc, "the old value of an atomic operation")
                address, update = self._address(pointer), self._update(op)
                self._access(frame, point, Kind.RMW, address, width, sem, loc, unknown, update=update)
                self.values[result] = Word(lift(unknown), bits_of(result.type))
            case o.CopyBytes(target=target, source=source, size=size):
                self._copy(frame, point, op, self._address(target), self._address(source), self._word(size))
            case o.Fence(order=order, scope=scope, loc=loc):
                frame.items.append(FenceItem(order, scope, point.guard, loc))
            case o.Barrier(site=site, loc=loc):
                item = BarrierItem(site, point.guard, point.control, point.last, loc)
                frame.items.append(item)
                point.last = (LastBarrier(site),)
            case o.WarpBarrier(mask=mask, loc=loc):
                self._meet(frame, point, mask, loc, True)
            case o.Exchange(result=result, mask=mask, loc=loc):
                self._meet(frame, point, mask, loc, False)
                self.values[result] = self._something(frame, result, loc, "a value from other lanes")
            case o.Arbitrary(result=result, source=source, loc=loc):
                self.values[result] = self._something(frame, result, loc, f"`{source}`")
            case o.Assume(cond=cond, loc=loc):
                held = as_cond(self._word(cond).unsigned)
                point.guard = all_of(point.guard, held)

    def _meet(self, frame: Frame, point: Point, mask: o.Value, loc: o.Loc, ordering: bool) -> None:
        """Lanes meet: accesses before and after are not taken to be ordered, which can only add races."""
        if not isinstance(mask, o.Const):
            ops = (op for block in self.kernel.blocks for op in block.ops)
            tiles = groups(mask, {reg: op for op in ops if (reg := result_of(op)) is not None})
            if tiles is None:
                text = "lanes that meet by a mask that is not constant, nor computed from the lane's number alone"
                self.obstacles.append(Obstacle(text, loc, point.guard))
                return
            # Each lane is in its own group.
            frame.items += [WarpItem(point.guard, point.control, loc, tile, ordering) for tile in tiles]
            return
        frame.items.append(WarpItem(point.guard, point.control, loc, mask.bits, ordering))
        if mask.bits != ALL_LANES:
            text = "a lane that is not in its own mask"
            self._require(frame, point, self.geometry.lane_in(mask.bits), text, loc)

    def _something(self, frame: Frame, result: o.Reg, loc: o.Loc, origin: str) -> Val:
        if isinstance(result.type, PtrType):
            return Wild(origin)
        return Word(lift(self._unknown(frame, result, loc, origin)), bits_of(result.type))

    def _require(self, frame: Frame, point: Point, defined: Cond, message: str, loc: o.Loc) -> None:
        """Behaviour is undefined unless `defined`; afterwards it is a fact."""
        if defined != TRUE:
            self._oblige(frame, point, ObligationKind.UB, message, negate(defined), loc)
            point.guard = all_of(point.guard, defined)

    def _oblige(
        self, frame: Frame, point: Point, kind: ObligationKind, message: str, violation: Cond, loc: o.Loc
    ) -> None:
        if all_of(point.guard, violation) != FALSE:
            frame.items.append(Obligation(kind, message, violation, point.guard, loc))

    def _compare(self, frame: Frame, op: o.Compare, a: o.Value, b: o.Value) -> Val:
        x, y = self._value(a), self._value(b)
        if isinstance(x, Word) and isinstance(y, Word):
            return comparison(op, x, y)
        if isinstance(x, Pointer) and isinstance(y, Pointer) and x.obj == y.obj:
            if op.pred in (o.Pred.EQ, o.Pred.NE):
                # No object is so large that two places of it are one address.
                same = equal(x.offset, y.offset, 64)
                return Word(as_bit(same if op.pred is o.Pred.EQ else negate(same)), 1)
            at = Word(x.offset, 64, True), Word(y.offset, 64, True)
            return comparison(op, *at)
        return Word(lift(self._unknown(frame, op.result, op.loc, "a comparison of pointers")), 1)

    def _cast(self, frame: Frame, op: o.Cast, a: o.Value) -> Val:
        value = self._value(a)
        to_pointer = isinstance(op.result.type, PtrType)
        if isinstance(value, Word) and not to_pointer:
            return cast(op, value)
        if isinstance(value, Word):
            return Wild("a pointer made from an integer")
        if to_pointer:
            return value
        if isinstance(value, Pointer):
            return Word(wrap(lift(self._base(value.obj)) + value.offset, 64), 64)
        return Word(
            lift(self._unknown(frame, op.result, op.loc, "the address of an object")), bits_of(op.result.type)
        )

    def _pointer_add(self, frame: Frame, point: Point, op: o.PtrAdd) -> None:
        word = self._settled(op.offset, point.guard)
        offset = word.unsigned if op.unsigned else word.signed
        self.values[op.result] = shift_address(self._address(op.base), offset, wrapping=not op.inbounds)
        if op.inbounds:
            fits = in_range(offset, 64, True, point.guard)
            if op.offset in self.raw_offsets:
                point.guard = all_of(point.guard, fits, *self._within_address_space(op))
            else:
                self._require(frame, point, fits, "pointer arithmetic leaves the address space", op.loc)

    def _within_address_space(self, op: o.PtrAdd) -> Iterator[Cond]:
        """That the end of a part of an object is no further away than any object reaches."""
        base, moved = self._value(op.base), self.values[op.result]
        if isinstance(base, Pointer) and isinstance(moved, Pointer) and base.offset.constant != 0:
            yield in_range(moved.offset, 64, True)

    # --- memory --------------------------------------------------------------------------------------

    def _load(
        self,
        frame: Frame,
        point: Point,
        op: o.Load,
        address: Address,
        width: Poly,
        sem: MemSem,
        loc: o.Loc,
    ) -> Val:
        kind = op.result.type
        if isinstance(address, Pointer) and address.obj in self.read_only and sem.order is Order.WEAK:
            self._access(frame, point, Kind.READ, address, width, sem, loc)
            if isinstance(kind, PtrType):
                return Wild("a pointer loaded from memory")
            word = lift(Tab(address.obj, kind.width, address.offset))
            return Word(wrap(word, bits_of(kind)), bits_of(kind))
        if isinstance(kind, PtrType):
            self._access(frame, point, Kind.READ, address, width, sem, loc)
            return Wild("a pointer loaded from memory")
        unknown = self._unknown(frame, op.result, loc, "a value loaded from memory that the kernel writes")
        self._access(frame, point, Kind.READ, address, width, sem, loc, unknown)
        return Word(lift(unknown), bits_of(kind))

    def _copy(
        self, frame: Frame, point: Point, op: o.CopyBytes, target: Address, source: Address, size: Word
    ) -> None:
        width = size.unsigned
        self._access(frame, point, Kind.READ, source, width, op.source_sem, op.loc, aligned=False)
        self._access(frame, point, Kind.WRITE, target, width, op.target_sem, op.loc, aligned=False)
        for to, to_cond in pointers(target):
            for origin, from_cond in pointers(source):
                overlap = self._overlap(to, origin, width)
                if overlap != FALSE:
                    text = "copy between regions that overlap"
                    violation = all_of(less(lift(0), width), to_cond, from_cond, overlap)
                    self._oblige(frame, point, ObligationKind.UB, text, violation, op.loc)

    def _overlap(self, target: Pointer, source: Pointer, width: Poly) -> Cond:
        """When regions of `width` bytes may overlap: objects that may alias can lie in any way."""
        if target.obj == source.obj:
            ahead = target.offset - source.offset
            return all_of(less(ahead, width), less(lift(0) - width, ahead))
        aliased = any({target.obj, source.obj} <= group for group in self.aliased)
        return TRUE if aliased else FALSE

    def _update(self, op: o.AtomicRmw | o.AtomicCas) -> Update:
        if isinstance(op, o.AtomicCas):
            return Update(None, self._number(op.value), self._number(op.expected))
        return Update(op.op, self._number(op.value))

    def _number(self, value: o.Value) -> Poly | None:
        known = self._value(value)
        return known.unsigned if isinstance(known, Word) else None

    def _base(self, name: str) -> Sym:
        """Where an object begins: an unknown number, which distances within the object do not depend on."""
        common = self.objects[name].kind in (ObjectKind.PARAM, ObjectKind.STATIC)
        level = Level.LAUNCH if common else Level.THREAD
        return Sym(f"address.{name}", 0, (1 << 64) - 1, level, origin=f"the address of `{name}`")

    def _unknown(self, frame: Frame, result: o.Reg, loc: o.Loc, origin: str) -> Sym:
        bits = bits_of(result.type)
        text = self.names.get(result.id, "")
        return Sym(
            f"load.{result.id}",
            0,
            (1 << bits) - 1,
            Level.THREAD,
            loop=frame.loop_id,
            text=text,
            origin=f"{origin} at {loc.span}",
        )

    def _access(
        self,
        frame: Frame,
        point: Point,
        kind: Kind,
        address: Address,
        width: Poly,
        sem: MemSem,
        loc: o.Loc,
        result: Sym | None = None,
        value: Poly | None = None,
        cond: Cond = TRUE,
        aligned: bool = True,
        update: Update | None = None,
    ) -> None:
        match address:
            case Choice(cond=c, then=then, other=other):
                for part, held in ((then, c), (other, negate(c))):
                    both = all_of(cond, held)
                    self._access(
                        frame, point, kind, part, width, sem, loc, result, value, both, aligned, update
                    )
                return
            case Wild(reason=reason):
                self.obstacles.append(Obstacle(f"access through {reason}", loc, all_of(point.guard, cond)))
                return
            case Pointer():
                pass
        obj = self.objects[address.obj]
        guard = all_of(point.guard, cond)
        if guard == FALSE:
            return
        index = self.accesses
        self.accesses += 1
        outside = self._outside(obj, address.offset, width, guard)
        if outside not in (FALSE, TRUE) or outside == TRUE:
            frame.items.append(
                Obligation(
                    ObligationKind.BOUNDS,
                    f"{kind.value} outside `{obj.name}`",
                    outside,
                    guard,
                    loc,
                    index,
                )
            )
        if obj.space is not Space.LOCAL and obj.kind is not ObjectKind.LOCAL:
            last = when(point.last, cond)
            frame.items.append(
                Access(
                    kind,
                    obj,
                    address.offset,
                    width,
                    sem,
                    all_of(guard, negate(outside)) if outside != TRUE else guard,
                    all_of(point.control, cond),
                    last,
                    loc,
                    index,
                    value,
                    result,
                    update,
                )
            )
        if aligned:
            crooked = negate(eq(modulo(address.offset, width)))
            text = f"misaligned {kind.value} of {width} bytes of `{obj.name}`"
            self._oblige(frame, point, ObligationKind.UB, text, all_of(cond, crooked, negate(outside)), loc)
        if outside not in (TRUE, FALSE) and cond == TRUE:
            point.guard = all_of(point.guard, negate(outside))

    def _outside(self, obj: MemObject, offset: Poly, width: Poly, guard: Cond) -> Cond:
        """The access leaves its object; FALSE where the extent is unknown or intervals decide."""
        extent = self._extent(obj)
        if extent is None:
            return FALSE
        end = offset + width - extent
        low, high = lower_bound(offset, guard), upper_bound(end, guard)
        before = FALSE if low is not None and low >= 0 else at_most(offset, lift(-1))
        after = FALSE if high is not None and high <= 0 else at_most(lift(1), end)
        return any_of(before, after)

    def _extent(self, obj: MemObject) -> Poly | None:
        """The size of an object in bytes, if it is known."""
        if obj.size is not None:
            return lift(obj.size)
        if obj.length is not None:
            return lift(self.symbols[obj.length]) * obj.element
        return self.extents.get(obj.name)

    # --- values --------------------------------------------------------------------------------------

    def _value(self, value: o.Value) -> Val:
        match value:
            case o.Reg():
                return self.values[value]
            case o.Const(bits=bits, type=kind):
                return Word(lift(bits), bits_of(kind))
            case o.ObjectRef(name=name):
                return Pointer(name, lift(0))
            case o.Undef(type=kind):
                if kind == PTR:
                    return Wild("an uninitialised pointer")
                self.unknowns += 1
                bits = bits_of(kind)
                sym = Sym(
                    f"undef.{self.unknowns}",
                    0,
                    (1 << bits) - 1,
                    Level.THREAD,
                    origin="an uninitialised value",
                )
                return Word(lift(sym), bits)

    def _word(self, value: o.Value) -> Word:
        word = self._value(value)
        if not isinstance(word, Word):
            raise Unsupported("a pointer used as an integer", span=self.kernel.span)
        return word

    def _settled(self, value: o.Value, guard: Cond) -> Word:
        word = settle(self._word(value), guard)
        return word if isinstance(word, Word) else self._word(value)

    def _address(self, value: o.Value) -> Address:
        address = self._value(value)
        if isinstance(address, Word):
            return Wild("a pointer made from an integer")
        return address


def _way_out(edge: Edge, alive: list[Edge]) -> Cond:
    """When control leaves a loop by `edge`: one of the ways that don't trap is taken."""
    if alive and edge is alive[-1]:
        return all_of(*(negate(e.control) for e in alive[:-1]))
    return edge.control


_DIVISIONS = (o.BinOp.UDIV, o.BinOp.SDIV, o.BinOp.UREM, o.BinOp.SREM)

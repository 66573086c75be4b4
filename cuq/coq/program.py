"""A kernel's IR as a term of the program language (`coq/theories/Mir/Program.v`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from cuq.analysis.lane_masks import groups
from cuq.analysis.transfer import bits_of
from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.coq.groups import Meeting
from cuq.coq.syntax import apply, atomic, comment, integer
from cuq.ir import ops as o
from cuq.ir.graph import LoopForest, cfg, loop_forest
from cuq.ir.module import Block, Kernel, MemObject, ObjectKind
from cuq.ir.operands import defined
from cuq.ir.passes.rewrite import definitions
from cuq.ir.types import PTR, MemSem, PtrType, Space, Special

_WORDS = {
    o.BinOp.ADD: "WAdd",
    o.BinOp.SUB: "WSub",
    o.BinOp.MUL: "WMul",
    o.BinOp.UDIV: "UDiv",
    o.BinOp.SDIV: "SDiv",
    o.BinOp.UREM: "URem",
    o.BinOp.SREM: "SRem",
    o.BinOp.AND: "WAnd",
    o.BinOp.OR: "WOr",
    o.BinOp.XOR: "WXor",
    o.BinOp.SHL: "WShl",
    o.BinOp.LSHR: "LShr",
    o.BinOp.ASHR: "AShr",
}
_NOWRAP = {o.NoWrap.NONE: "MayWrap", o.NoWrap.UNSIGNED: "Nuw", o.NoWrap.SIGNED: "Nsw"}
_PREDICATES = {
    o.Pred.EQ: "PEq",
    o.Pred.NE: "PNe",
    o.Pred.ULT: "ULt",
    o.Pred.ULE: "ULe",
    o.Pred.SLT: "SLt",
    o.Pred.SLE: "SLe",
}
_EVENTS = (o.Load, o.Store, o.AtomicRmw, o.AtomicCas, o.CopyBytes, o.Barrier, o.WarpBarrier, o.Exchange)
"""Operations that a reader looks for in the source."""
_BYTE = 8
_SPECIALS = {"tid": "STid", "ctaid": "SBid", "ntid": "SBdim", "nctaid": "SGdim"}


@dataclass(frozen=True, slots=True)
class ProgramTerm:
    """`program`: the term; `regions`: its blocks in the order of a walk, each loop as one node.

    `loops`: their numbers by the labels of their headers; `unused`: registers that nothing reads; `meetings`: places
    where lanes of a warp meet, whose sites come after those of the barriers of the block.
    """

    program: str
    regions: str
    loops: Mapping[str, int]
    unused: tuple[int, ...]
    meetings: tuple[Meeting, ...]


def program_term(kernel: Kernel) -> ProgramTerm:
    """Raises Unsupported for what the program language cannot say."""
    return _Writer(kernel).run()


class _Writer:
    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.graph = cfg(kernel)
        self.numbers = {block.label: i for i, block in enumerate(kernel.blocks)}
        self.objects = {x.name: i for i, x in enumerate(kernel.objects)}
        self.unused: list[int] = []
        self.meetings: list[Meeting] = []
        self.next_site = max((op.site + 1 for op in kernel.ops() if isinstance(op, o.Barrier)), default=0)
        self.definitions = definitions(kernel.blocks)
        registers = [r.id for b in kernel.blocks for r in defined(b)]
        self.fresh = max([*registers, *(r.id for p in kernel.params for r in p.regs)], default=0)

    def run(self) -> ProgramTerm:
        blocks = ";\n".join(self._block(b) for b in self.kernel.blocks)
        objects = "; ".join(_space(x) for x in self.kernel.objects)
        inputs = "; ".join(self._inputs())
        forest = loop_forest(self.graph, self.kernel.span)
        program = f"mkP [{objects}]\n  [{inputs}]\n  [\n{blocks} ]"
        regions = _Regions(self.graph.rpo, forest, self.numbers)
        return ProgramTerm(program, regions.text(), regions.loops, tuple(self.unused), tuple(self.meetings))

    def _inputs(self) -> Iterator[str]:
        scalars = 0
        for param in self.kernel.params:
            for reg, obj in zip(param.regs, param.objects, strict=True):
                if not isinstance(reg.type, PtrType):
                    yield f"({reg.id}%nat, Scalar {scalars})"
                    scalars += 1
                elif obj is not None:
                    yield f"({reg.id}%nat, Pointer {self.objects[obj]})"
                else:
                    raise self._unsupported("a pointer parameter that points to no object")

    def _block(self, block: Block) -> str:
        lines = [line for op in block.ops for line in self._op(op)]
        extra: list[str] = []
        end = self._terminator(block.terminator, extra)
        params = "; ".join(f"{p.id}%nat" for p in block.params)
        code = "".join(f"\n      {line};" for line in (*lines, *extra)).rstrip(";")
        return f"    {comment(f'{self.numbers[block.label]}: {block.label}')}\n    mkB [{params}] [{code}]\n      {end}"

    # --- values --------------------------------------------------------------------------------------

    def _value(self, value: o.Value, lines: list[str]) -> str:
        match value:
            case o.Reg(id=number):
                return f"Reg {number}"
            case o.Const(bits=bits):
                return apply("Imm", integer(bits))
            case o.ObjectRef(name=name):
                return f"Ref {self.objects[name]}"
            case o.Undef(type=kind):
                if kind == PTR:
                    raise self._unsupported("an uninitialised pointer")
                self.fresh += 1
                lines.append(f"Any {self.fresh} {bits_of(kind)}")
                return f"Reg {self.fresh}"
            case never:
                assert_never(never)

    def _unsupported(self, what: str, span: Span | None = None) -> Unsupported:
        return Unsupported(what, span=span or self.kernel.span)

    # --- operations ----------------------------------------------------------------------------------

    def _op(self, op: o.Op) -> list[str]:
        lines: list[str] = []
        text = self._operation(op, lines)
        if text is not None and isinstance(op, _EVENTS):
            text += f"  {comment(str(op.loc.span))}"
        return [*lines, text] if text else lines

    def _operation(self, op: o.Op, lines: list[str]) -> str | None:
        def value(v: o.Value) -> str:
            return self._value(v, lines)

        match op:
            case o.Binary(result=result, op=kind, a=a, b=b, nowrap=nowrap):
                width = str(bits_of(a.type))
                right = apply("Word2", _WORDS[kind], _NOWRAP[nowrap], width, value(a), value(b))
                return apply("Set_", str(result.id), right)
            case o.Overflow(result=result, op=kind, signed=signed, a=a, b=b):
                reading, width = "true" if signed else "false", str(bits_of(a.type))
                right = apply("Overflow", _WORDS[kind], reading, width, value(a), value(b))
                return apply("Set_", str(result.id), right)
            case o.Compare(result=result, pred=pred, a=a, b=b):
                if isinstance(a.type, PtrType):
                    return f"Any {result.id} 1"
                right = apply("Flag2", _PREDICATES[pred], str(bits_of(a.type)), value(a), value(b))
                return apply("Set_", str(result.id), right)
            case o.Cast():
                return apply("Set_", str(op.result.id), self._cast(op, value(op.a)))
            case o.Select(result=result, cond=cond, a=a, b=b):
                return apply("Set_", str(result.id), apply("Select", value(cond), value(a), value(b)))
            case o.FloatOp(result=result) | o.Arbitrary(result=result):
                return self._any(result, op.loc.span)
            case o.Exchange(result=result, mask=mask):
                lines.append(self._meet(mask, False, op.loc.span))
                return self._any(result, op.loc.span)
            case o.WarpBarrier(mask=mask):
                return self._meet(mask, True, op.loc.span)
            case o.ReadSpecial(result=result, register=register):
                return self._special(result, register, lines)
            case o.PtrAdd(inbounds=False):
                raise self._unsupported("pointer arithmetic that may wrap", op.loc.span)
            case o.PtrAdd(result=result, base=base, offset=offset, unsigned=unsigned):
                right = apply("Shift", "true" if unsigned else "false", value(base), value(offset))
                return apply("Set_", str(result.id), right)
            case o.Load(result=result, pointer=pointer, sem=sem):
                if isinstance(result.type, PtrType):
                    raise self._unsupported("a pointer loaded from memory", op.loc.span)
                return self._load(result.id, bits_of(result.type), pointer, result.type.width, sem, lines)
            case o.Store(pointer=pointer, value=stored, sem=sem):
                return apply("Store", value(pointer), value(stored), str(stored.type.width), _scope(sem))
            case o.AtomicRmw(result=result, op=kind, pointer=pointer, value=operand, sem=sem):
                return self._update(result, _change(kind, value(operand)), value(pointer), sem)
            case o.AtomicCas(result=result, pointer=pointer, expected=expected, value=new, sem=sem):
                change = apply("CompareSwap", value(expected), value(new))
                return self._update(result, change, value(pointer), sem)
            case o.CopyBytes(target=target, source=source, size=size):
                if not isinstance(size, o.Const):
                    raise self._unsupported("an access whose width is not a constant", op.loc.span)
                self.fresh += 1
                self.unused.append(self.fresh)
                length = size.bits
                lines.append(self._load(self.fresh, _BYTE * length, source, length, op.source_sem, lines))
                return apply("Store", value(target), f"Reg {self.fresh}", str(length), _scope(op.target_sem))
            case o.Fence():
                return None  # what it orders would only rule races out
            case o.Barrier(site=site):
                return f"Sync {site}"
            case o.Assume(cond=cond):
                return apply("Require_", value(cond))
            case never:
                assert_never(never)

    def _cast(self, op: o.Cast, value: str) -> str:
        if isinstance(op.a.type, PtrType) or isinstance(op.result.type, PtrType):
            raise self._unsupported("a pointer made from an integer, or the other way round", op.loc.span)
        before, after = str(bits_of(op.a.type)), str(bits_of(op.result.type))
        match op.kind:
            case o.CastKind.ZEXT | o.CastKind.BITCAST:
                return apply("Copy", value)
            case o.CastKind.SEXT:
                return apply("Sext", before, after, value)
            case o.CastKind.TRUNC:
                return apply("Trunc", after, value)
            case never:
                assert_never(never)

    def _any(self, result: o.Reg, span: Span) -> str:
        if isinstance(result.type, PtrType):
            raise self._unsupported("a pointer that nothing is known about", span)
        return f"Any {result.id} {bits_of(result.type)}"

    def _meet(self, mask: o.Value, ordering: bool, span: Span) -> str:
        """Lanes of a warp meet, by a mask that is constant or that each lane computes from its own number."""
        masks = (mask.bits,) if isinstance(mask, o.Const) else groups(mask, self.definitions)
        if masks is None:
            raise self._unsupported(
                "lanes that meet by a mask that is not constant, nor computed from the lane's number alone",
                span,
            )
        self.meetings.append(Meeting(self.next_site, masks, ordering))
        self.next_site += 1
        return f"Sync {self.meetings[-1].site}"

    def _lane(self, result: o.Reg, lines: list[str]) -> str:
        """A lane's number: the place of the thread in its block, modulo 32."""

        def computed(right: str) -> str:
            self.fresh += 1
            lines.append(f"Set_ {self.fresh} ({right})")
            return f"(Reg {self.fresh})"

        def word(op: str, a: str, b: str) -> str:
            return f"Word2 {op} MayWrap 32 {a} {b}"

        x, y, z = (computed(f"Read (STid A{axis})") for axis in "XYZ")
        columns, rows = (computed(f"Read (SBdim A{axis})") for axis in "XY")
        row = computed(word("WAdd", y, computed(word("WMul", rows, z))))
        linear = computed(word("WAdd", x, computed(word("WMul", columns, row))))
        return apply("Set_", str(result.id), word("WAnd", linear, "(Imm 31)"))

    def _special(self, result: o.Reg, register: Special, lines: list[str]) -> str:
        if register is Special.LANEID:
            return self._lane(result, lines)
        head = _SPECIALS.get(register.family)
        if head is None:
            return f"Any {result.id} 32"
        right = apply("Read", apply(head, f"A{register.axis.value.upper()}"))
        return apply("Set_", str(result.id), right)

    def _load(
        self, register: int, bits: int, pointer: o.Value, width: int, sem: MemSem, lines: list[str]
    ) -> str:
        return apply("Load", str(register), str(bits), self._value(pointer, lines), str(width), _scope(sem))

    def _update(self, result: o.Reg, change: str, pointer: str, sem: MemSem) -> str:
        width = str(result.type.width)
        return apply("Update", str(result.id), str(bits_of(result.type)), change, pointer, width, _scope(sem))

    # --- terminators ---------------------------------------------------------------------------------

    def _edge(self, edge: o.Edge, lines: list[str]) -> str:
        args = "; ".join(self._value(a, lines) for a in edge.args)
        return f"({self.numbers[edge.target]}%nat, [{args}])"

    def _terminator(self, end: o.Terminator, lines: list[str]) -> str:
        match end:
            case o.Jump(edge=edge):
                return f"(Goto {self._edge(edge, lines)})"
            case o.Branch(cond=cond, then=then, otherwise=otherwise):
                decided = self._value(cond, lines)
                return f"(Branch ({decided}) {self._edge(then, lines)} {self._edge(otherwise, lines)})"
            case o.Switch(value=value, cases=cases, default=default):
                decided = self._value(value, lines)
                arms = "; ".join(f"({k}, {self._edge(e, lines)})" for k, e in cases)
                return f"(Switch ({decided}) [{arms}] {self._edge(default, lines)})"
            case o.Return():
                return "Return"
            case o.Panic() | o.Unreachable():
                return "Trap"
            case never:
                assert_never(never)


class _Regions:
    """The order in which the summary is made: reverse post-order, each loop as one node, as in the analysis."""

    def __init__(self, rpo: tuple[str, ...], forest: LoopForest, numbers: dict[str, int]) -> None:
        self.rpo, self.forest, self.numbers = rpo, forest, numbers
        self.loops: dict[str, int] = {}

    def text(self) -> str:
        return self._region(None, self.rpo[0])

    def _region(self, header: str | None, first: str) -> str:
        around = self.forest.at(header) if header else None
        inside = around.blocks if around else frozenset(self.rpo)
        nodes: list[str] = []
        for label in self.rpo:
            if label not in inside or label == first:
                continue
            inner = self.forest.at(label)
            if inner is not None and label != header:
                if inner.parent == header:
                    number = self.loops[label] = len(self.loops)
                    nodes.append(f"Cycle {number} {self.numbers[label]} {self._region(label, label)}")
            elif self.forest.innermost[label] is around:
                nodes.append(f"One {self.numbers[label]}")
        return f"[{'; '.join(nodes)}]"


def _change(kind: o.RmwOp, operand: str) -> str:
    """What an update makes of the old word."""
    match kind:
        case o.RmwOp.EXCH:
            return apply("Swap", operand)
        case o.RmwOp.UMIN | o.RmwOp.SMIN:
            return apply("Least", "true" if kind is o.RmwOp.SMIN else "false", operand)
        case o.RmwOp.UMAX | o.RmwOp.SMAX:
            return apply("Greatest", "true" if kind is o.RmwOp.SMAX else "false", operand)
        case o.RmwOp.ADD | o.RmwOp.SUB | o.RmwOp.AND | o.RmwOp.OR | o.RmwOp.XOR:
            return apply("Fetch", _WORDS[o.BinOp(kind.value)], operand)
        case o.RmwOp.NAND | o.RmwOp.FADD:
            return "AnyWord"
        case never:
            assert_never(never)


def _scope(sem: MemSem) -> str:
    return atomic(sem.scope if sem.order.atomic else None)


def _space(x: MemObject) -> str:
    if x.space is Space.LOCAL or x.kind is ObjectKind.LOCAL:
        return "Private"
    return "Shared" if x.space is Space.SHARED else "Global"

"""Well-formedness of kernels, checked between passes: a violation is a bug of cuq."""

from __future__ import annotations

from collections.abc import Sequence

from cuq.base.errors import SelfCheckError
from cuq.base.span import Span
from cuq.ir.floats import FLOAT_OPS, PURE, FloatResult
from cuq.ir.graph import Graph, cfg
from cuq.ir.module import Block, Kernel, ObjectKind, successors
from cuq.ir.operands import operands, result, terminator_operands
from cuq.ir.ops import (
    Arbitrary,
    Assume,
    AtomicCas,
    AtomicRmw,
    Barrier,
    Binary,
    Branch,
    Cast,
    CastKind,
    Compare,
    Const,
    CopyBytes,
    Exchange,
    ExchangeOp,
    Fence,
    FloatOp,
    Load,
    Loc,
    ObjectRef,
    Op,
    Overflow,
    Pred,
    PtrAdd,
    ReadSpecial,
    Reg,
    RmwOp,
    Select,
    Store,
    Switch,
    Value,
    WarpBarrier,
)
from cuq.ir.text import op_text, terminator_text
from cuq.ir.types import I1, I32, I64, PTR, FloatType, IntType, MemSem, PtrType, Type


def verify(kernel: Kernel) -> None:
    """Raises `SelfCheckError`, naming the operation, unless the kernel is well-formed:

    labels, registers and objects exist once; every use is dominated by its definition; edges pass what
    their targets take; operands have the types that operations need; accesses have a scope exactly when
    they are atomic; barrier sites are 0, 1, … in the order of blocks (or all 0 before they are numbered).
    """
    _Verifier(kernel).run()


class _Verifier:
    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.where = f"kernel {kernel.name}"
        self.span: Span | None = kernel.span

    def fail(self, problem: str) -> SelfCheckError:
        return SelfCheckError(f"malformed IR: {problem}, in {self.where}", span=self.span)

    def require(self, condition: bool, problem: str) -> None:
        if not condition:
            raise self.fail(problem)

    def at(self, text: str, loc: Loc) -> None:
        self.where = f"`{text}` of kernel {self.kernel.name}"
        self.span = loc.span

    def run(self) -> None:
        kernel = self.kernel
        self.require(bool(kernel.blocks), "no blocks")
        labels = [block.label for block in kernel.blocks]
        self.require(len(set(labels)) == len(labels), "two blocks of one name")
        self.require(not kernel.blocks[0].params, "the entry has parameters")
        self._objects()
        self._edges(dict(zip(labels, kernel.blocks, strict=True)))
        graph = cfg(kernel)
        self._definitions(graph)
        for block in kernel.blocks:
            for op in block.ops:
                self.at(op_text(op), op.loc)
                self._op(op)
        self._barriers()

    def _objects(self) -> None:
        kernel = self.kernel
        names = [obj.name for obj in kernel.objects]
        self.require(len(set(names)) == len(names), "two objects of one name")
        regs = {reg for param in kernel.params for reg in param.regs}
        for param in kernel.params:
            sizes = {len(x) for x in (param.regs, param.names, param.objects, param.signed)}
            self.require(len(sizes) == 1, f"parameter {param.name} has lists of different lengths")
            for reg, name in zip(param.regs, param.objects, strict=True):
                self.require(name is None or name in names, f"parameter {param.name} points to no object")
                self.require(name is None or reg.type == PTR, f"parameter {param.name} is no pointer")
        for obj in kernel.objects:
            self.require(
                obj.length is None or obj.length in regs, f"the length of {obj.name} is no parameter"
            )
            pointed = any(obj.name in param.objects for param in kernel.params)
            self.require(pointed == (obj.kind is ObjectKind.PARAM), f"{obj.name} is of the wrong kind")

    def _edges(self, blocks: dict[str, Block]) -> None:
        for block in blocks.values():
            self.at(terminator_text(block.terminator), block.terminator.loc)
            for edge in successors(block.terminator):
                self.require(edge.target in blocks, f"no block {edge.target}")
                self.require(edge.target != self.kernel.blocks[0].label, "a jump to the entry")
                wanted = [reg.type for reg in blocks[edge.target].params]
                self.require([v.type for v in edge.args] == wanted, f"wrong arguments for {edge.target}")
            match block.terminator:
                case Branch(cond=cond):
                    self.require(cond.type == I1, "a branch on something other than i1")
                case Switch(value=value, cases=cases):
                    self.require(isinstance(value.type, IntType), "a switch on a type other than integers")
                    self.require(len({bits for bits, _ in cases}) == len(cases), "a case twice")
                case _:
                    pass

    def _definitions(self, graph: Graph) -> None:
        """Registers are defined once, and before they are used on every path."""
        home: dict[Reg, tuple[str, int]] = {}
        for param in self.kernel.params:
            for reg in param.regs:
                self._define(home, reg, "", 0)
        for block in self.kernel.blocks:
            for reg in block.params:
                self._define(home, reg, block.label, -1)
            for i, op in enumerate(block.ops):
                defined = result(op)
                if defined is not None:
                    self.at(op_text(op), op.loc)
                    self._define(home, defined, block.label, i)
        self.require(len({reg.id for reg in home}) == len(home), "a register number with two types")
        objects = {obj.name for obj in self.kernel.objects}
        for block in self.kernel.blocks:
            if block.label not in graph.index:
                continue
            for i, op in enumerate(block.ops):
                self.at(op_text(op), op.loc)
                self._uses(operands(op), block.label, i, home, objects, graph)
            self.at(terminator_text(block.terminator), block.terminator.loc)
            end = len(block.ops)
            args = [arg for edge in successors(block.terminator) for arg in edge.args]
            reads = [*terminator_operands(block.terminator), *args]
            self._uses(reads, block.label, end, home, objects, graph)

    def _define(self, home: dict[Reg, tuple[str, int]], reg: Reg, label: str, position: int) -> None:
        self.require(reg not in home, f"{reg} is defined twice")
        home[reg] = (label, position)

    def _uses(
        self,
        values: Sequence[Value],
        label: str,
        position: int,
        home: dict[Reg, tuple[str, int]],
        objects: set[str],
        graph: Graph,
    ) -> None:
        for value in values:
            match value:
                case Reg():
                    self.require(value in home, f"{value} is not defined")
                    where, at = home[value]
                    if where == label:
                        self.require(at < position, f"{value} is used before it is defined")
                    elif where:
                        ok = where in graph.index and graph.dominators.dominates(where, label)
                        self.require(ok, f"{value} is not defined on every path")
                case ObjectRef(name=name):
                    self.require(name in objects, f"no object {name}")
                case Const(bits=bits, type=kind):
                    self.require(0 <= bits < 1 << kind.bits, f"the constant {bits} does not fit {kind}")
                case _:
                    pass

    def _barriers(self) -> None:
        sites = [op.site for op in self.kernel.ops() if isinstance(op, Barrier)]
        numbered = sites == list(range(len(sites)))
        self.require(numbered or not any(sites), "barrier sites are out of order")

    # --- types

    def _op(self, op: Op) -> None:
        match op:
            case Binary(result=reg, a=a, b=b):
                self._ints(reg.type, a, b)
            case Overflow(result=reg, a=a, b=b):
                self._bool(reg)
                self._ints(a.type, a, b)
            case Compare(result=reg, pred=pred, a=a, b=b):
                self._bool(reg)
                self.require(a.type == b.type, "operands of different types")
                ordered = pred in (Pred.SLT, Pred.SLE)
                allowed = isinstance(a.type, IntType) or (isinstance(a.type, PtrType) and not ordered)
                self.require(allowed, f"a comparison of {a.type}")
            case Cast():
                self.require(_cast_fits(op), f"a cast from {op.a.type} to {op.result.type}")
            case Select(result=reg, cond=cond, a=a, b=b):
                self._bool(cond)
                self.require(a.type == b.type == reg.type, "operands of different types")
            case FloatOp():
                self._float(op)
            case ReadSpecial(result=reg):
                self.require(reg.type == I32, "a special register is an i32")
            case PtrAdd(result=reg, base=base, offset=offset):
                self.require(reg.type == base.type == PTR and offset.type == I64, "a pointer and an i64")
            case Load(pointer=pointer, sem=sem):
                self._access(pointer, sem)
            case Store(pointer=pointer, sem=sem):
                self._access(pointer, sem)
            case AtomicRmw(result=reg, op=kind, pointer=pointer, value=value, sem=sem):
                self._access(pointer, sem, atomic=True)
                self.require(reg.type == value.type, "operands of different types")
                right = isinstance(value.type, FloatType) == (kind is RmwOp.FADD) or kind is RmwOp.EXCH
                self.require(right, f"{kind.value} of {value.type}")
            case AtomicCas(result=reg, pointer=pointer, expected=expected, value=value, sem=sem):
                self._access(pointer, sem, atomic=True)
                self.require(reg.type == expected.type == value.type, "operands of different types")
                self.require(op.failure.atomic, "a failure ordering that is not atomic")
            case CopyBytes(target=target, source=source, size=size):
                self._access(target, op.target_sem)
                self._access(source, op.source_sem)
                self.require(size.type == I64, "a size that is no i64")
            case Fence(order=order):
                self.require(order.atomic, "a fence that is not atomic")
            case Assume(cond=cond):
                self._bool(cond)
            case WarpBarrier(mask=mask):
                self.require(mask.type == I32, "a mask that is no i32")
            case Exchange():
                self._exchange(op)
            case Barrier() | Arbitrary():
                pass

    def _exchange(self, op: Exchange) -> None:
        self.require(op.mask.type == I32, "a mask that is no i32")
        kinds = [value.type for value in op.args]
        match op.op:
            case ExchangeOp.LANE:
                right = len(kinds) == 2 and kinds[1] == I32 and kinds[0] == op.result.type != PTR
            case ExchangeOp.BALLOT:
                right = kinds == [I1] and op.result.type == I32
            case ExchangeOp.MATCH:
                right = len(kinds) == 1 and isinstance(kinds[0], IntType) and op.result.type == I32
            case _:
                right = len(kinds) == 1 and isinstance(kinds[0], IntType) and kinds[0] == op.result.type
        self.require(right, f"an exchange {op.op.value} of the wrong types")

    def _ints(self, kind: Type, a: Value, b: Value) -> None:
        self.require(isinstance(kind, IntType), f"integer arithmetic on {kind}")
        self.require(a.type == b.type == kind, "operands of different types")

    def _bool(self, value: Value) -> None:
        self.require(value.type == I1, "something other than i1 as a truth value")

    def _access(self, pointer: Value, sem: MemSem, atomic: bool = False) -> None:
        self.require(pointer.type == PTR, "an access through something other than a pointer")
        self.require(sem.order.atomic == (sem.scope is not None), "a scope and no atomic, or the reverse")
        self.require(sem.order.atomic or not atomic, "an atomic operation without an ordering")

    def _float(self, op: FloatOp) -> None:
        if op.name.startswith(PURE):
            numbers = all(not isinstance(value.type, PtrType) for value in (op.result, *op.args))
            self.require(numbers, f"{op.name} of a pointer")
            return
        signature = FLOAT_OPS.get(op.name)
        if signature is None:
            raise self.fail(f"no float operation {op.name}")
        self.require(len(op.args) == signature.arity, "the wrong number of arguments")
        first = op.args[0].type
        from_kind = IntType if signature.from_int else FloatType
        self.require(isinstance(first, from_kind), f"{op.name} of {first}")
        wanted = {
            FloatResult.SAME: op.result.type == first,
            FloatResult.BOOL: op.result.type == I1,
            FloatResult.FLOAT: isinstance(op.result.type, FloatType),
            FloatResult.INT: isinstance(op.result.type, IntType),
        }
        self.require(wanted[signature.result], f"{op.name} gives {op.result.type}")


def _cast_fits(op: Cast) -> bool:
    source, target = op.a.type, op.result.type
    match op.kind:
        case CastKind.ZEXT | CastKind.SEXT:
            return isinstance(source, IntType) and isinstance(target, IntType) and source.bits < target.bits
        case CastKind.TRUNC:
            return isinstance(source, IntType) and isinstance(target, IntType) and source.bits > target.bits
        case CastKind.BITCAST:
            return source.width == target.width

"""The operations of one thread: computed where they can be, else written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cuq.base.errors import Unsupported
from cuq.base.span import Span
from cuq.ir.fold import fold, to_signed
from cuq.ir.interp.launch import LaunchConfig, ThreadCoord
from cuq.ir.interp.memory import Memory
from cuq.ir.module import Kernel, ObjectKind
from cuq.ir.operands import map_operands, operands, result
from cuq.ir.ops import (
    FALSE,
    TRUE,
    Arbitrary,
    Assume,
    AtomicCas,
    AtomicRmw,
    Barrier,
    Binary,
    BinOp,
    Cast,
    CastKind,
    Compare,
    Const,
    CopyBytes,
    Exchange,
    Fence,
    FloatOp,
    Load,
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
    Undef,
    Value,
    WarpBarrier,
)
from cuq.ir.types import I1, I32, MemSem, Order, PtrType, Scope, Special, Type
from cuq.ptx.from_kernel.cells import Cell, Cells
from cuq.ptx.from_kernel.values import Compared, Known, Lost, Named, Pointer, opposite, text

Environment = dict[Reg, Known]
Line = tuple[str, Callable[[Mapping[Cell, str]], str] | None]
"""A label, or an instruction once cells have names."""

_ARITHMETIC = {
    BinOp.ADD: "add",
    BinOp.SUB: "sub",
    BinOp.MUL: "mul",
    BinOp.UDIV: "div",
    BinOp.AND: "and",
    BinOp.OR: "or",
    BinOp.XOR: "xor",
}
_RELATIONS = {
    Pred.EQ: "eq",
    Pred.NE: "ne",
    Pred.ULT: "lt",
    Pred.ULE: "le",
    Pred.SLT: "lt",
    Pred.SLE: "le",
}
_RMWS = {
    RmwOp.ADD: "add",
    RmwOp.SUB: "sub",
    RmwOp.AND: "and",
    RmwOp.OR: "or",
    RmwOp.XOR: "xor",
    RmwOp.UMIN: "min",
    RmwOp.UMAX: "max",
    RmwOp.SMIN: "min",
    RmwOp.SMAX: "max",
    RmwOp.EXCH: "exch",
}


class Operations:
    """Of one thread, in the order in which they are written. `registers`: what the test's registers are called; `read`:
    those that memory was read into."""

    def __init__(
        self,
        kernel: Kernel,
        config: LaunchConfig,
        memory: Memory,
        coord: ThreadCoord,
        cta: int,
        cells: Cells,
    ) -> None:
        self.kernel, self.config, self.memory, self.coord, self.cta = kernel, config, memory, coord, cta
        self.cells = cells
        self.lines: list[Line] = []
        self.registers: dict[Reg, str] = {}
        self.read: dict[str, None] = {}
        self._objects = {obj.name: obj for obj in kernel.objects}
        self._called = dict(kernel.debug_names)
        self._skips = 0

    def emit(self, line: str) -> None:
        self.lines.append(("", lambda _: line))

    def mark(self, label: str) -> None:
        self.lines.append((label, None))

    def named(self, reg: Reg, block: str) -> Named:
        """The test's register for a register of the kernel, called as the user's variable if it is the only one."""
        if reg not in self.registers:
            name = self._called.get(reg, "")
            free = name.isidentifier() and name not in self.registers.values()
            self.registers[reg] = name if free else f"r{reg.id}"
        return Named(self.registers[reg], reg.type.width * 8 if reg.type != I1 else 1, block)

    def value(self, value: Value, env: Environment) -> Known:
        match value:
            case Reg():
                return env.get(value, Lost("a value that is not known"))
            case Const():
                return value
            case ObjectRef(name=name):
                return Pointer(name, 0)
            case Undef():
                return Lost("a value that was never written")

    def op(self, op: Op, env: Environment, block: str) -> None:
        """Compute or write one operation of a block; its result goes to `env`."""
        found = self._op(op, env, block)
        if found is not None and (reg := result(op)) is not None:
            env[reg] = found

    def _op(self, op: Op, env: Environment, block: str) -> Known | None:
        span = op.loc.span
        values = [self.value(v, env) for v in operands(op)]
        match op:
            case Binary() | Cast() | Compare() | Select():
                return self._pure(op, values, block)
            case ReadSpecial(register=register):
                return Const(self._special(register), I32)
            case PtrAdd():
                base, offset = values
                if isinstance(base, Pointer) and isinstance(offset, Const):
                    return Pointer(base.obj, base.offset + to_signed(offset.bits, 64))
                return Lost("an address that depends on what memory holds")
            case Load(sem=sem):
                return self._load(op, sem, self._cell(values[0], op.result.type, span), block)
            case Store(sem=sem, value=stored):
                cell = self._cell(values[0], stored.type, span)
                word = self._operand(values[1], span)
                self._access(self._strong("st", sem, Order.RELEASE), cell, lambda name: f"{name}, {word}")
                return None
            case AtomicRmw(op=kind, sem=sem):
                if kind not in _RMWS:
                    raise cannot(f"an atomic `{kind.value}`", span)
                cell = self._cell(values[0], op.result.type, span)
                word, own = self._operand(values[1], span), self._reads(op.result, block)
                head = f"{self._atom(sem)}.{_RMWS[kind]}"
                self._access(head, cell, lambda name: f"{own.name}, {name}, {word}")
                return own
            case AtomicCas(sem=sem):
                cell = self._cell(values[0], op.result.type, span)
                expected, new = (self._operand(v, span) for v in values[1:])
                own = self._reads(op.result, block)
                self._access(
                    f"{self._atom(sem)}.cas", cell, lambda name: f"{own.name}, {name}, {expected}, {new}"
                )
                return own
            case Fence(order=order, scope=scope):
                self.emit(f"fence.{'sc' if order is Order.SC else 'acq_rel'}.{scope.value}")
                return None
            case Assume():
                return None
            case Arbitrary(source=source):
                return Lost(f"{source}: a value that is not modelled")
            case WarpBarrier() | Exchange():
                raise cannot("lanes of a warp that meet", span)
            case CopyBytes():
                raise cannot("a copy of bytes", span)
            case FloatOp() | Overflow():
                return Lost(f"the result of `{type(op).__name__}`")
            case Barrier():
                raise AssertionError("barriers are the business of the column")

    # --- values --------------------------------------------------------------------------------------

    def _special(self, register: Special) -> int:
        if register is Special.LANEID:
            return self.config.lane(self.coord.thread)
        of = {
            "tid": self.coord.thread,
            "ntid": self.config.block,
            "ctaid": self.coord.block,
            "nctaid": self.config.grid,
        }[register.family]
        return of["xyz".index(register.axis.value)]

    def _pure(self, op: Binary | Cast | Compare | Select, values: list[Known], block: str) -> Known:
        lost = next((v for v in values if isinstance(v, Lost)), None)
        if lost is not None and not isinstance(op, Select):
            return lost
        if all(isinstance(v, Const) for v in values):
            words = {r: v for r, v in zip(operands(op), values, strict=True)}
            folded = fold(map_operands(op, lambda v: _const(words[v])), {})
            return folded if isinstance(folded, Const) else Lost("an operation whose result is not defined")
        match op:
            case Binary(op=kind):
                return self._binary(op, kind, values, block)
            case Compare(pred=pred):
                return self._compare(pred, *values)
            case Cast(kind=kind):
                return self._cast(op, kind, values[0], block)
            case Select():
                return self._select(op, values, block)

    def _binary(self, op: Binary, kind: BinOp, values: list[Known], block: str) -> Known:
        a, b = values
        if op.result.type == I1:
            if kind is BinOp.XOR and isinstance(a, Compared) and b == TRUE:
                return opposite(a)
            return Lost("truth values that are combined")
        if kind is BinOp.SHL and isinstance(b, Const):
            kind, b = BinOp.MUL, Const(1 << b.bits % (8 * op.result.type.width), I32)
        if kind is BinOp.UREM and isinstance(b, Const) and b.bits.bit_count() == 1:
            kind, b = BinOp.AND, Const(b.bits - 1, b.type)
        if kind is BinOp.ADD:
            for number, other in ((a, b), (b, a)):
                if isinstance(number, Const) and not number.bits and isinstance(other, Named):
                    return other
        if kind not in _ARITHMETIC or not isinstance(a, Named | Const) or not isinstance(b, Named | Const):
            return Lost(f"`{kind.value}` of what memory holds")
        own = self.named(op.result, block)
        signed = kind in (BinOp.ADD, BinOp.SUB)
        self.emit(f"{_ARITHMETIC[kind]} {own.name}, {text(a, signed)}, {text(b, signed)}")
        return own

    def _compare(self, pred: Pred, a: Known, b: Known) -> Known:
        if (
            isinstance(a, Pointer)
            and isinstance(b, Pointer)
            and pred in (Pred.EQ, Pred.NE)
            and a.obj == b.obj
        ):
            return TRUE if (a == b) is (pred is Pred.EQ) else FALSE
        if isinstance(a, Compared) and b in (TRUE, FALSE) and pred in (Pred.EQ, Pred.NE):
            return a if (b == TRUE) is (pred is Pred.EQ) else opposite(a)
        if isinstance(a, Named | Const) and isinstance(b, Named | Const):
            return Compared(_RELATIONS[pred], a, b, pred in (Pred.SLT, Pred.SLE))
        return Lost("a comparison of what tests have no numbers for")

    def _cast(self, op: Cast, kind: CastKind, a: Known, block: str) -> Known:
        bits = op.result.type.width * 8
        match a:
            case Compared():
                return self._chosen(op.result, a, Const(1, I32), Const(0, I32), block)
            case Named() if kind in (CastKind.ZEXT, CastKind.BITCAST) or a.bits <= bits:
                return Lost("a number with a sign from memory") if kind is CastKind.SEXT else a
            case Named() if kind is CastKind.TRUNC:
                own = self.named(op.result, block)
                self.emit(f"and {own.name}, {a.name}, {(1 << bits) - 1}")
                return own
            case _:
                return Lost(f"`{kind.value}` of an address or of what memory holds")

    def _select(self, op: Select, values: list[Known], block: str) -> Known:
        cond, a, b = values
        if isinstance(cond, Const):
            return a if cond.bits else b
        if isinstance(cond, Named):
            cond = Compared("ne", cond, FALSE)
        if isinstance(cond, Compared) and isinstance(a, Named | Const) and isinstance(b, Named | Const):
            return cond if (a, b) == (TRUE, FALSE) else self._chosen(op.result, cond, a, b, block)
        return Lost("a choice between what tests have no numbers for")

    def _chosen(self, reg: Reg, cond: Compared, a: Named | Const, b: Named | Const, block: str) -> Named:
        """A register that is `a` where the condition holds, else `b`."""
        own = self.named(reg, block)
        self._skips += 1
        label = f"S{self._skips}"
        self.emit(f"mov {own.name}, {text(a)}")
        self.branch(cond, label)
        self.emit(f"mov {own.name}, {text(b)}")
        self.mark(label)
        return own

    def branch(self, condition: Compared, label: str) -> None:
        a, b = (text(side, condition.signed) for side in (condition.a, condition.b))
        self.emit(f"b{condition.relation} {a}, {b}, {label}")

    def _operand(self, value: Known, span: Span) -> str:
        match value:
            case Named() | Const():
                return text(value)
            case Compared():
                raise cannot("a comparison that is stored", span)
            case Pointer():
                raise cannot("an address that is stored", span)
            case Lost(reason=reason):
                raise cannot(reason, span)

    # --- memory --------------------------------------------------------------------------------------

    def _cell(self, pointer: Known, ty: Type, span: Span) -> Cell:
        match pointer:
            case Pointer(obj=name, offset=offset):
                pass
            case Lost(reason=reason):
                raise cannot(reason, span)
            case _:
                raise cannot("an access through a number", span)
        if isinstance(ty, PtrType):
            raise cannot("an address in memory", span)
        owner = ""
        match self._objects[name].kind:
            case ObjectKind.SHARED:
                owner = f"cta{self.cta}"
            case ObjectKind.LOCAL:
                owner = f"thread{'_'.join(map(str, (self.cta, *self.coord.thread)))}"
            case ObjectKind.PARAM | ObjectKind.STATIC:
                pass
        initial = self.memory.instance(name, self.coord).read(offset, ty.width)
        return self.cells.cell(
            Cell(name, owner, offset, ty.width), initial if isinstance(initial, int) else 0, span
        )

    def _load(self, op: Load, sem: MemSem, cell: Cell, block: str) -> Known:
        own = self._reads(op.result, block)
        self._access(self._strong("ld", sem, Order.ACQUIRE), cell, lambda name: f"{own.name}, {name}")
        return own

    def _strong(self, kind: str, sem: MemSem, strongest: Order) -> str:
        """A load or a store as PTX has it (docs/mapping.md): a sequentially consistent one has a fence before it."""
        scope = sem.scope or Scope.SYS
        match sem.order:
            case Order.WEAK:
                return f"{kind}.weak"
            case Order.VOLATILE:
                return f"{kind}.relaxed.{Scope.SYS.value}"
            case Order.SC:
                self.emit(f"fence.sc.{scope.value}")
                return f"{kind}.{strongest.value}.{scope.value}"
            case order:
                return f"{kind}.{order.value}.{scope.value}"

    def _atom(self, sem: MemSem) -> str:
        order, scope = sem.order, sem.scope or Scope.SYS
        if order is Order.SC:
            self.emit(f"fence.sc.{scope.value}")
            order = Order.ACQ_REL
        return f"atom.{order.value}.{scope.value}"

    def _reads(self, reg: Reg, block: str) -> Named:
        own = self.named(reg, block)
        self.read[own.name] = None
        return own

    def _access(self, head: str, cell: Cell, rest: Callable[[str], str]) -> None:
        self.lines.append(("", lambda names: f"{head} {rest(names[cell])}"))


def cannot(reason: str, span: Span) -> Unsupported:
    """The error for what tests cannot express."""
    return Unsupported(f"{reason}, in a litmus test", span=span)


def _const(value: Known) -> Value:
    assert isinstance(value, Const)
    return value

"""MIR terminators: how a basic block ends. `str()` gives back the text. Blocks are numbers."""

from __future__ import annotations

from enum import Enum

from cuq.base.records import dataclass
from cuq.mir.consts import Constant
from cuq.mir.tree import Operand, Place, SourceInfo
from cuq.mir.types import Path


class UnwindAction(Enum):
    """What happens when a panic passes, where no cleanup block runs."""

    CONTINUE = "unwind continue"
    UNREACHABLE = "unwind unreachable"
    TERMINATE_ABI = "unwind terminate(abi)"
    TERMINATE_CLEANUP = "unwind terminate(cleanup)"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Cleanup:
    """A panic runs this block."""

    block: int

    def __str__(self) -> str:
        return f"unwind: bb{self.block}"


Unwind = UnwindAction | Cleanup


Edge = tuple[str, int | None]


def _edges(edges: tuple[Edge, ...], unwind: Unwind | None = None, last: Edge = ("", None)) -> str:
    """` -> [return: bb1, unwind unreachable]`, in the shorter forms where rustc uses them."""
    cleanup = ("unwind", unwind.block) if isinstance(unwind, Cleanup) else ("", None)
    targets = [(label, block) for label, block in (*edges, cleanup, last) if block is not None]
    if not targets:
        return "" if unwind is None else f" -> {unwind}"
    shown = isinstance(unwind, UnwindAction)
    if len(targets) == 1 and not shown:
        return f" -> bb{targets[0][1]}"
    parts = [f"{label}: bb{block}" for label, block in targets]
    return f" -> [{', '.join([*parts, str(unwind)] if shown else parts)}]"


@dataclass(frozen=True, slots=True)
class Goto:
    target: int

    def __str__(self) -> str:
        return f"goto -> bb{self.target}"


@dataclass(frozen=True, slots=True)
class SwitchInt:
    """Jumps to the block of the matching value, else to `otherwise`. Values are the bits of the
    discriminant as an unsigned number, whatever its type."""

    discr: Operand
    targets: tuple[tuple[int, int], ...]
    otherwise: int

    def __str__(self) -> str:
        labelled = tuple((str(value), block) for value, block in self.targets)
        return f"switchInt({self.discr}){_edges((*labelled, ('otherwise', self.otherwise)))}"


@dataclass(frozen=True, slots=True)
class Return:
    def __str__(self) -> str:
        return "return"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Reaching it is UB."""

    def __str__(self) -> str:
        return "unreachable"


@dataclass(frozen=True, slots=True)
class UnwindResume:
    def __str__(self) -> str:
        return "resume"


@dataclass(frozen=True, slots=True)
class UnwindTerminate:
    """`reason` is `abi` or `cleanup`."""

    reason: str

    def __str__(self) -> str:
        return f"terminate({self.reason})"


@dataclass(frozen=True, slots=True)
class Drop:
    place: Place
    target: int
    unwind: Unwind
    drop: int | None = None

    def __str__(self) -> str:
        edges = _edges((("return", self.target),), self.unwind, ("drop", self.drop))
        return f"drop({self.place}){edges}"


@dataclass(frozen=True, slots=True)
class Call:
    """`p = f(x) -> [return: bb1, unwind unreachable]`; no `target`: it doesn't return."""

    destination: Place
    func: Operand
    args: tuple[Operand, ...]
    target: int | None
    unwind: Unwind

    @property
    def callee(self) -> Path | None:
        """The function called, when it is known; `None` for a call through a pointer."""
        value = self.func.value if isinstance(self.func, Constant) else None
        return getattr(value, "path", None)

    def __str__(self) -> str:
        args = ", ".join(map(str, self.args))
        return f"{self.destination} = {self.func}({args}){_edges((('return', self.target),), self.unwind)}"


@dataclass(frozen=True, slots=True)
class TailCall:
    func: Operand
    args: tuple[Operand, ...]

    def __str__(self) -> str:
        return f"tailcall {self.func}({', '.join(map(str, self.args))})"


@dataclass(frozen=True, slots=True)
class Assert:
    """Panics with `message` (its `{}` filled with `operands`) unless `cond` equals `expected`."""

    cond: Operand
    expected: bool
    message: str
    operands: tuple[Operand, ...]
    target: int
    unwind: Unwind

    def __str__(self) -> str:
        args = ", ".join([f'"{self.message}"', *map(str, self.operands)])
        edges = _edges((("success", self.target),), self.unwind)
        return f"assert({'' if self.expected else '!'}{self.cond}, {args}){edges}"


@dataclass(frozen=True, slots=True)
class FalseEdge:
    """Goes to `real`; `imaginary` exists for the borrow checker only."""

    real: int
    imaginary: int

    def __str__(self) -> str:
        return f"falseEdge -> [real: bb{self.real}, imaginary: bb{self.imaginary}]"


@dataclass(frozen=True, slots=True)
class FalseUnwind:
    real: int
    unwind: Unwind

    def __str__(self) -> str:
        return f"falseUnwind{_edges((('real', self.real),), self.unwind)}"


@dataclass(frozen=True, slots=True)
class Yield:
    resume_arg: Place
    value: Operand
    resume: int
    drop: int | None = None

    def __str__(self) -> str:
        edges = _edges((("resume", self.resume), ("drop", self.drop)))
        return f"{self.resume_arg} = yield({self.value}){edges}"


@dataclass(frozen=True, slots=True)
class CoroutineDrop:
    def __str__(self) -> str:
        return "coroutine_drop"


# ------------------------------------------------------------------------------------ inline asm


@dataclass(frozen=True, slots=True)
class AsmIn:
    """`in(reg32) x`."""

    reg: str
    value: Operand

    def __str__(self) -> str:
        return f"in({self.reg}) {self.value}"


@dataclass(frozen=True, slots=True)
class AsmOut:
    """`out(reg32) p`, `lateout(reg32) _` (result not used)."""

    reg: str
    place: Place | None
    late: bool = False

    def __str__(self) -> str:
        return f"{'late' if self.late else ''}out({self.reg}) {'_' if self.place is None else self.place}"


@dataclass(frozen=True, slots=True)
class AsmInOut:
    """`inout(reg32) x => p`, `inlateout(reg32) x => _`."""

    reg: str
    value: Operand
    place: Place | None
    late: bool = False

    def __str__(self) -> str:
        place = "_" if self.place is None else self.place
        return f"in{'late' if self.late else ''}out({self.reg}) {self.value} => {place}"


@dataclass(frozen=True, slots=True)
class AsmConst:
    """`const 4_i32`: a constant pasted into the template."""

    value: Constant

    def __str__(self) -> str:
        return f"const {self.value}"


@dataclass(frozen=True, slots=True)
class AsmSym:
    """`sym_fn f`, `sym_static DefId(…)`: the rest of the text after the word."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind} {self.text}"


@dataclass(frozen=True, slots=True)
class AsmLabel:
    """`label 0`: jumps to the label target of that number."""

    target: int

    def __str__(self) -> str:
        return f"label {self.target}"


AsmOperand = AsmIn | AsmOut | AsmInOut | AsmConst | AsmSym | AsmLabel


@dataclass(frozen=True, slots=True)
class InlineAsm:
    """`asm!("…", in(reg32) x, options(NOMEM)) -> [return: bb1, unwind unreachable]`.

    `template` is raw, as printed: it may hold newlines and quotes. `options` is the text between
    the parentheses, e.g. `PURE | NOMEM`. `labels` are the blocks of the `label` operands.
    """

    template: str
    operands: tuple[AsmOperand, ...]
    options: str
    target: int | None
    labels: tuple[int, ...]
    unwind: Unwind

    def __str__(self) -> str:
        args = ", ".join([f'"{self.template}"', *map(str, self.operands), f"options({self.options})"])
        labelled = (("return", self.target), *(("label", block) for block in self.labels))
        return f"asm!({args}){_edges(labelled, self.unwind)}"


TerminatorKind = (
    Goto
    | SwitchInt
    | Return
    | Unreachable
    | UnwindResume
    | UnwindTerminate
    | Drop
    | Call
    | TailCall
    | Assert
    | FalseEdge
    | FalseUnwind
    | Yield
    | CoroutineDrop
    | InlineAsm
)


@dataclass(frozen=True, slots=True)
class Terminator:
    kind: TerminatorKind
    source: SourceInfo

    def __str__(self) -> str:
        return str(self.kind)

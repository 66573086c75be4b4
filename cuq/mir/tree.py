"""The MIR tree: places, operands, rvalues, statements, terminators. `str()` gives back the text.

Names and meaning follow rustc's `mir/syntax.rs`; the text is that of `mir/pretty.rs`.
"""

from __future__ import annotations

from enum import Enum

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.mir.consts import Constant
from cuq.mir.types import ClosureTy, ConstArg, Path, Ty


def _commas(items: tuple[object, ...]) -> str:
    return ", ".join(map(str, items))


# --------------------------------------------------------------------------------------- places


@dataclass(frozen=True, slots=True)
class Deref:
    """`(*p)`."""


@dataclass(frozen=True, slots=True)
class Field:
    """`(p.0: T)`: field number `index` in declaration order, of type `ty`."""

    index: int
    ty: Ty


@dataclass(frozen=True, slots=True)
class Index:
    """`p[_i]`: the element whose number is in a local."""

    local: int


@dataclass(frozen=True, slots=True)
class ConstantIndex:
    """`p[2 of 4]`, `p[-1 of 2]`: a fixed element, of a sequence of at least `min_length`."""

    offset: int
    min_length: int
    from_end: bool


@dataclass(frozen=True, slots=True)
class Subslice:
    """`p[1:-2]` (end counted from the back when `from_end`), `p[1..3]`."""

    start: int
    end: int
    from_end: bool


@dataclass(frozen=True, slots=True)
class Downcast:
    """`(p as Some)`: one variant of an enum, by its name, or by its index (`variant#1`)."""

    variant: str | int


@dataclass(frozen=True, slots=True)
class OpaqueCast:
    """`(p as T)` to a type that is no variant name."""

    ty: Ty


@dataclass(frozen=True, slots=True)
class UnwrapBinder:
    """`unwrap_binder!(p; T)`."""

    ty: Ty


Projection = Deref | Field | Index | ConstantIndex | Subslice | Downcast | OpaqueCast | UnwrapBinder


@dataclass(frozen=True, slots=True)
class Place:
    """A memory location: a local, and projections applied to it from left to right."""

    local: int
    projections: tuple[Projection, ...] = ()

    def __str__(self) -> str:
        text = f"_{self.local}"
        for projection in self.projections:
            text = project(text, projection)
        return text


def project(base: str, projection: Projection) -> str:
    """The text of `projection` applied to the place that prints as `base`."""
    match projection:
        case Deref():
            return f"(*{base})"
        case Field(index, ty):
            return f"({base}.{index}: {ty})"
        case Index(local):
            return f"{base}[_{local}]"
        case ConstantIndex(offset, min_length, from_end):
            return f"{base}[{'-' if from_end else ''}{offset} of {min_length}]"
        case Subslice(start, end, True):
            return f"{base}[{start if start or not end else ''}:{f'-{end}' if end else ''}]"
        case Subslice(start, end, _):
            return f"{base}[{start}..{end}]"
        case Downcast(int(index)):
            return f"({base} as variant#{index})"
        case Downcast(variant):
            return f"({base} as {variant})"
        case OpaqueCast(ty):
            return f"({base} as {ty})"
        case UnwrapBinder(ty):
            return f"unwrap_binder!({base}; {ty})"


# -------------------------------------------------------------------------------------- operands


@dataclass(frozen=True, slots=True)
class Copy:
    place: Place

    def __str__(self) -> str:
        return f"copy {self.place}"


@dataclass(frozen=True, slots=True)
class Move:
    place: Place

    def __str__(self) -> str:
        return f"move {self.place}"


class RuntimeChecks(Enum):
    """A boolean that the code generator decides by its flags (`-Zub-checks` and the like)."""

    UB_CHECKS = "UbChecks"
    CONTRACT_CHECKS = "ContractChecks"
    OVERFLOW_CHECKS = "OverflowChecks"

    def __str__(self) -> str:
        return self.value


Operand = Copy | Move | Constant | RuntimeChecks

# --------------------------------------------------------------------------------------- rvalues


class BinOp(Enum):
    """Arithmetic wraps; `…_WITH_OVERFLOW` gives a pair with a flag; overflow of `…_UNCHECKED` is UB.

    OFFSET adds a count of elements to a pointer; CMP gives a `core::cmp::Ordering`.
    """

    ADD = "Add"
    ADD_UNCHECKED = "AddUnchecked"
    ADD_WITH_OVERFLOW = "AddWithOverflow"
    SUB = "Sub"
    SUB_UNCHECKED = "SubUnchecked"
    SUB_WITH_OVERFLOW = "SubWithOverflow"
    MUL = "Mul"
    MUL_UNCHECKED = "MulUnchecked"
    MUL_WITH_OVERFLOW = "MulWithOverflow"
    DIV = "Div"
    REM = "Rem"
    BIT_XOR = "BitXor"
    BIT_AND = "BitAnd"
    BIT_OR = "BitOr"
    SHL = "Shl"
    SHL_UNCHECKED = "ShlUnchecked"
    SHR = "Shr"
    SHR_UNCHECKED = "ShrUnchecked"
    EQ = "Eq"
    LT = "Lt"
    LE = "Le"
    NE = "Ne"
    GE = "Ge"
    GT = "Gt"
    CMP = "Cmp"
    OFFSET = "Offset"


class UnOp(Enum):
    """PTR_METADATA is the length of a slice pointer, the vtable of a `dyn` one, `()` of a thin one."""

    NOT = "Not"
    NEG = "Neg"
    PTR_METADATA = "PtrMetadata"


class CastKind(Enum):
    POINTER_EXPOSE_PROVENANCE = "PointerExposeProvenance"
    POINTER_WITH_EXPOSED_PROVENANCE = "PointerWithExposedProvenance"
    INT_TO_INT = "IntToInt"
    FLOAT_TO_INT = "FloatToInt"
    FLOAT_TO_FLOAT = "FloatToFloat"
    INT_TO_FLOAT = "IntToFloat"
    PTR_TO_PTR = "PtrToPtr"
    FN_PTR_TO_PTR = "FnPtrToPtr"
    TRANSMUTE = "Transmute"
    SUBTYPE = "Subtype"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class PointerCoercion:
    """`PointerCoercion(Unsize, Implicit)`; kinds: `ReifyFnPointer(Safe)`, `UnsafeFnPointer`,
    `ClosureFnPointer(Safe)`, `MutToConstPointer`, `ArrayToPointer`, `Unsize`."""

    kind: str
    source: str

    def __str__(self) -> str:
        return f"PointerCoercion({self.kind}, {self.source})"


@dataclass(frozen=True, slots=True)
class Use:
    operand: Operand

    def __str__(self) -> str:
        return str(self.operand)


@dataclass(frozen=True, slots=True)
class Repeat:
    """`[x; N]`."""

    operand: Operand
    count: ConstArg

    def __str__(self) -> str:
        return f"[{self.operand}; {self.count}]"


@dataclass(frozen=True, slots=True)
class Cast:
    operand: Operand
    ty: Ty
    kind: CastKind | PointerCoercion

    def __str__(self) -> str:
        return f"{self.operand} as {self.ty} ({self.kind})"


@dataclass(frozen=True, slots=True)
class BinaryOp:
    op: BinOp
    left: Operand
    right: Operand

    def __str__(self) -> str:
        return f"{self.op.value}({self.left}, {self.right})"


@dataclass(frozen=True, slots=True)
class UnaryOp:
    op: UnOp
    operand: Operand

    def __str__(self) -> str:
        return f"{self.op.value}({self.operand})"


@dataclass(frozen=True, slots=True)
class Discriminant:
    """`discriminant(p)`: the discriminant (not the variant index) of an enum place."""

    place: Place

    def __str__(self) -> str:
        return f"discriminant({self.place})"


@dataclass(frozen=True, slots=True)
class ThreadLocalRef:
    """`&/*tls*/ mut STATIC`."""

    path: Path
    mutable: bool

    def __str__(self) -> str:
        return f"&/*tls*/ {'mut ' if self.mutable else ''}{self.path}"


class BorrowKind(Enum):
    """The fake ones are no access: they only guard match arms during borrow checking."""

    SHARED = ""
    MUT = "mut "
    FAKE_DEEP = "fake "
    FAKE_SHALLOW = "fake shallow "


@dataclass(frozen=True, slots=True)
class Ref:
    """`&p`, `&mut p`."""

    kind: BorrowKind
    place: Place

    def __str__(self) -> str:
        return f"&{self.kind.value}{self.place}"


class RawPtrKind(Enum):
    """FAKE takes the address only to read pointer metadata: no access."""

    CONST = "const"
    MUT = "mut"
    FAKE = "const (fake)"


@dataclass(frozen=True, slots=True)
class RawPtr:
    """`&raw const p`, `&raw mut p`, `&raw const (fake) p`."""

    kind: RawPtrKind
    place: Place

    def __str__(self) -> str:
        return f"&raw {self.kind.value} {self.place}"


@dataclass(frozen=True, slots=True)
class CopyForDeref:
    """`deref_copy p`: a read of a pointer that is dereferenced next."""

    place: Place

    def __str__(self) -> str:
        return f"deref_copy {self.place}"


@dataclass(frozen=True, slots=True)
class WrapBinder:
    """`wrap_binder!(x; T)`."""

    operand: Operand
    ty: Ty

    def __str__(self) -> str:
        return f"wrap_binder!({self.operand}; {self.ty})"


@dataclass(frozen=True, slots=True)
class TupleAggregate:
    """`(x, y)`; `()` is the unit value."""

    fields: tuple[Operand, ...]

    def __str__(self) -> str:
        return f"({self.fields[0]},)" if len(self.fields) == 1 else f"({_commas(self.fields)})"


@dataclass(frozen=True, slots=True)
class ArrayAggregate:
    fields: tuple[Operand, ...]

    def __str__(self) -> str:
        return f"[{_commas(self.fields)}]"


def _named(names: tuple[str, ...], fields: tuple[Operand, ...]) -> str:
    inner = ", ".join(f"{name}: {field}" for name, field in zip(names, fields, strict=True))
    return f" {{ {inner} }}" if inner else ""


@dataclass(frozen=True, slots=True)
class AdtAggregate:
    """`Point { x: a, y: b }`, `Some(a)`, `None`: a struct, union or enum variant. `names` is empty when
    the fields are positional; a union names the one field that it sets."""

    path: Path
    fields: tuple[Operand, ...] = ()
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.names:
            return f"{self.path}{_named(self.names, self.fields)}"
        return f"{self.path}({_commas(self.fields)})" if self.fields else str(self.path)


@dataclass(frozen=True, slots=True)
class ClosureAggregate:
    """`{closure@f.rs:1:2: 3:4} { captured: x }`; coroutines too. `names` are the captured variables."""

    ty: ClosureTy
    fields: tuple[Operand, ...] = ()
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.ty}{_named(self.names, self.fields)}"


@dataclass(frozen=True, slots=True)
class RawPtrAggregate:
    """`*const [f32] from (data, metadata)`: a wide pointer to `pointee`."""

    pointee: Ty
    mutable: bool
    data: Operand
    metadata: Operand

    def __str__(self) -> str:
        return f"*{'mut' if self.mutable else 'const'} {self.pointee} from ({self.data}, {self.metadata})"


Aggregate = TupleAggregate | ArrayAggregate | AdtAggregate | ClosureAggregate | RawPtrAggregate
Rvalue = (
    Use
    | Repeat
    | Cast
    | BinaryOp
    | UnaryOp
    | Discriminant
    | ThreadLocalRef
    | Ref
    | RawPtr
    | CopyForDeref
    | WrapBinder
    | Aggregate
)

# ------------------------------------------------------------------------------------ statements


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Where code comes from: the text it was written at (`None`: `no-location`, or a dump without
    spans) and the scope; `Body.user_span` leads to the user's line."""

    span: Span | None
    scope: int


@dataclass(frozen=True, slots=True)
class Assign:
    place: Place
    rvalue: Rvalue

    def __str__(self) -> str:
        return f"{self.place} = {self.rvalue}"


@dataclass(frozen=True, slots=True)
class SetDiscriminant:
    """`discriminant(p) = 1`, by variant index."""

    place: Place
    variant: int

    def __str__(self) -> str:
        return f"discriminant({self.place}) = {self.variant}"


@dataclass(frozen=True, slots=True)
class StorageLive:
    local: int

    def __str__(self) -> str:
        return f"StorageLive(_{self.local})"


@dataclass(frozen=True, slots=True)
class StorageDead:
    local: int

    def __str__(self) -> str:
        return f"StorageDead(_{self.local})"


@dataclass(frozen=True, slots=True)
class CopyNonOverlapping:
    """Copies `count` elements of the pointee type; overlap is UB."""

    dst: Operand
    src: Operand
    count: Operand

    def __str__(self) -> str:
        return f"copy_nonoverlapping(dst = {self.dst}, src = {self.src}, count = {self.count})"


@dataclass(frozen=True, slots=True)
class Assume:
    """UB unless the operand is true."""

    operand: Operand

    def __str__(self) -> str:
        return f"assume({self.operand})"


@dataclass(frozen=True, slots=True)
class Retag:
    """`kind` is empty, `fn entry`, `2phase` or `raw`. Only with `-Zmir-emit-retag`."""

    kind: str
    place: Place

    def __str__(self) -> str:
        return f"Retag({f'[{self.kind}] ' if self.kind else ''}{self.place})"


@dataclass(frozen=True, slots=True)
class PlaceMention:
    place: Place

    def __str__(self) -> str:
        return f"PlaceMention({self.place})"


@dataclass(frozen=True, slots=True)
class Coverage:
    """`Coverage::VirtualCounter(bcb0)`. Only with `-Cinstrument-coverage`."""

    kind: str

    def __str__(self) -> str:
        return f"Coverage::{self.kind}"


@dataclass(frozen=True, slots=True)
class BackwardIncompatibleDropHint:
    place: Place

    def __str__(self) -> str:
        return f"BackwardIncompatibleDropHint({self.place})"


@dataclass(frozen=True, slots=True)
class ConstEvalCounter:
    def __str__(self) -> str:
        return "ConstEvalCounter"


@dataclass(frozen=True, slots=True)
class Nop:
    def __str__(self) -> str:
        return "nop"


StatementKind = (
    Assign
    | SetDiscriminant
    | StorageLive
    | StorageDead
    | CopyNonOverlapping
    | Assume
    | Retag
    | PlaceMention
    | Coverage
    | BackwardIncompatibleDropHint
    | ConstEvalCounter
    | Nop
)


@dataclass(frozen=True, slots=True)
class Statement:
    kind: StatementKind
    source: SourceInfo

    def __str__(self) -> str:
        return str(self.kind)

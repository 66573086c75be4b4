"""Constant values as they print after `const ` in MIR. `str()` gives back the text.

Source: rustc `mir/pretty.rs` (`pretty_print_const_value_tcx`) and `ty/print/pretty.rs`
(`pretty_print_const`). Which of the two kinds of constant a path is (a value of that name, or a
constant that is not evaluated yet) stands in the comment lines of the dump, see `ConstDetail`.
"""

from __future__ import annotations

import ast
import re

from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.mir.types import UNIT, BoolTy, CharTy, FloatTy, IntTy, Path, Ty


@dataclass(frozen=True, slots=True)
class IntConst:
    """`5_u32`; the extremes print as `u32::MAX`, `i32::MIN`, `i32::MAX`."""

    value: int
    ty: IntTy

    def __str__(self) -> str:
        bits, signed = self.ty.bits, self.ty.signed
        if self.value == (1 << (bits - signed)) - 1:
            return f"{self.ty}::MAX"
        if signed and self.value == -(1 << (bits - 1)):
            return f"{self.ty}::MIN"
        return f"{self.value}_{self.ty}"


@dataclass(frozen=True, slots=True)
class BoolConst:
    value: bool

    def __str__(self) -> str:
        return "true" if self.value else "false"


@dataclass(frozen=True, slots=True)
class FloatConst:
    """`1.5E+10f32`, `-0f64`, `+Inf_f32`, `NaN_f32`. `digits` is the text before the type: the shortest
    decimal that reads back as the same number of this type. The payload of a NaN isn't printed."""

    digits: str
    ty: FloatTy

    @property
    def value(self) -> float:
        """The number as a Python float: exact for f16, f32 and f64 after rounding to that type."""
        return float(self.digits)

    @property
    def finite(self) -> bool:
        return self.digits[-1].isdigit()

    def __str__(self) -> str:
        return f"{self.digits}{'' if self.finite else '_'}{self.ty}"


@dataclass(frozen=True, slots=True)
class CharConst:
    """`'x'`, kept as the literal that Rust's `Debug` prints."""

    literal: str

    @property
    def value(self) -> str:
        return _unescape(self.literal[1:-1])

    def __str__(self) -> str:
        return self.literal


@dataclass(frozen=True, slots=True)
class StrConst:
    """A `&str`, kept as the literal, quotes included."""

    literal: str

    @property
    def value(self) -> str:
        return _unescape(self.literal[1:-1])

    def __str__(self) -> str:
        return self.literal


@dataclass(frozen=True, slots=True)
class ByteStrConst:
    """`b"…"`, a `&[u8; N]` or `&[u8]`; with a star in front (`by_value`) the array itself."""

    literal: str
    by_value: bool = False

    @property
    def value(self) -> bytes:
        data = ast.literal_eval(self.literal)
        if not isinstance(data, bytes):
            raise TypeError(f"not a byte string: {self.literal}")
        return data

    def __str__(self) -> str:
        return f"*{self.literal}" if self.by_value else self.literal


@dataclass(frozen=True, slots=True)
class TupleConst:
    """`(1_u32, true)`; the unit value is the empty tuple."""

    elems: tuple[ConstValue, ...]

    def __str__(self) -> str:
        inner = ", ".join(map(str, self.elems))
        return f"({inner},)" if len(self.elems) == 1 else f"({inner})"


@dataclass(frozen=True, slots=True)
class ArrayConst:
    elems: tuple[ConstValue, ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.elems))}]"


@dataclass(frozen=True, slots=True)
class AdtConst:
    """`Some(1_u32)`, or when `named` `Point {{ x: 1_u32 }}` (rustc doubles these braces): a struct or
    variant with fields. `names` is empty when the fields are positional."""

    path: Path
    fields: tuple[ConstValue, ...]
    names: tuple[str, ...] = ()
    named: bool = False

    def __str__(self) -> str:
        if not self.named:
            return f"{self.path}({', '.join(map(str, self.fields))})"
        inner = ", ".join(f"{name}: {value}" for name, value in zip(self.names, self.fields, strict=True))
        return f"{self.path} {{{{ {inner} }}}}"


@dataclass(frozen=True, slots=True)
class PathConst:
    """A unit struct or variant, a constant that isn't evaluated (`<f32 as SizedTypeProperties>::SIZE`,
    `k::promoted[0]`), or a const parameter."""

    path: Path
    promoted: int | None = None

    def __str__(self) -> str:
        return str(self.path) if self.promoted is None else f"{self.path}::promoted[{self.promoted}]"


@dataclass(frozen=True, slots=True)
class FnConst:
    """A function item used as a value: zero-sized, printed without `const`."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class AllocConst:
    """`{alloc5+0x10: &T}`: the address of byte `offset` of an allocation. `immutable` marks `<imm>`."""

    alloc: str
    offset: int
    ty: Ty
    immutable: bool = False

    def __str__(self) -> str:
        offset = f"+{self.offset:#x}" if self.offset else ""
        return f"{{{self.alloc}{offset}{'<imm>' if self.immutable else ''}: {self.ty}}}"


@dataclass(frozen=True, slots=True)
class AddrConst:
    """`{0x10 as *const u32}`: a pointer made of an integer, without provenance."""

    address: int
    ty: Ty

    def __str__(self) -> str:
        return f"{{{self.address:#x} as {self.ty}}}"


@dataclass(frozen=True, slots=True)
class FnPtrConst:
    """`{f as fn(u32)}`: a pointer to a known function."""

    path: Path
    ty: Ty

    def __str__(self) -> str:
        return f"{{{self.path} as {self.ty}}}"


@dataclass(frozen=True, slots=True)
class TransmuteConst:
    """`{transmute(0x0000002a): T}`: a value of `T` by its bits; empty digits mean zero-sized."""

    digits: str
    ty: Ty

    def __str__(self) -> str:
        return f"{{transmute({'0x' + self.digits if self.digits else '()'}): {self.ty}}}"


@dataclass(frozen=True, slots=True)
class ZeroSizedConst:
    """`ZeroSized: T`."""

    ty: Ty

    def __str__(self) -> str:
        return f"ZeroSized: {self.ty}"


@dataclass(frozen=True, slots=True)
class IndirectConst:
    """`Indirect { alloc_id: alloc3, offset: Size(0 bytes) }: T`: a value of `T` held in an allocation."""

    alloc: str
    offset: int
    ty: Ty

    def __str__(self) -> str:
        return f"Indirect {{ alloc_id: {self.alloc}, offset: Size({self.offset} bytes) }}: {self.ty}"


@dataclass(frozen=True, slots=True)
class SliceConst:
    """`Slice { alloc_id: alloc3, meta: 4 }: &T`: a pointer to an allocation with a length."""

    alloc: str
    length: int
    ty: Ty

    def __str__(self) -> str:
        return f"Slice {{ alloc_id: {self.alloc}, meta: {self.length} }}: {self.ty}"


@dataclass(frozen=True, slots=True)
class StaticConst:
    """`<static(DefId(0:3 ~ k[1f2e]::TABLE))>`: a reference to a static of type `[u8; N]`. The hash of
    the crate is in brackets."""

    def_id: str

    @property
    def name(self) -> str:
        """The path of the static, without its crate."""
        return self.def_id.rpartition("]::")[2]

    def __str__(self) -> str:
        return f"<static(DefId({self.def_id}))>"


@dataclass(frozen=True, slots=True)
class ScalarConst:
    """`Scalar(alloc3): T` or `Scalar(0x2a): T`: a scalar that has no nicer print."""

    text: str
    ty: Ty

    def __str__(self) -> str:
        return f"Scalar({self.text}): {self.ty}"


@dataclass(frozen=True, slots=True)
class UninitConst:
    """`<uninit>`: every byte is undefined."""

    def __str__(self) -> str:
        return "<uninit>"


@dataclass(frozen=True, slots=True)
class UnreachableConst:
    """`{unreachable(): T}`: a value of a type without values."""

    ty: Ty

    def __str__(self) -> str:
        return f"{{unreachable(): {self.ty}}}"


@dataclass(frozen=True, slots=True)
class RefConst:
    """`&5_u32`: a reference in a type-level constant."""

    value: ConstValue

    def __str__(self) -> str:
        return f"&{self.value}"


@dataclass(frozen=True, slots=True)
class PatConst:
    """`1_usize is 1..`: a value of a range-restricted type."""

    value: ConstValue
    pattern: str

    def __str__(self) -> str:
        return f"{self.value} is {self.pattern}"


ConstValue = (
    IntConst
    | BoolConst
    | FloatConst
    | CharConst
    | StrConst
    | ByteStrConst
    | TupleConst
    | ArrayConst
    | AdtConst
    | PathConst
    | FnConst
    | AllocConst
    | AddrConst
    | FnPtrConst
    | TransmuteConst
    | ZeroSizedConst
    | IndirectConst
    | SliceConst
    | StaticConst
    | ScalarConst
    | UninitConst
    | UnreachableConst
    | RefConst
    | PatConst
)


@dataclass(frozen=True, slots=True)
class ConstDetail:
    """The comment lines of a constant: where it stands, its exact type, and how rustc holds it:
    `Value(…)`, `Unevaluated(path, args, promoted)`, `ty::Param(N)`, `ty::Valtree(…)`."""

    span: Span | None
    ty: Ty
    val: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant operand. `detail` is absent where rustc prints none: for booleans, characters,
    numbers, and tuples and arrays of these, and in dumps without spans."""

    value: ConstValue
    detail: ConstDetail | None = None

    @property
    def ty(self) -> Ty | None:
        """The type, where the dump tells it."""
        if self.detail is not None:
            return self.detail.ty
        match self.value:
            case BoolConst():
                return BoolTy()
            case CharConst():
                return CharTy()
            case TupleConst(elems=()):
                return UNIT
            case (
                IntConst(ty=ty)
                | FloatConst(ty=ty)
                | AllocConst(ty=ty)
                | AddrConst(ty=ty)
                | FnPtrConst(ty=ty)
                | TransmuteConst(ty=ty)
                | ZeroSizedConst(ty=ty)
                | IndirectConst(ty=ty)
                | SliceConst(ty=ty)
                | ScalarConst(ty=ty)
                | UnreachableConst(ty=ty)
            ):
                return ty
            case _:
                return None

    def __str__(self) -> str:
        return str(self.value) if isinstance(self.value, FnConst) else f"const {self.value}"


_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "'": "'", '"': '"', "\\": "\\"}


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _SIMPLE[m[2]], text)

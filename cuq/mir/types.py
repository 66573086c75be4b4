"""Rust types and paths as they print in MIR. `str()` of each gives back the text.

Source: rustc `ty/print/pretty.rs` (`pretty_print_type`, `print_def_path`).
"""

from __future__ import annotations

from cuq.base.records import dataclass


def _commas(items: tuple[object, ...]) -> str:
    return ", ".join(map(str, items))


# ---------------------------------------------------------------------------------------- types


@dataclass(frozen=True, slots=True)
class IntTy:
    """`u8` … `u128`, `usize`, `i8` … `i128`, `isize`."""

    name: str

    @property
    def signed(self) -> bool:
        return self.name[0] == "i"

    @property
    def bits(self) -> int:
        """Width; pointer-sized integers have 64 bits on nvptx64 and its hosts."""
        return 64 if self.name.endswith("size") else int(self.name[1:])

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class FloatTy:
    """`f16`, `f32`, `f64`, `f128`."""

    bits: int

    def __str__(self) -> str:
        return f"f{self.bits}"


@dataclass(frozen=True, slots=True)
class BoolTy:
    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True)
class CharTy:
    def __str__(self) -> str:
        return "char"


@dataclass(frozen=True, slots=True)
class StrTy:
    def __str__(self) -> str:
        return "str"


@dataclass(frozen=True, slots=True)
class NeverTy:
    def __str__(self) -> str:
        return "!"


@dataclass(frozen=True, slots=True)
class TupleTy:
    """`(A, B)`; the unit type is the empty tuple."""

    elems: tuple[Ty, ...]

    def __str__(self) -> str:
        return f"({self.elems[0]},)" if len(self.elems) == 1 else f"({_commas(self.elems)})"


@dataclass(frozen=True, slots=True)
class ArrayTy:
    elem: Ty
    length: ConstArg

    def __str__(self) -> str:
        return f"[{self.elem}; {self.length}]"


@dataclass(frozen=True, slots=True)
class SliceTy:
    elem: Ty

    def __str__(self) -> str:
        return f"[{self.elem}]"


@dataclass(frozen=True, slots=True)
class RefTy:
    """`&T`, `&mut T`; the region is `'a`, `'static`, `'_` or not printed."""

    pointee: Ty
    mutable: bool
    region: str | None = None

    def __str__(self) -> str:
        region = f"{self.region} " if self.region else ""
        return f"&{region}{'mut ' if self.mutable else ''}{self.pointee}"


@dataclass(frozen=True, slots=True)
class RawPtrTy:
    """`*const T`, `*mut T`."""

    pointee: Ty
    mutable: bool

    def __str__(self) -> str:
        return f"*{'mut' if self.mutable else 'const'} {self.pointee}"


@dataclass(frozen=True, slots=True)
class PathTy:
    """A named type: an ADT with its arguments, a type parameter, or a projection `<T as Trait>::A`."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class FnPtrTy:
    """`for<'a> unsafe extern "C" fn(A, ...) -> R`, a function pointer or the signature of an item."""

    params: tuple[Ty, ...]
    result: Ty
    unsafe: bool = False
    abi: str | None = None
    binder: tuple[str, ...] = ()
    variadic: bool = False

    def __str__(self) -> str:
        binder = f"for<{_commas(self.binder)}> " if self.binder else ""
        unsafe = "unsafe " if self.unsafe else ""
        abi = f'extern "{self.abi}" ' if self.abi is not None else ""
        params = _commas((*self.params, "...") if self.variadic else self.params)
        result = "" if self.result == UNIT else f" -> {self.result}"
        return f"{binder}{unsafe}{abi}fn({params}){result}"


@dataclass(frozen=True, slots=True)
class FnDefTy:
    """The zero-sized type of a function item: its signature, and which item it is."""

    signature: FnPtrTy
    path: Path
    target_features: bool = False

    def __str__(self) -> str:
        prefix = "#[target_features] " if self.target_features else ""
        return f"{prefix}{self.signature} {{{self.path}}}"


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound of a `dyn` or `impl` type. `modifier` is `?`, `!`, `const ` or `[const] `."""

    path: Path | Lifetime
    binder: tuple[str, ...] = ()
    modifier: str = ""

    def __str__(self) -> str:
        binder = f"for<{_commas(self.binder)}> " if self.binder else ""
        return f"{binder}{self.modifier}{self.path}"


@dataclass(frozen=True, slots=True)
class DynTy:
    """`dyn Trait + Send`; in parentheses where rustc prints its region."""

    bounds: tuple[Bound, ...]
    parenthesized: bool = False

    def __str__(self) -> str:
        text = "dyn " + " + ".join(map(str, self.bounds))
        return f"({text})" if self.parenthesized else text


@dataclass(frozen=True, slots=True)
class ImplTy:
    """`impl Trait + Send`, an opaque type."""

    bounds: tuple[Bound, ...]
    parenthesized: bool = False

    def __str__(self) -> str:
        text = "impl " + " + ".join(map(str, self.bounds))
        return f"({text})" if self.parenthesized else text


@dataclass(frozen=True, slots=True)
class ClosureTy:
    """A closure or coroutine type. `kind` is the text before `@` (`closure`, `coroutine`, …),
    `where` the text after it: a source range, or a path when it comes from another crate."""

    kind: str
    where: str

    def __str__(self) -> str:
        return f"{{{self.kind}@{self.where}}}"


@dataclass(frozen=True, slots=True)
class AsyncBodyTy:
    """`{async fn body of f()}`: the coroutine of an async function, as printed between the braces."""

    text: str

    def __str__(self) -> str:
        return f"{{{self.text}}}"


@dataclass(frozen=True, slots=True)
class PatTy:
    """`(usize) is 1..`: a base type restricted to a range."""

    base: Ty
    pattern: str

    def __str__(self) -> str:
        return f"({self.base}) is {self.pattern}"


@dataclass(frozen=True, slots=True)
class UnsafeBinderTy:
    """`unsafe<'a> &'a T`."""

    binder: tuple[str, ...]
    inner: Ty

    def __str__(self) -> str:
        return f"unsafe<{_commas(self.binder)}> {self.inner}"


Ty = (
    IntTy
    | FloatTy
    | BoolTy
    | CharTy
    | StrTy
    | NeverTy
    | TupleTy
    | ArrayTy
    | SliceTy
    | RefTy
    | RawPtrTy
    | PathTy
    | FnPtrTy
    | FnDefTy
    | DynTy
    | ImplTy
    | ClosureTy
    | AsyncBodyTy
    | PatTy
    | UnsafeBinderTy
)

UNIT = TupleTy(())

# ------------------------------------------------------------------------------ generic arguments


@dataclass(frozen=True, slots=True)
class Lifetime:
    """`'a`, `'_`, `'static`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ConstArg:
    """A constant as an array length or generic argument, e.g. `256`, `true`, `N`, `{ N * 2 }`.

    As a generic argument a lone path (`N`, `Ordering::Relaxed`) cannot be told from a type, and
    arrives as `PathTy`.
    """

    text: str

    @property
    def value(self) -> int | None:
        """The number, when it is a literal one."""
        digits = self.text.removeprefix("-")
        return int(self.text) if digits.isascii() and digits.isdigit() else None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class AssocArg:
    """`Item = T` among the arguments of a trait."""

    name: str
    value: Ty | ConstArg

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


@dataclass(frozen=True, slots=True)
class AssocBoundArg:
    """`Item: Trait + Send` among the arguments of a trait."""

    name: str
    bounds: tuple[Bound, ...]

    def __str__(self) -> str:
        return f"{self.name}: " + " + ".join(map(str, self.bounds))


GenericArg = Ty | Lifetime | ConstArg | AssocArg | AssocBoundArg

# -------------------------------------------------------------------------------------------- paths


@dataclass(frozen=True, slots=True)
class Name:
    """`ident`, `ident<T>`, or `ident::<T>` where the path names a value (`turbofish`)."""

    ident: str
    args: tuple[GenericArg, ...] = ()
    turbofish: bool = False

    def __str__(self) -> str:
        if not self.args:
            return self.ident
        return f"{self.ident}{'::' if self.turbofish else ''}<{_commas(self.args)}>"


@dataclass(frozen=True, slots=True)
class FnSugar:
    """`Fn(A, B) -> C`: a trait of the `Fn` family in its sugared form."""

    ident: str
    params: tuple[Ty, ...]
    result: Ty | None = None

    def __str__(self) -> str:
        result = "" if self.result is None else f" -> {self.result}"
        return f"{self.ident}({_commas(self.params)}){result}"


@dataclass(frozen=True, slots=True)
class QualifiedSelf:
    """`<T>` or `<T as Trait>` at the head of a path."""

    self_ty: Ty
    trait: Path | None = None

    def __str__(self) -> str:
        return f"<{self.self_ty}>" if self.trait is None else f"<{self.self_ty} as {self.trait}>"


@dataclass(frozen=True, slots=True)
class ImplBlock:
    """`<impl T>` or `<impl Trait for T>`: items of an impl in another crate or module."""

    self_ty: Ty
    trait: Path | None = None

    def __str__(self) -> str:
        return f"<impl {self.self_ty}>" if self.trait is None else f"<impl {self.trait} for {self.self_ty}>"


@dataclass(frozen=True, slots=True)
class ImplAt:
    """`<impl at f.rs:1:2: 3:4>`: how definitions inside an impl are headed."""

    where: str

    def __str__(self) -> str:
        return f"<impl at {self.where}>"


@dataclass(frozen=True, slots=True)
class Anonymous:
    """`{closure#0}`, `{constant#1}`, `{impl#3}`, …, with arguments where rustc prints them."""

    text: str
    args: tuple[GenericArg, ...] = ()
    turbofish: bool = False

    def __str__(self) -> str:
        args = f"{'::' if self.turbofish else ''}<{_commas(self.args)}>" if self.args else ""
        return f"{{{self.text}}}{args}"


Segment = Name | FnSugar | QualifiedSelf | ImplBlock | ImplAt | Anonymous


@dataclass(frozen=True, slots=True)
class Path:
    """A path, e.g. `core::slice::Iter::<'_, f32>::next` or `<T as Trait>::method`."""

    segments: tuple[Segment, ...]

    @property
    def plain(self) -> str:
        """The path without generic arguments of its names, the key to look an item up by:
        `core::option::Option::Some`, `<f32 as core::ops::Add>::add`."""
        return "::".join(s.ident if isinstance(s, Name) else str(s) for s in self.segments)

    @property
    def args(self) -> tuple[GenericArg, ...]:
        """The generic arguments of the last segment that has any; empty if none has."""
        for segment in reversed(self.segments):
            if isinstance(segment, Name | Anonymous) and segment.args:
                return segment.args
        return ()

    @property
    def last(self) -> str:
        """The name of the last segment."""
        segment = self.segments[-1]
        return segment.ident if isinstance(segment, Name | FnSugar) else str(segment)

    def __str__(self) -> str:
        return "::".join(map(str, self.segments))

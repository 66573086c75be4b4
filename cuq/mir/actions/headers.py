"""Builds item headers and debug lines: one function for each action of that part of the grammar."""

from __future__ import annotations

from cuq.base.records import dataclass
from cuq.mir.actions.rvalues import variant_or_cast
from cuq.mir.consts import Constant
from cuq.mir.tree import Deref, Field, Operand, Place, Projection
from cuq.mir.types import Path, Ty


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of an item: its kind as printed, name, arguments and result type, and the value
    of a constant that has no body."""

    kind: str
    name: str
    params: tuple[tuple[int, Ty], ...]
    result: Ty
    value: Constant | None = None


@dataclass(frozen=True, slots=True)
class Parameters:
    items: tuple[tuple[int, Ty], ...]


def fn_header(path: Path, params: Parameters, result: Ty) -> Header:
    return Header("fn", str(path), params.items, result)


def parameters(*items: tuple[int, Ty]) -> Parameters:
    return Parameters(items)


def parameter(local: str, ty: Ty) -> tuple[int, Ty]:
    return int(local[1:]), ty


def item_name(path: Path) -> str:
    return str(path)


def promoted_name(path: Path, number: str) -> str:
    return f"{path}[{number}]"


def unnamed(token: str) -> str:
    """`_`, or a constant that is printed like a value: `i128::MIN`."""
    return token


def const_header(name: str, ty: Ty) -> Header:
    return Header("promoted" if name.endswith("]") else "const", name, (), ty)


def static_header(mutable: str | None, name: str, ty: Ty) -> Header:
    return Header("static" if mutable is None else "static mut", name, (), ty)


def anon_header(name: str, ty: Ty) -> Header:
    return Header("", name, (), ty)


def const_item(name: str, ty: Ty, value: Constant) -> Header:
    return Header("const", name, (), ty, value)


@dataclass(frozen=True, slots=True)
class Fragment:
    """`((x: T).0: U)`: a part of a split variable."""

    name: str
    whole: Ty
    projections: tuple[Projection, ...] = ()


def fragment(name: str, whole: Ty) -> Fragment:
    return Fragment(name, whole)


def fragment_deref(base: Fragment) -> Fragment:
    return Fragment(base.name, base.whole, (*base.projections, Deref()))


def fragment_field(base: Fragment, index: str, ty: Ty) -> Fragment:
    return Fragment(base.name, base.whole, (*base.projections, Field(int(index), ty)))


def fragment_downcast(base: Fragment, ty: Ty) -> Fragment:
    return Fragment(base.name, base.whole, (*base.projections, variant_or_cast(ty)))


DebugValue = Place | Operand


@dataclass(frozen=True, slots=True)
class RawDebug:
    """`debug x => …`, or `debug ((x: T).0: U) => …` with the fragment."""

    name: str
    value: DebugValue
    fragment: Fragment | None = None


def debug(name: str, value: DebugValue) -> RawDebug:
    return RawDebug(name, value)


def debug_fragment(base: Fragment, value: DebugValue) -> RawDebug:
    return RawDebug(base.name, value, base)

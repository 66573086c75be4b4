"""Variants and discriminants of enums, which text MIR does not define.

Source: library/core of rustc 1.96. A variant's fields are numbered from 0 within the variant.
"""

from __future__ import annotations

from collections.abc import Mapping

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.lower.types import core_path, type_args
from cuq.mir.types import UNIT, PathTy, Ty

_ENUMS: dict[str, dict[str, int]] = {
    "core::option::Option": {"None": 0, "Some": 1},
    "core::result::Result": {"Ok": 0, "Err": 1},
    "core::ops::ControlFlow": {"Continue": 0, "Break": 1},
    "core::cmp::Ordering": {"Less": -1, "Equal": 0, "Greater": 1},
    "core::sync::atomic::Ordering": {"Relaxed": 0, "Release": 1, "Acquire": 2, "AcqRel": 3, "SeqCst": 4},
    "core::ops::Bound": {"Included": 0, "Excluded": 1, "Unbounded": 2},
    "core::task::Poll": {"Ready": 0, "Pending": 1},
    "core::num::FpCategory": {"Nan": 0, "Infinite": 1, "Zero": 2, "Subnormal": 3, "Normal": 4},
}


Enums = Mapping[str, Mapping[str, int]]
"""For each enum of the crate, by its path: its variants with their discriminants, in order."""


Payloads = Mapping[str, Mapping[str, tuple[Ty | None, ...]]]
"""For each enum of the crate, by its path: the types of each variant's fields, as far as they are known."""

_GENERIC: dict[str, dict[str, tuple[int, ...]]] = {
    "core::option::Option": {"None": (), "Some": (0,)},
    "core::result::Result": {"Ok": (0,), "Err": (1,)},
    "core::ops::ControlFlow": {"Continue": (1,), "Break": (0,)},
    "core::ops::Bound": {"Included": (0,), "Excluded": (0,), "Unbounded": ()},
    "core::task::Poll": {"Ready": (0,), "Pending": ()},
}
"""Enums of `core` whose variants hold type arguments: the numbers of these."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of an enum: its discriminant, and the types of its fields as far as they are known."""

    name: str
    discriminant: int
    fields: tuple[Ty | None, ...]


def variants(enums: Enums, payloads: Payloads, ty: Ty) -> tuple[Variant, ...]:
    """The variants in the order of declaration; none for a type that is not known to be an enum."""
    if not isinstance(ty, PathTy):
        return ()
    args = type_args(ty)
    generic = _GENERIC.get(core_path(ty.path.plain))
    found = []
    for name, number in _variants(enums, ty).items():
        if generic is not None:
            fields: tuple[Ty | None, ...] = tuple(args[i] if i < len(args) else UNIT for i in generic[name])
        else:
            fields = payloads.get(ty.path.plain, {}).get(name, ())
        found.append(Variant(name, number, fields))
    return tuple(found)


def _variants(enums: Enums, ty: Ty | None) -> Mapping[str, int]:
    if not isinstance(ty, PathTy):
        return {}
    return _ENUMS.get(core_path(ty.path.plain)) or enums.get(ty.path.plain) or {}


def discriminant(enums: Enums, ty: PathTy, variant: str) -> int | None:
    """The discriminant of a variant, as a signed number; None for an enum that is not known."""
    return _variants(enums, ty).get(variant)


def variant_of(enums: Enums, ty: PathTy, number: int) -> str | None:
    """The variant with this discriminant, given as a word of 64 bits."""
    return next((name for name, d in _variants(enums, ty).items() if d % 2**64 == number), None)


def variant_name(enums: Enums, ty: Ty | None, index: int, span: Span | None) -> str:
    """The variant with this index (the place in the enum's declaration)."""
    variants = list(_variants(enums, ty))
    if index >= len(variants):
        raise Unsupported(f"variant {index} of {ty}", span=span)
    return variants[index]

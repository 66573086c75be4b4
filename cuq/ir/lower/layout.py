"""Sizes, alignments and field offsets of Rust types on nvptx64.

Only what is certain: the order of fields in a `repr(Rust)` type is rustc's to choose, so that it has to be asked.
Everything else raises `Unsupported` naming the type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.lower.enums import Enums, Payloads, Variant, variants
from cuq.ir.lower.oracle import Oracle
from cuq.ir.lower.types import is_wide, is_zero_sized, scalar, strip, transparent_field, type_args
from cuq.ir.lower.values import Key, Part
from cuq.mir.types import ArrayTy, FloatTy, IntTy, PathTy, TupleTy, Ty


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct as the source declares it: the types of its fields. `c`: laid out by C's rules
    (`repr(C)`), else by rustc's. `plain`: not aligned otherwise."""

    fields: tuple[Ty, ...]
    c: bool = False
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """Size and alignment in bytes. `offsets` of an aggregate's fields."""

    size: int
    align: int
    offsets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Layouts:
    """Layouts, given the structs of the crate by their paths, and what rustc says of types."""

    structs: Mapping[str, Struct] = field(default_factory=dict)
    oracle: Oracle = field(default_factory=Oracle)
    enums: Enums = field(default_factory=dict)
    payloads: Payloads = field(default_factory=dict)
    unions: frozenset[str] = frozenset()
    seen: Callable[[Ty], Mapping[Key, Ty]] = lambda _: {}
    """Of a type whose declaration is not here: the fields that places of the program go to, with their types."""

    def is_union(self, ty: Ty) -> bool:
        """Whether this is a union of the crate."""
        return isinstance(ty, PathTy) and ty.path.plain in self.unions

    def variants(self, ty: Ty) -> tuple[Variant, ...]:
        """The variants of an enum; none for other types."""
        return variants(self.enums, self.payloads, strip(ty))

    def layout(self, ty: Ty, span: Span | None = None) -> Layout:
        """Raises `Unsupported` when the layout is not certain."""
        leaf = scalar(ty)
        if leaf is not None:
            return Layout(leaf.width, leaf.width)
        if is_wide(ty):
            return Layout(16, 8, (0, 8))
        if is_zero_sized(ty):
            return Layout(0, 1)
        bare = strip(ty)
        if isinstance(bare, ArrayTy) and bare.length.value is not None:
            inner = self.layout(bare.elem, span)
            return Layout(inner.size * bare.length.value, inner.align)
        fields = self._fields(bare)
        if fields is not None and self._in_declared_order(bare, fields):
            return self._in_order(fields, span)
        answer = self.oracle.layout(bare)
        if answer is None:
            raise unknown_layout(ty, span)
        return Layout(answer.size, answer.align, answer.offsets)

    def size(self, ty: Ty, span: Span | None = None) -> int:
        return self.layout(ty, span).size

    def field_offset(self, ty: Ty, index: int, span: Span | None = None) -> int:
        """Byte offset of field `index` of a struct or tuple type."""
        if transparent_field(ty) is not None:
            return 0
        offsets = self.layout(ty, span).offsets
        if index >= len(offsets):
            raise unknown_layout(ty, span)
        return offsets[index]

    def element_size(self, ty: Ty, span: Span | None) -> int:
        """Bytes of the innermost element of an array, of the value itself for other types."""
        bare = strip(ty)
        while isinstance(bare, ArrayTy):
            bare = strip(bare.elem)
        return self.size(bare, span)

    def parts(self, ty: Ty, span: Span | None) -> list[tuple[Key, int, Ty | None]] | None:
        """Key, byte offset and type of each part of an aggregate in memory; None for a scalar.

        A type of None is a 64-bit half of a wide pointer.
        """
        if scalar(ty) is not None:
            return None
        if is_wide(ty):
            return [(Part.DATA, 0, None), (Part.METADATA, 8, None)]
        if is_zero_sized(ty):
            return []
        bare = strip(ty)
        if isinstance(bare, ArrayTy) and bare.length.value is not None:
            size = self.size(bare.elem, span)
            return [(i, i * size, bare.elem) for i in range(bare.length.value)]
        fields = self._fields(bare)
        if fields is None:
            return self._seen_parts(bare, span)
        return [(i, self.field_offset(ty, i, span), part) for i, part in enumerate(fields)]

    def _seen_parts(self, ty: Ty, span: Span | None) -> list[tuple[Key, int, Ty | None]]:
        """The fields of a type that the program goes to, and the bytes between them as they are: nothing but
        copies of the whole touches those."""
        layout = self.layout(ty, span)
        if self.is_union(ty):
            return list(_bytes(0, layout.size, layout.align))
        if self.variants(ty) or not layout.size:
            raise unknown_layout(ty, span)
        known = {key: field for key, field in self.seen(ty).items() if isinstance(key, int)}
        found: list[tuple[Key, int, Ty | None]] = []
        end = 0
        for key in sorted(
            known, key=lambda key: (self.field_offset(ty, key, span), self.size(known[key], span))
        ):
            offset, size = self.field_offset(ty, key, span), self.size(known[key], span)
            if offset < end and size:
                raise unknown_layout(ty, span)  # a union: which field its bytes are is not known
            found += _bytes(end, offset, layout.align)
            found.append((key, offset, known[key]))
            end = offset + size
        return [*found, *_bytes(end, layout.size, layout.align)]

    def _fields(self, ty: Ty) -> tuple[Ty, ...] | None:
        """The types of an aggregate's fields, in the order of their declaration."""
        match ty:
            case TupleTy(elems=fields):
                return fields
            case PathTy() if (struct := self._struct(ty)) is not None:
                return struct.fields
            case _:
                return None

    def _struct(self, ty: Ty) -> Struct | None:
        """The declaration of a struct of the crate that takes no arguments but lifetimes."""
        if not isinstance(ty, PathTy):
            return None
        return self.structs.get(str(ty.path)) or (None if type_args(ty) else self.structs.get(ty.path.plain))

    def _in_declared_order(self, ty: Ty, fields: tuple[Ty, ...]) -> bool:
        """rustc sorts fields by alignment, and by the values that they do not use: numbers of one size stay
        as they are (rustc_abi, `univariant`)."""
        struct = self._struct(ty)
        if struct is not None and (not struct.plain or struct.c):
            return struct.plain
        fields = tuple(field for field in fields if not _is_unit(field))
        numbers = all(isinstance(field, IntTy | FloatTy) for field in fields)
        return len(fields) <= 1 or (numbers and len({self.size(field) for field in fields}) == 1)

    def _in_order(self, fields: tuple[Ty, ...], span: Span | None) -> Layout:
        """The layout by C's rules: each field at the next multiple of its alignment."""
        end, align = 0, 1
        offsets = []
        for ty in fields:
            inner = self.layout(ty, span)
            start = -(-end // inner.align) * inner.align
            offsets.append(start)
            end, align = start + inner.size, max(align, inner.align)
        return Layout(-(-end // align) * align, align, tuple(offsets))


def _is_unit(ty: Ty) -> bool:
    """Whether this is `()`, or a tuple of such: no bytes, at any address."""
    return isinstance(ty, TupleTy) and all(map(_is_unit, ty.elems))


def _bytes(start: int, end: int, align: int) -> Iterator[tuple[Key, int, Ty | None]]:
    """Words that cover these bytes of a value that is aligned so."""
    while start < end:
        width = max(w for w in (1, 2, 4, 8) if w <= align and start % w == 0 and start + w <= end)
        yield ("bytes", start), start, IntTy(f"u{8 * width}")
        start += width


def unknown_layout(ty: Ty, span: Span | None) -> Unsupported:
    return Unsupported(f"the memory layout of {ty}", span=span)

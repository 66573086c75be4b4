"""Values in memory: aggregates by their scalars, enums by their tags."""

from __future__ import annotations

import itertools

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.ir.lower.cursor import WEAK, Cursor, constant, i64
from cuq.ir.lower.enums import Variant
from cuq.ir.lower.layout import unknown_layout
from cuq.ir.lower.types import is_pointer, scalar
from cuq.ir.lower.values import Key, Part, Record, Tree, UnionField, project
from cuq.ir.ops import CastKind, Const, Pred, Value
from cuq.ir.types import I64, PTR, FloatType, IntType, MemSem, PtrType, Type
from cuq.mir.types import Ty
from cuq.toolchain.answers import Tag

_HALVES: dict[Part, Type] = {Part.DATA: PTR, Part.METADATA: I64}


def load(at: Cursor, pointer: Value, ty: Ty, sem: MemSem = WEAK) -> Tree:
    """The value of type `ty` at `pointer`, one load for each scalar."""
    enum = enum_layout(at, ty)
    if enum is not None:
        return _load_enum(at, pointer, enum, sem)
    parts = at.objects.layouts.parts(ty, at.span)
    if parts is None:
        kind = scalar(ty)
        assert kind is not None, "no parts: a scalar"
        return at.load(pointer, kind, sem)
    fields: dict[Key, Tree] = {}
    for key, offset, part in parts:
        place = at.at_offset(pointer, offset)
        if part is None:
            assert isinstance(key, Part), "halves of wide pointers have names"
            fields[key] = at.load(place, _HALVES[key], sem)
        else:
            fields[key] = load(at, place, part, sem)
    return Record(fields)


def store(at: Cursor, pointer: Value, ty: Ty, value: Tree, sem: MemSem = WEAK) -> None:
    """Write a value of type `ty`, one store for each scalar."""
    enum = enum_layout(at, ty)
    if enum is not None:
        _store_enum(at, pointer, enum, value, sem)
        return
    if isinstance(value, UnionField):
        store(at, pointer, value.ty, value.value, sem)
        return
    parts = at.objects.layouts.parts(ty, at.span)
    if parts is None:
        kind = scalar(ty)
        assert kind is not None, "no parts: a scalar"
        at.store(pointer, at.value(value, kind), sem)
        return
    for key, offset, part in parts:
        place = at.at_offset(pointer, offset)
        if part is None:
            assert isinstance(key, Part), "halves of wide pointers have names"
            at.store(place, at.value(project(value, key), _HALVES[key]), sem)
        else:
            store(at, place, part, project(value, key), sem)


# --- enums (rustc_abi, `Variants`)


@dataclass(frozen=True, slots=True)
class EnumLayout:
    """Where an enum keeps its tag, and each variant its fields. `tag`: None if only one variant can be."""

    ty: Ty
    tag: Tag | None
    variants: tuple[Variant, ...]
    offsets: tuple[tuple[int, ...], ...]

    @property
    def untagged(self) -> Variant | None:
        """The variant that any tag means which means no other."""
        return None if self.tag is None or self.tag.niche is None else self.variants[self.tag.untagged]

    def pattern(self, index: int) -> int | None:
        """The tag of a variant as an unsigned number; None for the untagged one."""
        tag = self.tag
        assert tag is not None, "of several variants"
        if tag.niche is None:
            return self.variants[index].discriminant % (1 << 8 * tag.size)
        first, last = tag.niche
        if index == tag.untagged or not first <= index <= last:
            return None
        return (tag.niche_start + index - first) % (1 << 8 * tag.size)


def enum_layout(at: Cursor, ty: Ty) -> EnumLayout | None:
    """How values of an enum lie in memory; None for other types. Raises `Unsupported` if it is not known."""
    variants = at.objects.layouts.variants(ty)
    if not variants:
        return None
    answer = at.objects.layouts.oracle.layout(ty)
    if answer is None:
        raise unknown_layout(ty, at.span)
    if answer.tag is not None and len(answer.variants) == len(variants):
        return EnumLayout(ty, answer.tag, variants, answer.variants)
    if answer.tag is None and len(variants) == 1:
        return EnumLayout(ty, None, variants, (answer.offsets,))
    raise unknown_layout(ty, at.span)


def variant_field(at: Cursor, ty: Ty, variant: str, index: int) -> int:
    """The byte offset of a field of a variant."""
    enum = enum_layout(at, ty)
    if enum is not None:
        for known, offsets in zip(enum.variants, enum.offsets, strict=True):
            if known.name == variant and index < len(offsets):
                return offsets[index]
    raise unknown_layout(ty, at.span)


def load_discriminant(at: Cursor, pointer: Value, enum: EnumLayout, sem: MemSem = WEAK) -> Value:
    """The discriminant, as a word of 64 bits."""
    if enum.tag is None:
        return i64(enum.variants[0].discriminant)
    kind = IntType(8 * enum.tag.size)
    tag = _load_tag(at, pointer, enum.tag, sem)
    untagged = enum.untagged
    numbered = [(enum.pattern(i), variant.discriminant) for i, variant in enumerate(enum.variants)]
    plain = all(pattern == number for pattern, number in numbered)
    if plain:
        return at.resize(tag, I64, signed=False)
    found: Value = i64((untagged or enum.variants[0]).discriminant)
    for pattern, number in numbered:
        if pattern is not None and i64(number) != found:
            is_it = at.compare(Pred.EQ, tag, constant(pattern, kind))
            found = at.select(is_it, i64(number), found)
    return found


def store_discriminant(at: Cursor, pointer: Value, enum: EnumLayout, index: int) -> None:
    """Make the enum's value the variant `index`, whose fields are there."""
    if enum.tag is None:
        return
    pattern = enum.pattern(index)
    if pattern is not None:
        _store_tag(at, pointer, enum.tag, constant(pattern, IntType(8 * enum.tag.size)), WEAK)


def _load_tag(at: Cursor, pointer: Value, tag: Tag, sem: MemSem) -> Value:
    return at.load(at.at_offset(pointer, tag.offset), IntType(8 * tag.size), sem)


def _store_tag(at: Cursor, pointer: Value, tag: Tag, value: Value, sem: MemSem) -> None:
    at.store(at.at_offset(pointer, tag.offset), value, sem)


def _load_enum(at: Cursor, pointer: Value, enum: EnumLayout, sem: MemSem) -> Tree:
    """All variants at once: a field of another variant than the value's is never looked at."""
    pointers = _pointer_option(enum)
    fields: dict[Key, Tree] = {}
    if pointers is not None:
        # The tag is the pointer: read as one, its provenance stays.
        payload = load(at, pointer, pointers, sem)
        fields[enum.variants[1].name, 0] = payload
        number = at.cast(CastKind.BITCAST, at.value(payload, PTR), I64)
        some = at.compare(Pred.NE, number, i64(0))
        fields[Part.DISCRIMINANT] = at.cast(CastKind.ZEXT, some, I64)
        return Record(fields)
    fields[Part.DISCRIMINANT] = load_discriminant(at, pointer, enum, sem)
    for variant, offsets in zip(enum.variants, enum.offsets, strict=True):
        for index, (offset, ty) in enumerate(_fields(at, enum, variant, offsets)):
            fields[variant.name, index] = load(at, at.at_offset(pointer, offset), ty, sem)
    return Record(fields)


def _store_enum(at: Cursor, pointer: Value, enum: EnumLayout, value: Tree, sem: MemSem) -> None:
    number = at.value(project(value, Part.DISCRIMINANT), I64)
    pointers = _pointer_option(enum)
    if pointers is not None:
        payload = at.value(project(value, (enum.variants[1].name, 0)), PTR)
        null = at.cast(CastKind.BITCAST, i64(0), PTR)
        some = at.compare(Pred.NE, number, i64(0))
        at.store(pointer, at.select(some, payload, null), sem)
        return
    if isinstance(number, Const):
        for index, variant in enumerate(enum.variants):
            if variant.discriminant % 2**64 == number.bits:
                _store_fields(at, pointer, enum, index, value, sem)
                store_discriminant(at, pointer, enum, index)
                return
    # Which variant it is, only the run tells.
    if enum.tag is None:
        raise Unsupported(f"storing a value of {enum.ty} whose variant is not known", span=at.span)
    for offset, word in _merged(at, enum, number, value):
        at.store(at.at_offset(pointer, offset), word, sem)
    kind = IntType(8 * enum.tag.size)
    tag: Value = constant(0, kind) if enum.untagged is None else _load_tag(at, pointer, enum.tag, sem)
    for index, variant in enumerate(enum.variants):
        pattern = enum.pattern(index)
        if pattern is not None:
            is_it = at.compare(Pred.EQ, number, i64(variant.discriminant))
            tag = at.select(is_it, constant(pattern, kind), tag)
    _store_tag(at, pointer, enum.tag, tag, sem)


def _merged(at: Cursor, enum: EnumLayout, number: Value, value: Tree) -> list[tuple[int, Value]]:
    """What lies where, besides the tag: at each offset the scalar of the variant that the value is.

    A scalar may be written for a variant that has padding there. Raises `Unsupported` when scalars of two variants
    overlap in part.
    """
    merged: dict[int, Value] = {}
    for index, variant in enumerate(enum.variants):
        is_it = at.compare(Pred.EQ, number, i64(variant.discriminant))
        for i, (start, ty) in enumerate(_fields(at, enum, variant, enum.offsets[index])):
            for offset, scalar_ in scalars(at, project(value, (variant.name, i)), ty, start):
                other = merged.get(offset)
                if other is None:
                    merged[offset] = scalar_
                    continue
                if other.type.width != scalar_.type.width:
                    raise Unsupported(
                        f"storing a value of {enum.ty} whose variant is not known", span=at.span
                    )
                if other.type != scalar_.type:
                    other, scalar_ = as_integer(at, other), as_integer(at, scalar_)
                merged[offset] = at.select(is_it, scalar_, other)
    ends = [(offset, offset + word.type.width) for offset, word in sorted(merged.items())]
    if any(end > start for (_, end), (start, _) in itertools.pairwise(ends)):
        raise Unsupported(f"storing a value of {enum.ty} whose variant is not known", span=at.span)
    return sorted(merged.items())


def scalars(at: Cursor, value: Tree, ty: Ty, offset: int) -> list[tuple[int, Value]]:
    """The scalars that a value of this type consists of, each with its byte offset."""
    if enum_layout(at, ty) is not None:
        raise Unsupported(f"the scalars of {ty}", span=at.span)
    parts = at.objects.layouts.parts(ty, at.span)
    if parts is None:
        kind = scalar(ty)
        assert kind is not None, "no parts: a scalar"
        return [(offset, at.value(value, kind))]
    found: list[tuple[int, Value]] = []
    for key, start, part in parts:
        if part is None:
            assert isinstance(key, Part), "halves of wide pointers have names"
            found.append((offset + start, at.value(project(value, key), _HALVES[key])))
        else:
            found += scalars(at, project(value, key), part, offset + start)
    return found


def as_integer(at: Cursor, value: Value) -> Value:
    """A number's bits."""
    match value.type:
        case IntType(bits=1):
            return at.resize(value, IntType(8), signed=False)
        case FloatType(bits=bits):
            return at.cast(CastKind.BITCAST, value, IntType(bits))
        case PtrType():
            raise Unsupported("a transmute of pointers", span=at.span)
        case _:
            return value


def _store_fields(at: Cursor, pointer: Value, enum: EnumLayout, index: int, value: Tree, sem: MemSem) -> None:
    variant = enum.variants[index]
    for i, (offset, ty) in enumerate(_fields(at, enum, variant, enum.offsets[index])):
        store(at, at.at_offset(pointer, offset), ty, project(value, (variant.name, i)), sem)


def _fields(at: Cursor, enum: EnumLayout, variant: Variant, offsets: tuple[int, ...]) -> list[tuple[int, Ty]]:
    """Offset and type of each field of a variant."""
    found = []
    for index, offset in enumerate(offsets):
        ty = variant.fields[index] if index < len(variant.fields) else None
        ty = ty or at.objects.layouts.seen(enum.ty).get((variant.name, index))
        if ty is None:
            raise unknown_layout(enum.ty, at.span)
        found.append((offset, ty))
    return found


def _pointer_option(enum: EnumLayout) -> Ty | None:
    """The pointer type `P` when the enum is `None` as 0 and `Some(P)` as the pointer."""
    match enum.variants:
        case (Variant(discriminant=0, fields=()), Variant(discriminant=1, fields=(ty,))):
            niche = enum.tag is not None and enum.tag.niche == (0, 0) and enum.tag.niche_start == 0
            thin = ty is not None and is_pointer(ty) and scalar(ty) == PTR
            return ty if niche and thin else None
        case _:
            return None

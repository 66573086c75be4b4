"""MIR places: parts of locals, or addresses in memory."""

from __future__ import annotations

from dataclasses import replace

from cuq.base.errors import SelfCheckError, Unsupported
from cuq.base.records import dataclass
from cuq.ir.lower.blocks import NeedsMemory
from cuq.ir.lower.cursor import WEAK, Cursor, i64
from cuq.ir.lower.enums import variant_name
from cuq.ir.lower.layout import unknown_layout
from cuq.ir.lower.memory import load, store, variant_field
from cuq.ir.lower.types import is_unsized, is_wide, is_zero_sized, pointee, strip, transparent_field
from cuq.ir.lower.values import (
    UNIT,
    Keys,
    LocalRef,
    Missing,
    Part,
    Slot,
    Tree,
    project,
    project_all,
    update,
    wide,
)
from cuq.ir.ops import BinOp, CastKind, Const, NoWrap, Value
from cuq.ir.types import I64, PTR, MemSem
from cuq.mir.body import projected_ty
from cuq.mir.tree import (
    ConstantIndex,
    Deref,
    Downcast,
    Field,
    Index,
    OpaqueCast,
    Place,
    Projection,
    Subslice,
    UnwrapBinder,
)
from cuq.mir.types import ArrayTy, ConstArg, SliceTy, Ty


@dataclass(frozen=True, slots=True)
class SlotPlace:
    """A part of a local without memory. `variant`: the enum variant it was just downcast to. `metadata`:
    the length, when the place is an array seen as a slice."""

    slot: Slot
    keys: Keys
    ty: Ty | None
    variant: str | None = None
    metadata: Tree = Missing.UNINIT


@dataclass(frozen=True, slots=True)
class MemPlace:
    """A place in memory. `metadata` is the length of a slice. `variant`: the enum variant it was just downcast
    to."""

    pointer: Value
    ty: Ty | None
    metadata: Tree = Missing.UNINIT
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """A place of a type without bytes."""

    ty: Ty | None


Location = SlotPlace | MemPlace | Nothing


def locate(at: Cursor, place: Place) -> Location:
    """Where `place` is. Emits the address arithmetic that it takes, and the loads of pointers."""
    here = _settled(at, SlotPlace(at.frame.slot(place.local), (), at.frame.ty(place.local)))
    for projection in place.projections:
        here = _settled(at, _project(at, here, projection))
    return here


def _settled(at: Cursor, here: Location) -> Location:
    """The place in memory, if that is where this part of a local lives."""
    if not isinstance(here, SlotPlace) or here.variant is not None or here.ty is None:
        return here
    home = at.objects.home_of_part(here.slot, here.keys, at.span)
    if home is None and not here.keys:
        home = at.objects.home(here.slot, here.ty, at.span)
    if home is not None:
        return MemPlace(home, here.ty, here.metadata)
    if at.objects.layouts.is_union(here.ty):
        whole = frozenset[Slot]() if here.keys else frozenset({here.slot})
        parts = {(here.slot, here.keys): here.ty} if here.keys else {}
        raise NeedsMemory(whole, "a union", at.span, parts)
    return here


def _project(at: Cursor, here: Location, projection: Projection) -> Location:
    ty = projected_ty(here.ty, projection)
    match projection:
        case Deref():
            return _deref(at, here)
        case Field(index=index):
            return _field(at, here, index, ty)
        case Index(local=local):
            number = read(at, SlotPlace(at.frame.slot(local), (), at.frame.ty(local)))
            return _index(at, here, at.value(number, I64), ty)
        case ConstantIndex(offset=offset, from_end=from_end):
            position = at.binary(BinOp.SUB, length(at, here), i64(offset)) if from_end else i64(offset)
            return _index(at, here, position, ty)
        case Subslice(start=start, end=end, from_end=from_end):
            return _subslice(at, here, start, end, from_end)
        case Downcast(variant=variant):
            if isinstance(here, Nothing):
                raise unknown_layout(here.ty, at.span) if here.ty else Unsupported("an enum", span=at.span)
            enums = at.objects.facts.enums
            name = variant if isinstance(variant, str) else variant_name(enums, here.ty, variant, at.span)
            return replace(here, variant=name)
        case OpaqueCast(ty=target) | UnwrapBinder(ty=target):
            return here if isinstance(here, Nothing) else replace(here, ty=target)


def _deref(at: Cursor, here: Location) -> Location:
    target = None if here.ty is None else pointee(here.ty)
    if target is None or here.ty is None:
        raise Unsupported(f"a dereference of {here.ty}", span=at.span)
    tree = read(at, here)
    data, metadata = split_pointer(tree, here.ty)
    leaf = at.leaf(data, PTR)
    if isinstance(leaf, LocalRef):
        return SlotPlace(leaf.slot, leaf.keys, target, metadata=metadata)
    return MemPlace(at.value(data, PTR), target, metadata)


def behind(at: Cursor, pointer: Tree, ty: Ty) -> Location:
    """The place of type `ty` (with a size) that a thin pointer leads to."""
    leaf = at.leaf(pointer, PTR)
    if isinstance(leaf, LocalRef):
        return _settled(at, SlotPlace(leaf.slot, leaf.keys, ty))
    return MemPlace(at.value(leaf, PTR), ty)


def split_pointer(tree: Tree, ty: Ty) -> tuple[Tree, Tree]:
    """Data pointer and metadata of a value of pointer type `ty`."""
    if is_wide(ty):
        return project(tree, Part.DATA), project(tree, Part.METADATA)
    return tree, Missing.UNINIT


def _field(at: Cursor, here: Location, index: int, ty: Ty | None) -> Location:
    if ty is not None and is_zero_sized(ty):
        return Nothing(ty)
    if isinstance(here, SlotPlace) and here.variant is not None:
        return SlotPlace(here.slot, (*here.keys, (here.variant, index)), ty)
    if transparent_field(here.ty) == index:
        return here if isinstance(here, Nothing) else replace(here, ty=ty)
    # The last field of a struct without a size has none either, and the same metadata.
    metadata = (
        Missing.UNINIT if isinstance(here, Nothing) or ty is None or not is_unsized(ty) else here.metadata
    )
    match here:
        case SlotPlace(slot=slot, keys=keys):
            return SlotPlace(slot, (*keys, index), ty, metadata=metadata)
        case MemPlace(pointer=pointer, ty=base, variant=str(variant)) if base is not None:
            return MemPlace(at.at_offset(pointer, variant_field(at, base, variant, index)), ty)
        case MemPlace(pointer=pointer, ty=base) if base is not None:
            offset = at.objects.layouts.field_offset(base, index, at.span)
            return MemPlace(at.at_offset(pointer, offset), ty, metadata)
        case _:
            raise Unsupported(f"a field of {here.ty}", span=at.span)


def _index(at: Cursor, here: Location, index: Value, ty: Ty | None) -> Location:
    match here:
        case SlotPlace(slot=slot, keys=keys):
            if not isinstance(index, Const):
                array = _array_type(at, here)
                whole = frozenset({slot}) if array is None else frozenset[Slot]()
                parts = {} if array is None else {(slot, keys): array}
                raise NeedsMemory(whole, "an array indexed by a variable", at.span, parts)
            return SlotPlace(slot, (*keys, index.bits), ty)
        case MemPlace(pointer=pointer) if ty is not None:
            return MemPlace(at.element(pointer, index, at.size(ty)), ty)
        case _:
            raise Unsupported(f"indexing {here.ty}", span=at.span)


def _array_type(at: Cursor, here: SlotPlace) -> Ty | None:
    """The type of an array in a part of a local, which may be seen as a slice; None for the local itself."""
    if not here.keys or here.ty is None:
        return None
    bare = strip(here.ty)
    if isinstance(bare, SliceTy):
        count = at.leaf(here.metadata, I64)
        return ArrayTy(bare.elem, ConstArg(str(count.bits))) if isinstance(count, Const) else None
    return here.ty if isinstance(bare, ArrayTy) else None


def _subslice(at: Cursor, here: Location, start: int, end: int, from_end: bool) -> Location:
    elem = strip(here.ty) if here.ty is not None else None
    if not isinstance(here, MemPlace) or not isinstance(elem, ArrayTy | SliceTy):
        raise Unsupported(f"a subslice pattern on {here.ty}", span=at.span)
    pointer = at.element(here.pointer, i64(start), at.size(elem.elem))
    stop = at.binary(BinOp.SUB, length(at, here), i64(end)) if from_end else i64(end)
    count = at.binary(BinOp.SUB, stop, i64(start), NoWrap.UNSIGNED)
    return MemPlace(pointer, projected_ty(here.ty, Subslice(start, end, from_end)), count)


def length(at: Cursor, here: Location) -> Value:
    """The number of elements of an array or slice."""
    bare = None if here.ty is None else strip(here.ty)
    if isinstance(bare, ArrayTy) and bare.length.value is not None:
        return i64(bare.length.value)
    if isinstance(here, Nothing):
        raise Unsupported(f"the length of {here.ty}", span=at.span)
    return at.value(here.metadata, I64)


# --- reading, writing, addresses


def read(at: Cursor, here: Location, sem: MemSem = WEAK) -> Tree:
    """The value at a place."""
    match here:
        case SlotPlace(slot=slot, keys=keys):
            if not keys and here.ty is not None and (home := at.objects.home(slot, here.ty, at.span)):
                return load(at, home, here.ty, sem)
            tree = at.ssa.read(at.block, slot, keys)
            for part, home, ty in at.objects.parts_below(slot, keys, at.span):
                tree = update(tree, part, load(at, home, ty, sem))
            return tree
        case MemPlace(pointer=pointer, ty=ty):
            return load(at, pointer, _known(at, ty), sem)
        case Nothing():
            return UNIT


def write(at: Cursor, here: Location, value: Tree) -> None:
    match here:
        case SlotPlace(slot=slot, keys=keys):
            at.ssa.write(at.block, slot, keys, value)
            for part, home, ty in at.objects.parts_below(slot, keys, at.span):
                new = project_all(value, part)
                if not isinstance(new, Missing):
                    store(at, home, ty, new)
        case MemPlace(pointer=pointer, ty=ty):
            store(at, pointer, _known(at, ty), value)
        case Nothing():
            pass


def _known(at: Cursor, ty: Ty | None) -> Ty:
    if ty is None:
        raise Unsupported("a place whose type the dump does not tell", span=at.span)
    return ty


def address(at: Cursor, here: Location) -> Tree:
    """A pointer to a place, wide when the place is a slice."""
    unsized = here.ty is not None and is_unsized(here.ty)
    data: Tree
    match here:
        case SlotPlace(variant=str()):
            raise SelfCheckError("the address of a downcast")
        case SlotPlace(slot=slot, keys=keys):
            data = LocalRef(slot, keys)
        case MemPlace(pointer=pointer):
            data = pointer
        case Nothing():
            # Never dereferenced for any bytes; any aligned address will do.
            dangling = at.cast(CastKind.BITCAST, i64(1), PTR)
            return wide(dangling, i64(0)) if unsized else dangling
    return wide(data, here.metadata) if unsized else data


def assign(at: Cursor, place: Place, value: Tree) -> None:
    """`place = value`."""
    write(at, locate(at, place), value)

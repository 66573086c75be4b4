"""The memory objects of a kernel: parameters, statics, constants, locals that live in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.lower.facts import EntryFacts
from cuq.ir.lower.launch import Launch
from cuq.ir.lower.layout import Layouts
from cuq.ir.lower.program import Program
from cuq.ir.lower.types import is_freeze, is_unsized, pointee, strip
from cuq.ir.lower.values import Keys, Slot
from cuq.ir.module import MemObject, ObjectKind
from cuq.ir.ops import ObjectRef
from cuq.ir.types import Space
from cuq.mir.body import Alloc, AllocKind
from cuq.mir.types import AssocArg, AssocBoundArg, ConstArg, Lifetime, Name, PathTy, RefTy, Ty

_NO_TYPES = (Lifetime, ConstArg, AssocArg, AssocBoundArg)

DYNAMIC_SHARED = "dynamic_shared"
"""The name of the shared memory whose size the launch sets."""


@dataclass(slots=True)
class Objects:
    """Objects by name, in the order in which they were met."""

    program: Program
    facts: EntryFacts
    layouts: Layouts
    homed: dict[Slot, str] = field(default_factory=dict)
    """Locals that live in memory, and the names of their objects."""
    parts: dict[Slot, dict[Keys, Ty]] = field(default_factory=dict)
    """Arrays in locals that live in memory, where the rest of the local does not: for each its type."""
    known: dict[str, MemObject] = field(default_factory=dict)
    launch: Launch = field(default_factory=Launch)

    def add(self, obj: MemObject) -> ObjectRef:
        self.known.setdefault(obj.name, obj)
        return ObjectRef(obj.name)

    def home(self, slot: Slot, ty: Ty, span: Span | None) -> ObjectRef | None:
        """The object that holds `slot`, if it lives in memory."""
        name = self.homed.get(slot)
        return None if name is None else self._local(name, ty, span)

    def home_of_part(self, slot: Slot, keys: Keys, span: Span | None) -> ObjectRef | None:
        """The object that holds this part of `slot`, if it lives in memory and the whole does not."""
        ty = self.parts.get(slot, {}).get(keys)
        if ty is None or slot in self.homed:
            return None
        steps = [f"{key[0]}.{key[1]}" if isinstance(key, tuple) else str(key) for key in keys]
        frames = [callee for callee, _ in slot.frame]
        return self._local(".".join([*frames, f"_{slot.local}", *steps]), ty, span)

    def parts_below(self, slot: Slot, keys: Keys, span: Span | None) -> Iterator[tuple[Keys, ObjectRef, Ty]]:
        """The parts of this part that live in memory: the way to each from here, its object and its type."""
        for part, ty in self.parts.get(slot, {}).items():
            if part[: len(keys)] == keys and (home := self.home_of_part(slot, part, span)) is not None:
                yield part[len(keys) :], home, ty

    def _local(self, name: str, ty: Ty, span: Span | None) -> ObjectRef:
        if name not in self.known:
            size = self.layouts.size(ty, span)
            self.add(
                MemObject(
                    name, ObjectKind.LOCAL, Space.LOCAL, self.layouts.element_size(ty, span), size, span=span
                )
            )
        return ObjectRef(name)

    def alloc(self, name: str, ty: Ty, span: Span | None) -> ObjectRef:
        """The object of an allocation that a constant of pointer type `ty` leads to."""
        item = self.program.alloc(name)
        label = item.name if item.kind is AllocKind.STATIC and item.name else name
        if label in self.known:
            return ObjectRef(label)
        target = pointee(ty)
        size: int | None
        declared = None if target is None else self._shared_type(target, span)
        if declared is not None:
            shared, (size, element) = True, declared
        else:
            shared = item.kind is not AllocKind.MEMORY and self.facts.is_shared(label)
            size = None if item.memory is None else item.memory.size
            element = 1 if target is None or is_unsized(target) else self.layouts.element_size(target, span)
        fixed = item.kind is AllocKind.MEMORY or isinstance(strip(ty), RefTy)
        return self.add(
            MemObject(
                label,
                ObjectKind.SHARED if shared else ObjectKind.STATIC,
                Space.SHARED if shared else Space.GLOBAL,
                element,
                size,
                readonly=not shared and fixed and (target is None or is_freeze(target)),
                device=declared is not None,
                image=None if shared else _image(item),
                span=span,
            )
        )

    def _shared_type(self, ty: Ty, span: Span | None) -> tuple[int, int] | None:
        """Size of a static and of its elements, for a type that a dialect keeps in shared memory."""
        found = self.program.dialects.shared(ty.path.plain) if isinstance(ty, PathTy) else None
        if found is None or not isinstance(ty, PathTy):
            return None
        if found[0] is not None:
            return found[0], 1
        last = ty.path.segments[-1]
        match last.args if isinstance(last, Name) else ():
            case (element, ConstArg() as count, *_) if (
                not isinstance(element, _NO_TYPES) and count.value is not None
            ):
                size = self.layouts.element_size(element, span)
                return self.layouts.size(element, span) * count.value, size
            case _:
                raise Unsupported(f"the memory layout of {ty}", span=span)

    def foreign(self, name: str, ty: Ty, span: Span | None) -> ObjectRef:
        """A read-only value of this type whose contents are not known."""
        size, element = self.layouts.size(ty, span), self.layouts.element_size(ty, span)
        return self.add(
            MemObject(name, ObjectKind.STATIC, Space.GLOBAL, element, size, readonly=True, span=span)
        )

    def dynamic_shared(self) -> ObjectRef:
        """The block's shared memory whose size the launch sets."""
        return self.add(MemObject(DYNAMIC_SHARED, ObjectKind.SHARED, Space.SHARED, 1, device=True))

    def constant(self, data: bytes, span: Span | None) -> ObjectRef:
        """A read-only object with these contents."""
        name = next((n for n, o in self.known.items() if o.image == data and o.readonly), None)
        return self.add(
            MemObject(
                name or f"const{len(self.known)}",
                ObjectKind.STATIC,
                Space.GLOBAL,
                1,
                len(data),
                readonly=True,
                image=data,
                span=span,
            )
        )


def _image(item: Alloc) -> bytes | None:
    """Initial bytes, when the dump has them all and none is the address of something."""
    if item.memory is None or item.memory.data is None or item.memory.relocations:
        return None
    data = item.memory.data
    return None if any(b is None for b in data) else bytes(b or 0 for b in data)

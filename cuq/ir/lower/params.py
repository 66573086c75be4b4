"""Kernel parameters: registers, memory objects, and the values of the argument locals."""

from __future__ import annotations

from dataclasses import field

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.lower.blocks import Ssa
from cuq.ir.lower.layout import unknown_layout
from cuq.ir.lower.objects import Objects
from cuq.ir.lower.types import is_freeze, is_zero_sized, pointee, scalar, signed, strip, type_args
from cuq.ir.lower.values import Key, Keys, Leaf, Missing, Record, Slot, Tree, wide
from cuq.ir.module import MemObject, ObjectKind, Param
from cuq.ir.ops import Reg
from cuq.ir.types import I64, PTR, PtrType, Space, Type
from cuq.mir.body import Body
from cuq.mir.tree import Place
from cuq.mir.types import ArrayTy, PathTy, RefTy, SliceTy, StrTy, TupleTy, Ty


@dataclass(slots=True)
class Leaves:
    """The registers of one parameter while they are made."""

    name: str
    ty: Ty
    regs: list[Reg] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    objects: list[str | None] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)

    def add(self, reg: Reg, name: str, obj: str | None = None, sign: bool = False) -> Reg:
        self.regs.append(reg)
        self.names.append(name)
        self.objects.append(obj)
        self.signed.append(sign)
        return reg

    def param(self) -> Param:
        return Param(
            self.name,
            str(self.ty),
            tuple(self.regs),
            tuple(self.names),
            tuple(self.objects),
            tuple(self.signed),
        )


def parameter_names(body: Body) -> tuple[str, ...]:
    """The names of the arguments in the source; `_1` for a pattern."""
    names = {d.local: f"_{d.local}" for d in body.args}
    for var in body.debug_vars:
        match var.value:
            case Place(local=local, projections=()) if local in names and var.fragment is None:
                if names[local] == f"_{local}" and var.source.scope == 0:
                    names[local] = var.name
            case _:
                pass
    return tuple(names.values())


class Parameters:
    """Makes the parameters of a kernel. Fields of a struct appear when they are first read, since only
    then does the text tell their types."""

    def __init__(self, ssa: Ssa, objects: Objects, body: Body, span: Span | None) -> None:
        self.ssa = ssa
        self.objects = objects
        self.span = span
        self.values: dict[int, Tree] = {}
        self._leaves: dict[int, Leaves] = {}
        for decl, name in zip(body.args, parameter_names(body), strict=True):
            leaves = self._leaves[decl.local] = Leaves(name, decl.ty)
            value = self._value(leaves, name, decl.ty)
            if value is not None:
                self.values[decl.local] = value

    def params(self) -> tuple[Param, ...]:
        return tuple(leaves.param() for leaves in self._leaves.values())

    def _reg(self, kind: Type) -> Reg:
        reg = self.ssa.reg(kind)
        self.ssa.always_defined.add(reg)
        return reg

    def _value(self, leaves: Leaves, name: str, ty: Ty) -> Tree | None:
        target = pointee(ty)
        if target is not None:
            return self._pointer(leaves, name, ty, target)
        kind = scalar(ty)
        if kind is not None:
            return leaves.add(self._reg(kind), name, None, signed(ty))
        if is_zero_sized(ty):
            return Record({})
        bare = strip(ty)
        match bare:
            case TupleTy(elems=elems):
                parts = {i: self._value(leaves, f"{name}.{i}", elem) for i, elem in enumerate(elems)}
            case ArrayTy(elem=elem, length=count) if count.value is not None:
                parts = {i: self._value(leaves, f"{name}.{i}", elem) for i in range(count.value)}
            case PathTy(path=path) if self.objects.program.dialects.is_slice(path.plain) and type_args(bare):
                return self._slice(leaves, name, type_args(bare)[0])
            case PathTy():
                return None
            case _:
                raise Unsupported(f"a kernel parameter of type {ty}", span=self.span)
        known: dict[Key, Tree] = {i: part for i, part in parts.items() if part is not None}
        if len(known) < len(parts):
            raise Unsupported(f"a kernel parameter of type {ty}", span=self.span)
        return Record(known)

    def _pointer(self, leaves: Leaves, name: str, ty: Ty, target: Ty) -> Tree:
        pointer = leaves.add(self._reg(PTR), name, name)
        bare = strip(target)
        reference = isinstance(strip(ty), RefTy)
        shared = isinstance(strip(ty), RefTy) and not getattr(strip(ty), "mutable", True)
        readonly = shared and is_freeze(target)
        if isinstance(bare, SliceTy | StrTy):
            element = self.objects.layouts.size(bare.elem, self.span) if isinstance(bare, SliceTy) else 1
            length = leaves.add(self._reg(I64), f"{name}.len")
            # The extent of what a raw slice pointer points to is not promised by its type.
            extent = length if reference else None
            self._object(name, element, None, extent, readonly)
            return wide(pointer, length)
        if scalar(ty) is None:
            raise Unsupported(f"a kernel parameter of type {ty}", span=self.span)
        try:
            size, element = (
                self.objects.layouts.size(target, self.span),
                self.objects.layouts.element_size(target, self.span),
            )
        except Unsupported:
            # Opaque until something is accessed through it.
            size, element = None, 1
        self._object(name, element, size if reference else None, None, readonly)
        return pointer

    def _slice(self, leaves: Leaves, name: str, element: Ty) -> Tree:
        """A struct that a dialect knows to be a pointer (field 0) and a length (field 1) first of all."""
        pointer = leaves.add(self._reg(PTR), name, name)
        length = leaves.add(self._reg(I64), f"{name}.len")
        self._object(name, self.objects.layouts.size(element, self.span), None, length, False)
        return Record({0: pointer, 1: length})

    def _object(self, name: str, element: int, size: int | None, length: Reg | None, readonly: bool) -> None:
        self.objects.add(
            MemObject(name, ObjectKind.PARAM, Space.GLOBAL, element, size, length, readonly, span=self.span)
        )

    def at_entry(self, slot: Slot, keys: Keys, kind: Type) -> Leaf | Missing:
        """A scalar part of a struct parameter; nothing for other locals."""
        leaves = self._leaves.get(slot.local) if not slot.frame else None
        if leaves is None or slot.local in self.values:
            return Missing.UNINIT
        if not all(isinstance(key, int) for key in keys):
            raise unknown_layout(leaves.ty, self.span)
        name = ".".join([leaves.name, *map(str, keys)])
        if name in leaves.names:
            return leaves.regs[leaves.names.index(name)]
        if isinstance(kind, PtrType):
            self._object(name, 1, None, None, False)
            return leaves.add(self._reg(kind), name, name)
        return leaves.add(self._reg(kind), name)

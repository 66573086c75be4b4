"""Values of MIR places while a kernel is lowered: immutable trees over scalar leaves.

MIR does not say what fields a type has, so a tree knows the fields that were written and refers to where
the rest comes from. Nothing is copied until a scalar is asked for.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from cuq.base.errors import SelfCheckError
from cuq.base.records import dataclass
from cuq.ir.ops import Const, ObjectRef, Reg, Undef

if TYPE_CHECKING:
    from cuq.ir.lower.blocks import OpenBlock
    from cuq.mir.types import ClosureTy, Path, Ty


class Part(Enum):
    """Parts of a value that are no fields: an enum's discriminant (as i64), the two halves of a wide
    pointer."""

    DISCRIMINANT = "discriminant"
    DATA = "data"
    METADATA = "metadata"


Key = int | tuple[str, int] | Part
"""One step into a value: field or element number, field of an enum variant, part."""

Keys = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A MIR local of one activation. `frame` is the chain of call sites that leads to it: (callee, block
    of the caller) for each, so that it names the same activation when a kernel is lowered again."""

    frame: tuple[tuple[str, int], ...]
    local: int


@dataclass(frozen=True, slots=True)
class LocalRef:
    """The address of a part of a local that has no memory of its own."""

    slot: Slot
    keys: Keys


@dataclass(frozen=True, slots=True)
class RetypedRef:
    """The address of a local that has no memory of its own, as a pointer to another type: it may be passed around,
    and the local needs memory as soon as it is used."""

    slot: Slot
    reason: str


@dataclass(frozen=True, slots=True)
class FunctionPointer:
    """The address of a function item, or of a closure that captures nothing. It may be called; which number it is
    is not known."""

    target: Path | ClosureTy


@dataclass(frozen=True, slots=True)
class Incoming:
    """A part of a slot as it is at the entry of a block."""

    block: OpenBlock
    slot: Slot
    keys: Keys


class Missing(Enum):
    """No value. UNINIT was never written, reading it is undefined behaviour; INACTIVE is a field of an
    enum variant that the value does not have."""

    UNINIT = "uninit"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Record:
    """An aggregate: the `fields` that are known, all others as in `rest`."""

    fields: dict[Key, Tree] = field(hash=False)
    rest: Incoming | Missing | Opaque = Missing.UNINIT


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that is not modelled, such as a formatted message: it may be passed around, and is refused
    (`Unsupported`, naming `construct`) as soon as it is used."""

    construct: str


@dataclass(frozen=True, slots=True)
class UnionField:
    """A new value of a union, on its way to memory: the one field that it sets."""

    ty: Ty
    value: Tree


Symbolic = LocalRef | FunctionPointer
"""Addresses that are no values of the IR."""

Leaf = Reg | Const | ObjectRef | Undef | Symbolic | RetypedRef | Opaque
Tree = Leaf | Incoming | Missing | Record | UnionField

UNIT = Record({})


def project(tree: Tree, key: Key) -> Tree:
    """The part of `tree` under `key`."""
    match tree:
        case Record(fields=fields, rest=rest):
            return fields[key] if key in fields else project(rest, key)
        case Incoming(block, slot, keys):
            return Incoming(block, slot, (*keys, key))
        case Missing() | Opaque():
            return tree
        case UnionField(ty=ty):
            return Opaque(f"a union that holds {ty}")
        case _:
            raise SelfCheckError(f"part {key} of the scalar {tree}")


def project_all(tree: Tree, keys: Keys) -> Tree:
    for key in keys:
        tree = project(tree, key)
    return tree


def update(tree: Tree, keys: Keys, new: Tree) -> Tree:
    """`tree` with the part under `keys` replaced."""
    if not keys:
        return new
    head, *rest = keys
    child = update(project(tree, head), tuple(rest), new)
    match tree:
        case Record(fields=fields, rest=base):
            return Record({**fields, head: child}, base)
        case Incoming() | Missing() | Opaque():
            return Record({head: child}, tree)
        case _:
            raise SelfCheckError(f"part {head} of the scalar {tree}")


def wide(data: Tree, metadata: Tree) -> Record:
    """A wide pointer."""
    return Record({Part.DATA: data, Part.METADATA: metadata})

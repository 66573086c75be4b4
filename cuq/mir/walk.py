"""Walks over the parts of a statement or terminator."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from cuq.mir.consts import Constant
from cuq.mir.terminators import (
    Assert,
    Call,
    Cleanup,
    CoroutineDrop,
    Drop,
    FalseEdge,
    FalseUnwind,
    Goto,
    InlineAsm,
    Return,
    SwitchInt,
    TailCall,
    TerminatorKind,
    Unreachable,
    UnwindResume,
    UnwindTerminate,
    Yield,
)
from cuq.mir.tree import CopyNonOverlapping, Index, Place, StorageDead, StorageLive
from cuq.mir.types import ConstArg, Path, Ty

# what holds neither places nor constants
_LEAVES = (Path, ConstArg, Ty)


def places_and_constants(node: object) -> Iterator[Place | Constant]:
    """The places and constants in a part of the tree, in the order in which rustc visits operands."""
    match node:
        case Place() | Constant():
            yield node
        case StorageLive(local) | StorageDead(local):
            yield Place(local)
        case tuple():
            for item in node:
                yield from places_and_constants(item)
        case CopyNonOverlapping(dst, src, count):
            # printed destination first, visited source first
            yield from places_and_constants((src, dst, count))
        case _ if dataclasses.is_dataclass(node) and not isinstance(node, _LEAVES):
            for field in dataclasses.fields(node):
                yield from places_and_constants(getattr(node, field.name))
        case _:
            pass


def locals_of(node: object) -> Iterator[int]:
    """The locals that a part of the tree names, as the base of a place or as an index."""
    for part in places_and_constants(node):
        if isinstance(part, Place):
            yield part.local
            for projection in part.projections:
                if isinstance(projection, Index):
                    yield projection.local


def successors(kind: TerminatorKind) -> tuple[int, ...]:
    """The blocks that a terminator may go to, those for unwinding last."""
    match kind:
        case Goto(target):
            return (target,)
        case SwitchInt(targets=targets, otherwise=otherwise):
            return (*(block for _, block in targets), otherwise)
        case Return() | Unreachable() | UnwindResume() | UnwindTerminate() | TailCall() | CoroutineDrop():
            return ()
        case FalseEdge(real, imaginary):
            return (real, imaginary)
        case Yield(resume=resume, drop=drop):
            return _present(resume, drop)
        case Drop(target=target, unwind=unwind, drop=drop):
            return _present(target, drop, _cleanup(unwind))
        case Call(target=target, unwind=unwind) | Assert(target=target, unwind=unwind):
            return _present(target, _cleanup(unwind))
        case FalseUnwind(real, unwind):
            return _present(real, _cleanup(unwind))
        case InlineAsm(target=target, labels=labels, unwind=unwind):
            return _present(target, *labels, _cleanup(unwind))


def _cleanup(unwind: object) -> int | None:
    return unwind.block if isinstance(unwind, Cleanup) else None


def _present(*blocks: int | None) -> tuple[int, ...]:
    return tuple(block for block in blocks if block is not None)

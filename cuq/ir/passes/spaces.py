"""State spaces of memory accesses, from the objects that their pointers are derived from."""

from __future__ import annotations

from dataclasses import replace

from cuq.ir.module import Block, Kernel
from cuq.ir.ops import (
    AtomicCas,
    AtomicRmw,
    CopyBytes,
    Load,
    ObjectRef,
    Op,
    PtrAdd,
    Reg,
    Select,
    Store,
    Undef,
    Value,
)
from cuq.ir.passes.rewrite import definitions, incoming, with_blocks
from cuq.ir.types import MemSem, Space


def pointer_roots(kernel: Kernel) -> dict[Reg, frozenset[str] | None]:
    """For each pointer register that is derived from objects of the kernel: their names; None: unknown.

    Registers that are missing are never given a pointer (or are no pointers).
    """
    objects = {
        reg: frozenset({name})
        for param in kernel.params
        for reg, name in zip(param.regs, param.objects, strict=True)
        if name is not None
    }
    sources: dict[Reg, list[Value]] = {}
    edges = incoming(kernel.blocks)
    for block in kernel.blocks:
        for i, reg in enumerate(block.params):
            sources[reg] = [edge.args[i] for _, edge in edges[block.label]]
    for reg, op in definitions(kernel.blocks).items():
        match op:
            case PtrAdd(base=base):
                sources[reg] = [base]
            case Select(a=a, b=b):
                sources[reg] = [a, b]
            case _:
                pass
    roots: dict[Reg, frozenset[str] | None] = dict(objects)
    changed = True
    while changed:
        changed = False
        for reg, values in sources.items():
            new = _join([_root(value, roots, sources) for value in values])
            if roots.get(reg, frozenset()) != new:
                roots[reg] = new
                changed = True
    return roots


_NOTHING: frozenset[str] = frozenset()


def _root(
    value: Value, roots: dict[Reg, frozenset[str] | None], sources: dict[Reg, list[Value]]
) -> frozenset[str] | None:
    match value:
        case ObjectRef(name=name):
            return frozenset({name})
        case Undef():
            return _NOTHING
        case Reg() if value in roots or value in sources:
            return roots.get(value, _NOTHING)
        case _:
            return None


def _join(found: list[frozenset[str] | None]) -> frozenset[str] | None:
    union: set[str] = set()
    for one in found:
        if one is None:
            return None
        union |= one
    return frozenset(union)


def infer_spaces(kernel: Kernel) -> Kernel:
    """Fills `MemSem.space` where all objects that a pointer may lead to are in one space."""
    roots = pointer_roots(kernel)
    spaces = {obj.name: obj.space for obj in kernel.objects}

    def sem(pointer: Value, old: MemSem) -> MemSem:
        names = roots.get(pointer) if isinstance(pointer, Reg) else _root(pointer, roots, {})
        found = {spaces[name] for name in names or ()}
        return replace(old, space=found.pop() if len(found) == 1 else Space.GENERIC)

    def visit(op: Op) -> Op:
        match op:
            case Load() | Store() | AtomicRmw() | AtomicCas():
                return replace(op, sem=sem(op.pointer, op.sem))
            case CopyBytes():
                return replace(
                    op, target_sem=sem(op.target, op.target_sem), source_sem=sem(op.source, op.source_sem)
                )
            case _:
                return op

    blocks: list[Block] = [replace(block, ops=tuple(map(visit, block.ops))) for block in kernel.blocks]
    return with_blocks(kernel, blocks)

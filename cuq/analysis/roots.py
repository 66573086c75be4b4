"""Which memory objects may a pointer point into? Flow-insensitive, over the whole kernel."""

from __future__ import annotations

from cuq.ir.module import Kernel, successors
from cuq.ir.operands import operands, terminator_operands
from cuq.ir.ops import AtomicCas, AtomicRmw, Cast, CopyBytes, ObjectRef, PtrAdd, Reg, Select, Store, Value
from cuq.ir.types import PtrType


def pointer_roots(kernel: Kernel) -> dict[Reg, set[str]]:
    """Objects for each pointer register; a register that is absent may point anywhere."""
    roots: dict[Reg, set[str]] = {}
    for param in kernel.params:
        for reg, obj in zip(param.regs, param.objects, strict=True):
            if obj is not None:
                roots[reg] = {obj}
    flows: list[tuple[Value, Reg]] = []
    blocks = {b.label: b for b in kernel.blocks}
    for block in kernel.blocks:
        for op in block.ops:
            match op:
                case PtrAdd(result=result, base=base):
                    flows.append((base, result))
                case Select(result=result, a=a, b=b) if isinstance(result.type, PtrType):
                    flows += [(a, result), (b, result)]
                case Cast(result=result, a=a) if isinstance(result.type, PtrType):
                    flows.append((a, result))
                case _:
                    pass
        for edge in successors(block.terminator):
            for target, arg in zip(blocks[edge.target].params, edge.args, strict=True):
                if isinstance(target.type, PtrType):
                    flows.append((arg, target))
    changed = True
    while changed:
        changed = False
        for source, target in flows:
            found = {source.name} if isinstance(source, ObjectRef) else set[str]()
            if isinstance(source, Reg):
                found = roots.get(source, set())
            known = roots.setdefault(target, set())
            if not found <= known:
                known |= found
                changed = True
    return roots


def raw_offsets(kernel: Kernel, roots: dict[Reg, set[str]], unbounded: frozenset[str]) -> frozenset[Reg]:
    """Registers that are nothing but offsets into objects of unknown extent.

    An offset that overflows leaves any allocation, so it is excluded with the accesses outside of it.
    """
    bases: dict[Reg, list[set[str]]] = {}
    others: set[Reg] = set()
    for block in kernel.blocks:
        for op in block.ops:
            if isinstance(op, PtrAdd) and op.inbounds and isinstance(op.offset, Reg):
                bases.setdefault(op.offset, []).append(_roots_of(op.base, roots))
                others.update(v for v in (op.base,) if isinstance(v, Reg))
            else:
                others.update(v for v in operands(op) if isinstance(v, Reg))
        others.update(v for v in terminator_operands(block.terminator) if isinstance(v, Reg))
    return frozenset(
        reg for reg, found in bases.items() if reg not in others and all(r and r <= unbounded for r in found)
    )


def written_objects(kernel: Kernel, roots: dict[Reg, set[str]]) -> frozenset[str]:
    """Objects that some operation of the kernel may write; all of them, through a pointer without known roots."""
    everything = {obj.name for obj in kernel.objects}
    written: set[str] = set()
    for op in kernel.ops():
        match op:
            case Store(pointer=pointer) | AtomicRmw(pointer=pointer) | AtomicCas(pointer=pointer):
                written |= _roots_of(pointer, roots) or everything
            case CopyBytes(target=target):
                written |= _roots_of(target, roots) or everything
            case _:
                pass
    return frozenset(written)


def _roots_of(pointer: Value, roots: dict[Reg, set[str]]) -> set[str]:
    match pointer:
        case ObjectRef(name=name):
            return {name}
        case Reg():
            return roots.get(pointer, set())
        case _:
            return set()

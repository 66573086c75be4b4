"""The textual form of the IR. `cuq.ir.parse` reads it back: print and parse are inverse.

    kernel saxpy {
      object y: param global element 4
      param n: "u32" = %0:i32 as n unsigned
      param y: "*mut f32" = %1:ptr as y unsigned -> @y
    bb0:
      %2:i32 = special ctaid.x
      %3:i1 = cmp ult %2, %0
      branch %3, bb1(), bb2()
    …
    }

A register carries its type where it is defined, a constant everywhere. Source positions are printed as
comments when asked for and are not read back.
"""

from __future__ import annotations

import json
import re
from typing import assert_never

from cuq.ir.module import Block, Kernel, MemObject, Param
from cuq.ir.operands import operands, result
from cuq.ir.ops import (
    Arbitrary,
    Assume,
    AtomicCas,
    AtomicRmw,
    Barrier,
    Binary,
    Branch,
    Cast,
    Compare,
    CopyBytes,
    Edge,
    Exchange,
    Fence,
    FloatOp,
    Jump,
    Load,
    NoWrap,
    ObjectRef,
    Op,
    Overflow,
    Panic,
    PtrAdd,
    ReadSpecial,
    Reg,
    Return,
    Select,
    Store,
    Switch,
    Terminator,
    Unreachable,
    Value,
    WarpBarrier,
)

_PLAIN = re.compile(r"[A-Za-z_$][\w$.]*\Z", re.ASCII)


def name_text(name: str) -> str:
    """A name as printed: bare when it is an identifier (dots allowed), else a JSON string."""
    return name if _PLAIN.match(name) else json.dumps(name)


def value_text(value: Value) -> str:
    """A use of a value."""
    return f"@{name_text(value.name)}" if isinstance(value, ObjectRef) else str(value)


def definition_text(reg: Reg) -> str:
    """A register where it is defined."""
    return f"{reg}:{reg.type}"


def _mnemonic(op: Op) -> str:
    """Everything of an operation that is not its result and operands."""
    match op:
        case Binary(op=kind, nowrap=nowrap):
            return kind.value if nowrap is NoWrap.NONE else f"{kind.value} {nowrap.value}"
        case Overflow(op=kind, signed=signed):
            return f"overflow {'signed' if signed else 'unsigned'} {kind.value}"
        case Compare(pred=pred):
            return f"cmp {pred.value}"
        case Cast(kind=kind):
            return kind.value
        case Select():
            return "select"
        case FloatOp(name=name):
            return f"float {name}"
        case ReadSpecial(register=register):
            return f"special {register.value}"
        case PtrAdd(inbounds=inbounds, unsigned=unsigned):
            return f"ptradd{' inbounds' if inbounds else ''}{' unsigned' if unsigned else ''}"
        case Load(sem=sem):
            return f"load {sem}"
        case Store(sem=sem):
            return f"store {sem}"
        case AtomicRmw(op=kind, sem=sem):
            return f"rmw {kind.value} {sem}"
        case AtomicCas(sem=sem, failure=failure):
            return f"cas {sem} {failure.value}"
        case CopyBytes(target_sem=target, source_sem=source):
            return f"copy {target} {source}"
        case Fence(order=order, scope=scope):
            return f"fence {order.value} {scope.value}"
        case Barrier(site=site):
            return f"barrier {site}"
        case WarpBarrier():
            return "warpbarrier"
        case Exchange(op=kind):
            return f"exchange {kind.value}"
        case Arbitrary(source=source):
            return f"arbitrary {json.dumps(source)}"
        case Assume():
            return "assume"
        case _:
            assert_never(op)


def op_text(op: Op) -> str:
    """One operation on one line, without its position."""
    reg = result(op)
    head = "" if reg is None else f"{definition_text(reg)} = "
    args = ", ".join(map(value_text, operands(op)))
    return f"{head}{_mnemonic(op)} {args}".rstrip()


def edge_text(edge: Edge) -> str:
    return f"{name_text(edge.target)}({', '.join(map(value_text, edge.args))})"


def terminator_text(terminator: Terminator) -> str:
    match terminator:
        case Jump(edge=edge):
            return f"jump {edge_text(edge)}"
        case Branch(cond=cond, then=then, otherwise=otherwise):
            return f"branch {value_text(cond)}, {edge_text(then)}, {edge_text(otherwise)}"
        case Switch(value=value, cases=cases, default=default):
            arms = "".join(f", {bits} -> {edge_text(edge)}" for bits, edge in cases)
            return f"switch {value_text(value)}{arms}, else {edge_text(default)}"
        case Return():
            return "return"
        case Panic(kind=kind, message=message):
            return f"panic {kind.name} {json.dumps(message)}"
        case Unreachable():
            return "unreachable"
        case _:
            assert_never(terminator)


def _object_text(obj: MemObject) -> str:
    parts = [f"object {name_text(obj.name)}: {obj.kind.value} {obj.space.value} element {obj.element}"]
    if obj.size is not None:
        parts.append(f"size {obj.size}")
    if obj.length is not None:
        parts.append(f"length {definition_text(obj.length)}")
    if obj.readonly:
        parts.append("readonly")
    if obj.device:
        parts.append("device")
    if obj.image is not None:
        parts.append(f"image {json.dumps(obj.image.hex())}")
    return " ".join(parts)


def _param_text(param: Param) -> str:
    leaves = []
    for reg, name, target, signed in zip(param.regs, param.names, param.objects, param.signed, strict=True):
        leaf = f"{definition_text(reg)} as {name_text(name)} {'signed' if signed else 'unsigned'}"
        leaves.append(leaf if target is None else f"{leaf} -> @{name_text(target)}")
    head = f"param {name_text(param.name)}: {json.dumps(param.rust_type)}"
    return f"{head} = {', '.join(leaves)}" if leaves else head


def _block_lines(block: Block, spans: bool) -> list[str]:
    params = ", ".join(map(definition_text, block.params))
    items = [(op_text(op), op.loc) for op in block.ops]
    items.append((terminator_text(block.terminator), block.terminator.loc))
    head = f"{name_text(block.label)}{f'({params})' if params else ''}:"
    return [head, *(f"  {text:<60}  ; {loc.span}" if spans else f"  {text}" for text, loc in items)]


def kernel_text(kernel: Kernel, *, spans: bool = False) -> str:
    """The whole kernel; with `spans`, each line ends in a comment with the user's source position."""
    lines = [f"kernel {name_text(kernel.name)} {{"]
    lines += [f"  {_object_text(obj)}" for obj in kernel.objects]
    lines += [f"  {_param_text(param)}" for param in kernel.params]
    for block in kernel.blocks:
        lines += _block_lines(block, spans)
    return "\n".join([*lines, "}", ""])

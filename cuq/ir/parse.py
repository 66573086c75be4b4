"""Reader of the IR's textual form (see `cuq.ir.text`)."""

from __future__ import annotations

import re
from dataclasses import field

from cuq.base.errors import InputError
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.ir.module import Block, Kernel, MemObject, ObjectKind, Param
from cuq.ir.ops import (
    Arbitrary,
    Assume,
    AtomicCas,
    AtomicRmw,
    Barrier,
    Binary,
    BinOp,
    Branch,
    Cast,
    CastKind,
    Compare,
    CopyBytes,
    Edge,
    Exchange,
    ExchangeOp,
    Fence,
    FloatOp,
    Jump,
    Load,
    Loc,
    NoWrap,
    Op,
    Overflow,
    Panic,
    PanicKind,
    Pred,
    PtrAdd,
    ReadSpecial,
    Reg,
    Return,
    RmwOp,
    Select,
    Store,
    Switch,
    Terminator,
    Unreachable,
    Value,
    WarpBarrier,
)
from cuq.ir.scan import Line, parse_type
from cuq.ir.types import Order, Scope, Space, Special

_DEFINITION = re.compile(r"%(\d+):(\w+)")


def parse_kernel(text: str, file: str = "<ir>") -> Kernel:
    """The kernel that `text` describes; `file` names the text in positions and errors.

    Raises `InputError` at the first line that is not understood. Well-formedness is `cuq.ir.verify`'s.
    """
    types = {int(n): kind for n, t in _DEFINITION.findall(text) if (kind := parse_type(t)) is not None}
    lines = [Line(raw, Span.at(file, number), types) for number, raw in enumerate(text.splitlines(), 1)]
    lines = [line for line in lines if line.tokens]
    if not lines:
        raise InputError("no kernel in this text", span=Span.at(file, 1))
    head = lines[0]
    head.expect("kernel")
    name = head.name()
    head.expect("{")
    head.end()
    params: list[Param] = []
    objects: list[MemObject] = []
    blocks: list[_OpenBlock] = []
    for line in lines[1:]:
        if line.peek() == "}":
            break
        if not blocks and line.take("object"):
            objects.append(_object(line))
        elif not blocks and line.take("param"):
            params.append(_param(line))
        elif line.is_label():
            blocks.append(_OpenBlock(*_label(line), line.span))
        elif not blocks:
            raise line.error("expected an object, a parameter or a block label")
        else:
            _into_block(line, blocks[-1])
        line.end()
    else:
        raise InputError("the kernel does not end in `}`", span=lines[-1].span)
    return Kernel(name, tuple(params), tuple(objects), tuple(b.close() for b in blocks), head.span)


@dataclass(slots=True)
class _OpenBlock:
    label: str
    params: tuple[Reg, ...]
    span: Span
    ops: list[Op] = field(default_factory=list)
    terminator: Terminator | None = None

    def close(self) -> Block:
        if self.terminator is None:
            raise InputError(f"IR text: block {self.label} has no terminator", span=self.span)
        return Block(self.label, self.params, tuple(self.ops), self.terminator)


def _object(line: Line) -> MemObject:
    name = line.name()
    line.expect(":")
    kind, space = line.enum(ObjectKind), line.enum(Space)
    line.expect("element")
    element = line.number()
    return MemObject(
        name,
        kind,
        space,
        element,
        size=line.number() if line.take("size") else None,
        length=line.definition() if line.take("length") else None,
        readonly=line.take("readonly"),
        device=line.take("device"),
        image=bytes.fromhex(line.string()) if line.take("image") else None,
        span=line.span,
    )


def _param(line: Line) -> Param:
    name = line.name()
    line.expect(":")
    rust_type = line.string()
    regs: list[Reg] = []
    names: list[str] = []
    objects: list[str | None] = []
    signed: list[bool] = []
    if line.take("="):
        while not regs or line.take(","):
            regs.append(line.definition())
            line.expect("as")
            names.append(line.name())
            signed.append(line.next() == "signed")
            target = None
            if line.take("->"):
                line.expect("@")
                target = line.name()
            objects.append(target)
    return Param(name, rust_type, tuple(regs), tuple(names), tuple(objects), tuple(signed))


def _label(line: Line) -> tuple[str, tuple[Reg, ...]]:
    name = line.name()
    params: list[Reg] = []
    if line.take("("):
        while not line.take(")"):
            if params:
                line.expect(",")
            params.append(line.definition())
    line.expect(":")
    return name, tuple(params)


def _into_block(line: Line, block: _OpenBlock) -> None:
    if block.terminator is not None:
        raise line.error(f"block {block.label} already has its terminator")
    loc = Loc(line.span)
    block.terminator = _terminator(line, loc)
    if block.terminator is None:
        block.ops.append(_op(line, loc))


def _terminator(line: Line, loc: Loc) -> Terminator | None:
    """The terminator on this line, None if its first word is that of no terminator."""
    match line.peek():
        case "jump":
            line.next()
            return Jump(line.edge(), loc)
        case "branch":
            line.next()
            cond = line.value()
            line.expect(",")
            then = line.edge()
            line.expect(",")
            return Branch(cond, then, line.edge(), loc)
        case "switch":
            line.next()
            value = line.value()
            line.expect(",")
            cases: list[tuple[int, Edge]] = []
            while not line.take("else"):
                bits = line.number()
                line.expect("->")
                cases.append((bits, line.edge()))
                line.expect(",")
            return Switch(value, tuple(cases), line.edge(), loc)
        case "return":
            line.next()
            return Return(loc)
        case "panic":
            line.next()
            word = line.next()
            if word not in PanicKind.__members__:
                raise line.error(f"`{word}` is no PanicKind")
            return Panic(PanicKind[word], line.string(), loc)
        case "unreachable":
            line.next()
            return Unreachable(loc)
        case _:
            return None


def _op(line: Line, loc: Loc) -> Op:
    if line.peek() != "%":
        return _effect(line, loc)
    reg = line.definition()
    line.expect("=")
    word = line.next()
    if word in _BINARY:
        nowrap = next((n for n in NoWrap if n.value and line.take(n.value)), NoWrap.NONE)
        return Binary(reg, BinOp(word), *_pair(line), loc, nowrap)
    if word in _CASTS:
        return Cast(reg, CastKind(word), line.value(), loc)
    match word:
        case "overflow":
            signed = line.take("signed")
            if not signed:
                line.expect("unsigned")
            return Overflow(reg, line.enum(BinOp), signed, *_pair(line), loc)
        case "cmp":
            return Compare(reg, line.enum(Pred), *_pair(line), loc)
        case "select":
            return Select(reg, *_triple(line), loc)
        case "float":
            name = line.next()
            return FloatOp(reg, name, _values(line), loc)
        case "special":
            return ReadSpecial(reg, line.enum(Special), loc)
        case "ptradd":
            inbounds, unsigned = line.take("inbounds"), line.take("unsigned")
            base, offset = _pair(line)
            return PtrAdd(reg, base, offset, inbounds, loc, unsigned)
        case "load":
            sem = line.sem()
            return Load(reg, line.value(), sem, loc)
        case "rmw":
            kind, sem = line.enum(RmwOp), line.sem()
            return AtomicRmw(reg, kind, *_pair(line), sem, loc)
        case "exchange":
            kind_, values = line.enum(ExchangeOp), _values(line)
            return Exchange(reg, kind_, values[:-1], values[-1], loc)
        case "arbitrary":
            return Arbitrary(reg, line.string(), loc)
        case "cas":
            sem, failure = line.sem(), line.enum(Order)
            return AtomicCas(reg, *_triple(line), sem, failure, loc)
        case _:
            raise line.error(f"unknown operation `{word}`")


def _effect(line: Line, loc: Loc) -> Op:
    """An operation without a result."""
    match line.next():
        case "store":
            sem = line.sem()
            return Store(*_pair(line), sem, loc)
        case "copy":
            target_sem, source_sem = line.sem(), line.sem()
            return CopyBytes(*_triple(line), target_sem, source_sem, loc)
        case "fence":
            order = line.enum(Order)
            return Fence(order, line.enum(Scope), loc)
        case "barrier":
            return Barrier(line.number(), loc)
        case "warpbarrier":
            return WarpBarrier(line.value(), loc)
        case "assume":
            return Assume(line.value(), loc)
        case word:
            raise line.error(f"unknown operation `{word}`")


_BINARY = {op.value for op in BinOp}
_CASTS = {kind.value for kind in CastKind}


def _values(line: Line) -> tuple[Value, ...]:
    """The rest of the line: values, separated by commas."""
    values: list[Value] = []
    while line.peek():
        if values:
            line.expect(",")
        values.append(line.value())
    return tuple(values)


def _pair(line: Line) -> tuple[Value, Value]:
    first = line.value()
    line.expect(",")
    return first, line.value()


def _triple(line: Line) -> tuple[Value, Value, Value]:
    first = line.value()
    line.expect(",")
    return first, *_pair(line)

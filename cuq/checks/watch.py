"""The values of the user's variables at the accesses of a finding: the launch is run once more, with stores of these
values to memory that nobody else sees, and a trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from cuq.base.errors import CuqError
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.checks.replay import LIMITS, config_of
from cuq.checks.result import Event, Finding, IndexPart, Launch, ThreadId
from cuq.checks.session import Session
from cuq.ir.graph import cfg, loop_forest
from cuq.ir.interp.launch import ThreadCoord
from cuq.ir.interp.run import Interpreter
from cuq.ir.interp.schedule import Schedule
from cuq.ir.interp.thread import TraceEvent
from cuq.ir.module import Block, Kernel, MemObject, ObjectKind, successors
from cuq.ir.operands import operands
from cuq.ir.ops import (
    Barrier,
    Branch,
    Const,
    CopyBytes,
    Loc,
    MemoryOp,
    ObjectRef,
    Op,
    Panic,
    PtrAdd,
    Reg,
    Store,
    Value,
)
from cuq.ir.passes.rewrite import definitions, fresh
from cuq.ir.types import I8, I64, PTR, IntType, MemSem, Order, Space

_MOST = 5
"""Variables that are shown of one access: those nearest to its address, then those that its loops carry."""
_BARRIERS = "watch.barriers"
_SLOT = 16
_LOCAL = MemSem(Space.LOCAL, Order.WEAK, None)


@dataclass(frozen=True, slots=True)
class Watched:
    """One operation and the registers whose values are stored before it, to an object of its own."""

    op: Op | Panic
    object: str
    registers: tuple[Reg, ...]


def with_values(
    session: Session,
    findings: Sequence[Finding],
    launch: Launch,
    only: Iterable[ThreadId] | None,
    schedule: Schedule,
) -> list[Finding]:
    """The findings, of whose events those that an access or a panic makes have the values of variables."""
    kernel = session.interpreter.kernel
    places = {(event.span, event.chain) for finding in findings for event in finding.events}
    watched = [w for w in _watched(kernel, places) if w.registers]
    if not watched:
        return list(findings)
    threads = None if only is None else [ThreadCoord(t.block, t.thread) for t in only]
    try:
        report = Interpreter(_instrumented(kernel, watched)).run(
            config_of(session, launch), only_threads=threads, schedule=schedule, limits=LIMITS, trace=True
        )
    except CuqError:
        return list(findings)
    names = _names(kernel)
    traces: dict[ThreadId, list[TraceEvent]] = {}
    for step in report.trace:
        traces.setdefault(ThreadId(step.thread.thread, step.thread.block), []).append(step)
    return [
        replace(
            finding,
            events=tuple(
                _valued(event, watched, traces.get(event.thread, ()), names) for event in finding.events
            ),
        )
        for finding in findings
    ]


def _names(kernel: Kernel) -> dict[Reg, str]:
    """The variables, without parameters: a launch tells their values."""
    params = {reg for param in kernel.params for reg in param.regs}
    return {reg: name for reg, name in kernel.debug_names if reg not in params}


def _watched(kernel: Kernel, places: set[tuple[Span | None, tuple[Span, ...]]]) -> Iterator[Watched]:
    defined = definitions(kernel.blocks)
    names = _names(kernel)
    conditions: dict[str, list[Value]] = {}
    for block in kernel.blocks:
        if isinstance(block.terminator, Branch):
            for edge in successors(block.terminator):
                conditions.setdefault(edge.target, []).append(block.terminator.cond)
    forest = loop_forest(cfg(kernel), kernel.span)
    headers = {block.label: block for block in kernel.blocks}
    number = count()
    for block in kernel.blocks:
        for op in (*block.ops, block.terminator):
            if not isinstance(op, MemoryOp | Panic) or (op.loc.span, op.loc.chain) not in places:
                continue
            match op:
                case Panic():
                    asked: list[Value] = [*conditions.get(block.label, ())]
                case CopyBytes():
                    asked = list(operands(op))
                case _:
                    asked = [op.pointer]
            around = [reg for loop in forest.chain(block.label) for reg in headers[loop.header].params]
            asked += reversed(around)
            yield Watched(op, f"watch.{next(number)}", tuple(_variables(asked, defined, names)))


def _variables(values: Iterable[Value], defined: dict[Reg, Op], names: dict[Reg, str]) -> Iterator[Reg]:
    """The nearest registers that are variables, one for each name."""
    seen: set[Value] = set()
    shown: set[str] = set()
    pending = list(values)
    while pending and len(shown) < _MOST:
        value = pending.pop(0)
        if not isinstance(value, Reg) or value in seen:
            continue
        seen.add(value)
        is_shown = value in names and isinstance(value.type, IntType) and value.type.bits >= I8.bits
        if is_shown and names[value] not in shown:
            shown.add(names[value])
            yield value
        if value in defined and not isinstance(defined[value], MemoryOp):
            pending += operands(defined[value])


def _instrumented(kernel: Kernel, watched: Sequence[Watched]) -> Kernel:
    objects = tuple(
        MemObject(w.object, ObjectKind.LOCAL, Space.LOCAL, 1, _SLOT * len(w.registers)) for w in watched
    )
    numbers = count(fresh(kernel))
    before = {id(w.op): w for w in watched}

    def stores(op: Op | Panic) -> Iterator[Op]:
        if isinstance(op, Barrier):
            yield Store(ObjectRef(_BARRIERS), Const(0, I8), _LOCAL, op.loc)
        if (found := before.get(id(op))) is not None:
            for number, reg in enumerate(found.registers):
                at = Reg(next(numbers), PTR)
                yield PtrAdd(at, ObjectRef(found.object), Const(_SLOT * number, I64), True, op.loc)
                yield Store(at, reg, _LOCAL, op.loc)

    def block(old: Block) -> Block:
        ops: list[Op] = []
        for op in old.ops:
            ops += (*stores(op), op)
        if isinstance(old.terminator, Panic):
            ops += stores(old.terminator)
        return replace(old, ops=tuple(ops))

    barriers = MemObject(_BARRIERS, ObjectKind.LOCAL, Space.LOCAL, 1, 1)
    return replace(
        kernel, objects=(*kernel.objects, barriers, *objects), blocks=tuple(map(block, kernel.blocks))
    )


def _valued(
    event: Event, watched: Sequence[Watched], trace: Sequence[TraceEvent], names: dict[Reg, str]
) -> Event:
    """The event with the values that were stored last before it."""
    mine = [w for w in watched if Loc(event.span, event.chain) == w.op.loc] if event.span is not None else []
    owners = {w.object: w for w in mine}
    ops = {id(w.op): w for w in mine}
    barriers = 0
    latest: dict[str, dict[int, int]] = {w.object: {} for w in mine}
    found: dict[str, int] = {}
    for step in trace:
        if step.obj == _BARRIERS:
            barriers += 1
        elif step.obj in owners:
            if step.value is not None:
                latest[step.obj][step.offset // _SLOT] = step.value
        elif (
            id(step.site.op) in ops
            and (step.obj, step.offset, step.width) == (event.obj, event.offset, event.width)
            and event.barriers in (None, barriers)
        ):
            found = _named(ops[id(step.site.op)], latest, names)
    if not found and event.barriers is None:  # a thread ends where it comes to grief
        found = {name: value for w in mine for name, value in _named(w, latest, names).items()}
    return replace(event, parts=tuple(IndexPart(name, value) for name, value in found.items()))


def _named(of: Watched, latest: dict[str, dict[int, int]], names: dict[Reg, str]) -> dict[str, int]:
    values = latest[of.object]
    return {names[reg]: values[number] for number, reg in enumerate(of.registers) if number in values}

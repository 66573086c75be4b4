"""Findings from what the reference interpreter saw in one launch."""

from __future__ import annotations

from collections.abc import Iterable

from cuq.base.span import Span
from cuq.checks.result import Event, Finding, Launch, ThreadId
from cuq.checks.wording import plain
from cuq.ir.interp.launch import ThreadCoord
from cuq.ir.interp.report import Access, Divergence, Fault, Race, Report
from cuq.ir.interp.values import FaultKind
from cuq.ir.module import Kernel, MemObject
from cuq.ir.ops import CopyBytes, MemoryOp
from cuq.ir.types import Order, Scope


def race_findings(kernel: Kernel, report: Report, launch: Launch) -> list[Finding]:
    """One finding for each pair of operations that raced."""
    return [_race(kernel, race, launch) for race in report.races]


def _race(kernel: Kernel, race: Race, launch: Launch) -> Finding:
    obj = kernel.object(race.obj)
    first, second = _event(obj, race.first), _event(obj, race.second)
    atomic = race.first.order.atomic or race.second.order.atomic
    if atomic:
        code, kind = (
            "CUQ-R003",
            "an atomic access" if race.first.order.atomic != race.second.order.atomic else "atomic accesses",
        )
        title = f"data race on `{race.obj}` that involves {kind}"
    elif race.crosses_blocks:
        code, title = "CUQ-R002", f"data race on `{race.obj}` between blocks"
    else:
        code, title = "CUQ-R001", f"data race on `{race.obj}` between threads of a block"
    notes = []
    if race.same_value:
        notes.append("both write the same value here; that does not make it less of a race")
    if Order.VOLATILE in (race.first.order, race.second.order):
        notes.append("volatile accesses are not atomic in Rust; PTX treats them as relaxed with system scope")
    notes += [
        text
        for one, other in ((race.first, race.second), (race.second, race.first))
        if (text := _scope(one, other))
    ]
    words = "/".join("write" if a.writes else "read" for a in (race.first, race.second))
    return Finding(
        code,
        title,
        f"data race on `{race.obj}` ({words})",
        (first, second),
        launch,
        True,
        span=(first if race.first.writes else second).span,
        interval=_interval(race),
        notes=tuple(notes),
        help=(_race_help(race),),
    )


def _scope(access: Access, other: Access) -> str | None:
    """Why an atomic access is not one for a thread of another block."""
    op = access.site.op
    scope = op.sem.scope if isinstance(op, MemoryOp) and not isinstance(op, CopyBytes) else None
    if scope not in (Scope.CTA, Scope.CLUSTER) or access.thread.block == other.thread.block:
        return None
    mine, others = _coord(access.thread.block), _coord(other.thread.block)
    return f"scope `{scope.value}` of the access by block {mine} does not include block {others}"


def _coord(index: tuple[int, ...]) -> str:
    return f"({','.join(map(str, index))})"


def _race_help(race: Race) -> str:
    if race.crosses_blocks:
        return "barriers do not order different blocks: give each block its own elements, or use atomics"
    return "put a block barrier between the two accesses, or let each thread use its own elements"


def _interval(race: Race) -> str | None:
    if race.crosses_blocks:
        return None
    count = race.first.interval
    return "before the first barrier" if count == 0 else f"after {count} barrier{'s' if count > 1 else ''}"


def _event(obj: MemObject, access: Access) -> Event:
    action = "writes" if access.writes else "reads"
    if access.order.atomic:
        action = "updates atomically" if access.writes else "reads atomically"
    index, rest = divmod(access.offset, max(1, obj.element))
    target = f"{obj.name}[{index}]" if rest == 0 else f"{obj.name} at byte {access.offset}"
    loc = access.site.loc
    return Event(
        _thread(access.thread),
        action,
        loc.span,
        loc.chain,
        target,
        obj.name,
        access.offset,
        access.width,
        access.value,
        barriers=access.interval,
    )


def _thread(thread: ThreadCoord) -> ThreadId:
    return ThreadId(thread.thread, thread.block)


def divergence_findings(kernel: Kernel, report: Report, launch: Launch) -> list[Finding]:
    """One finding for each barrier round that did not complete."""
    seen: set[tuple[Span, ...]] = set()
    findings: list[Finding] = []
    for divergence in report.divergences:
        finding = _divergence(divergence, launch)
        places = tuple(e.span for e in finding.events if e.span)
        if places not in seen:
            seen.add(places)
            findings.append(finding)
    return findings


def _divergence(divergence: Divergence, launch: Launch) -> Finding:
    waits = divergence.waiting[0]
    gone = divergence.exited[0] if divergence.exited else None
    elsewhere = next((p for p in divergence.waiting if p.site is not waits.site), None)
    other = elsewhere or gone
    events = [Event(_thread(waits.thread), "waits", waits.site.loc.span, waits.site.loc.chain)]
    if other is not None:
        action = "waits" if other is elsewhere else "exits"
        events.append(Event(_thread(other.thread), action, other.site.loc.span, other.site.loc.chain))
    code = "CUQ-D002" if elsewhere is None else "CUQ-D001"
    title = (
        "barrier missed by threads that have exited"
        if elsewhere is None
        else "barrier that not all threads of a block reach"
    )
    notes: tuple[str, ...] = ()
    if elsewhere is None:
        notes = ("hardware since Volta counts exited threads as arrived; the CUDA contract does not",)
    return Finding(
        code,
        title,
        title,
        tuple(events),
        launch,
        True,
        span=waits.site.loc.span,
        notes=notes,
        help=("move the barrier to where all threads of the block pass it the same number of times",),
    )


_FAULTS = {
    FaultKind.PANIC: ("CUQ-P001", "panics"),
    FaultKind.BOUNDS: ("CUQ-B001", "accesses"),
    FaultKind.UB: ("CUQ-U001", "executes"),
}


def fault_findings(kernel: Kernel, faults: Iterable[Fault], launch: Launch) -> list[Finding]:
    """One finding for each place at which a thread came to grief."""
    findings: dict[str, Finding] = {}
    for fault in faults:
        code, action = _FAULTS[fault.kind]
        loc = fault.site.loc
        target = None
        if fault.obj is not None and fault.offset is not None:
            element = max(1, kernel.object(fault.obj).element)
            target = f"{fault.obj}[{fault.offset // element}]"
        event = Event(
            _thread(fault.thread), action, loc.span, loc.chain, target, fault.obj, fault.offset, fault.width
        )
        message = plain(fault.message)
        if fault.kind is FaultKind.BOUNDS and fault.obj is not None:
            message = f"access outside `{fault.obj}`: {message}"
        finding = Finding(code, message, message, (event,), launch, True, span=loc.span)
        findings.setdefault(str(loc.span), finding)
    return list(findings.values())

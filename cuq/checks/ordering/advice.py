"""What would order a pair that is not: a stronger ordering, or an initial value, checked before it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from cuq.base.records import dataclass
from cuq.checks.fewest import fewest
from cuq.checks.ordering.context import Orderings
from cuq.checks.result import CheckResult, Verdict
from cuq.checks.session import Session
from cuq.contract.contract import Initial
from cuq.ir.module import Kernel
from cuq.ir.ops import AtomicCas, AtomicRmw, Load, Op, Store
from cuq.ir.types import Order, Space

Decide = Callable[[Session], CheckResult]

_MOST = 8
"""Kernels that are checked for the sake of advice."""

_RUST = {
    Order.RELAXED: "Relaxed",
    Order.ACQUIRE: "Acquire",
    Order.RELEASE: "Release",
    Order.ACQ_REL: "AcqRel",
    Order.SC: "SeqCst",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One atomic operation with another ordering."""

    op: Op
    stronger: Op
    text: str


def advice(session: Session, orderings: Orderings, decide: Decide) -> tuple[str, ...]:
    """What makes the kernel race free by `decide`. Nothing is said that was not checked."""
    if orderings.possible:
        return tuple(_stronger(session, decide))
    return tuple(_initial(session, orderings, decide))


def _initial(session: Session, orderings: Orderings, decide: Decide) -> Iterator[str]:
    """The initial value 0 of atomics of which the contract says nothing."""
    atomic = {
        site.item.obj.name
        for site in orderings.program.accesses
        if site.item.sem.order.atomic and site.item.kind.writes and site.item.obj.space is Space.GLOBAL
    }
    names = sorted(atomic - {item.name for item in session.contract.initial})
    acquires = any(site.item.sem.order not in _PLAIN for site in orderings.program.accesses)
    if not names or not (acquires or orderings.program.fences):
        return
    at = session.contract.span
    given = tuple(Initial(name, 0, at) for name in names)
    contract = replace(session.contract, initial=(*session.contract.initial, *given))
    other = Session(session.kernel, contract, session.options)
    if decide(other).verdict is Verdict.VERIFIED:
        items = " ".join(f"init.{name}=0" for name in names)
        whose = ", ".join(f"`{name}`" for name in names)
        yield f"if {whose} holds 0 when the launch begins, there is no race: //@ cuq: kernel={session.kernel.name} {items}"


_PLAIN = frozenset({Order.WEAK, Order.VOLATILE, Order.RELAXED})


def _stronger(session: Session, decide: Decide) -> Iterator[str]:
    """As few orderings to strengthen as suffice, each no more than it takes."""
    choices = [edits for op in session.kernel.ops() if (edits := tuple(_edits(op)))]
    strongest = [edits[-1] for edits in choices]
    if not choices or len(choices) > _MOST or not _suffices(session, strongest, decide):
        return
    needed = fewest(
        list(zip(choices, strongest, strict=True)),
        lambda fewer: _suffices(session, [edit for _, edit in fewer], decide),
    )
    found = [edit for _, edit in needed]
    for i, (weaker, _) in enumerate(needed):
        for edit in weaker[:-1]:
            instead = [*found[:i], edit, *found[i + 1 :]]
            if _suffices(session, instead, decide):
                found = instead
                break
    yield f"{' and '.join(edit.text for edit in found)} would order the accesses: there is no race then"


def _suffices(session: Session, edits: list[Edit], decide: Decide) -> bool:
    swapped = {id(edit.op): edit.stronger for edit in edits}
    kernel: Kernel = replace(
        session.kernel,
        blocks=tuple(
            replace(block, ops=tuple(swapped.get(id(op), op) for op in block.ops))
            for block in session.kernel.blocks
        ),
    )
    return (
        session.left_ms() > 0
        and decide(Session(kernel, session.contract, session.options)).verdict is Verdict.VERIFIED
    )


def _edits(op: Op) -> Iterator[Edit]:
    """Stronger orderings of an atomic operation, the strongest last."""
    match op:
        case Load(sem=sem):
            orders = [Order.ACQUIRE]
        case Store(sem=sem):
            orders = [Order.RELEASE]
        case AtomicRmw(sem=sem) | AtomicCas(sem=sem):
            orders = [Order.ACQUIRE, Order.RELEASE, Order.ACQ_REL]
        case _:
            return
    if not sem.order.atomic or sem.order in (orders[-1], Order.SC):
        return
    line = f"{op.loc.span.line}:{op.loc.span.column}" if op.loc.span else "?"
    for order in orders:
        if order is not sem.order:
            text = f"{_RUST[order]} instead of {_RUST[sem.order]} at {line}"
            yield Edit(op, replace(op, sem=replace(sem, order=order)), text)

"""The summary as text, for `cuq show summary` and golden tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cuq.analysis.expr import TRUE, Cond
from cuq.analysis.summary import (
    Access,
    Carried,
    FenceItem,
    Last,
    LastBarrier,
    Loop,
    Obligation,
    Region,
    Summary,
    Through,
    WarpItem,
    When,
)


def summary_text(summary: Summary) -> str:
    """One line for each item, indented by loop; every line names its source position."""
    lines = [f"kernel {summary.kernel.name}"]
    lines += [f"  not followed: {o.construct} at {o.loc.span}" for o in summary.obstacles]
    lines += [f"  {line}" for line in _region(summary.body)]
    return "\n".join(lines) + "\n"


def _region(region: Region) -> Iterator[str]:
    for item in region.items:
        match item:
            case Access():
                order = "" if not item.sem.order.atomic else f" {item.sem}"
                yield (
                    f"{item.kind.value} {item.obj.name}[{item.offset} .. +{item.width}]{order}"
                    f"{_if(item.guard)}{_after(item.last)}  # {item.loc.span}"
                )
            case Obligation():
                yield (
                    f"never ({item.kind.value}) {item.message}: {item.violation}{_if(item.guard)}"
                    f"  # {item.loc.span}"
                )
            case Loop():
                yield f"loop {item.id}{_if(item.guard)}  # {item.loc.span}"
                for variable in item.carried:
                    yield f"  {_carried(variable)}"
                for line in _region(item.body):
                    yield f"  {line}"
                yield f"  again if {item.again}"
            case FenceItem():
                yield f"fence {item.order.value}.{item.scope.value}{_if(item.guard)}  # {item.loc.span}"
            case WarpItem():
                yield f"lanes meet{_if(item.guard)}  # {item.loc.span}"
            case _:
                yield f"barrier {item.site}{_if(item.guard)}{_after(item.last)}  # {item.loc.span}"


def _carried(variable: Carried) -> str:
    closed = f" = {variable.closed}" if variable.closed is not None else ""
    facts = f" with {variable.facts}" if variable.facts != TRUE else ""
    uniform = "uniform " if variable.uniform else ""
    return (
        f"{uniform}{variable.form.value} {variable.sym}: from {variable.init}, "
        f"then {variable.next}{closed}{facts}"
    )


def _if(cond: Cond) -> str:
    return "" if cond == TRUE else f" if {cond}"


def _after(last: Last) -> str:
    return " after " + " or ".join(_last(b) for b in last)


def _last(barrier: LastBarrier) -> str:
    if barrier.header is not None:
        start = f"what precedes an iteration of loop {barrier.header}"
    else:
        start = "start" if barrier.site is None else f"barrier {barrier.site}"
    steps = []
    for step in barrier.steps:
        match step:
            case When(cond=cond):
                steps.append(f"when {cond}")
            case Through(move=move, loop=loop):
                steps.append(f"loop {loop} {move.value}")
            case _:
                assert_never(step)
    return ", ".join([start, *steps])

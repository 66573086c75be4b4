"""One fixture before three judges: cuq's verdicts, the reference interpreter, and the host."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

from cuq.checks.options import Options
from cuq.checks.result import Finding, KernelResult, Property, Verdict
from cuq.checks.run import check_kernel
from cuq.contract import Contract
from cuq.ir.interp import InOrder, Interpreter, LaunchConfig, Limits, Report
from cuq.ir.module import Kernel
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import Fixture
from tests.oracle.build import Program, build
from tests.oracle.launch import Order, Seen, explicit, launch
from tests.oracle.source import NotOnHost
from tests.soundness.judge import config_of
from tests.soundness.launches import launches

LAUNCHES = 5
_TRIED = 60
_LARGEST = 600
"""Parameters beyond make loops too long to run on; the witnesses have theirs all the same."""
_LIMITS = Limits(thread_steps=4_000, launch_steps=100_000)
_WHOLE = 4_096
"""Threads up to which all blocks of a witness run; of larger launches, the blocks of the finding."""


@dataclass(slots=True)
class Row:
    """`wrong`: what speaks against a verdict or the interpreter. `left`: witnesses that were not run, with why."""

    fixture: str
    reason: str = ""
    launches: int = 0
    compared: int = 0
    seen: set[Property] = field(default_factory=set)
    witnesses: set[Property] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def compared(fixture: Fixture, most: int = LAUNCHES) -> Row:
    """Run a fixture in `most` small launches and in the launches of its refutations."""
    row = Row(fixture.name)
    task = task_of(load(fixture), Options())
    kernel = task.kernel
    if not isinstance(kernel, Kernel):
        row.reason = "not translated"
        return row
    with tempfile.TemporaryDirectory() as folder:
        try:
            program = build(fixture, kernel, Path(folder) / "plain")
        except NotOnHost as error:
            row.reason = str(error)
            return row
        result = check_kernel(kernel, task.contract, Options())
        judge(program, task.contract, result, most, row)
        for finding in _witnesses(result, Property.UB):
            checked = build(fixture, kernel, Path(folder) / "checked", checks=True)
            _witness(checked, task.contract, Property.UB, finding, row)
    return row


def judge(program: Program, contract: Contract, result: KernelResult, most: int, row: Row) -> None:
    """Fill `row` with what launches of the program say of the result."""
    kernel = program.kernel
    verdicts = {check.property: check.verdict for check in result.checks}
    interpreter = Interpreter(kernel)
    for number, config in enumerate(small_launches(kernel, contract, most)):
        reverse = number % 2 == 1
        seen = launch(program, config, order=Order.REVERSE if reverse else Order.FORWARD)
        row.launches += 1
        found = violated(seen)
        row.seen |= found
        row.wrong += [
            f"{prop.value} is verified, and happens: {_told(config)}"
            for prop in sorted(found, key=lambda p: p.value)
            if verdicts[prop] is Verdict.VERIFIED
        ]
        report = interpreter.run(config, schedule=InOrder(reverse), limits=_LIMITS)
        if report.finished and not seen.stopped:
            row.compared += 1
            row.wrong += [f"{what}: {_told(config)}" for what in differences(seen, report)]
    for prop in (Property.RACE, Property.DIVERGENCE, Property.BOUNDS, Property.PANIC):
        for finding in _witnesses(result, prop):
            _witness(program, contract, prop, finding, row)


def small_launches(kernel: Kernel, contract: Contract, most: int) -> list[LaunchConfig]:
    """Launches that take few steps, with contents written out."""
    tried = launches(kernel, contract, random.Random(kernel.name), _TRIED)
    fitting = (c for c in tried if all(abs(n) <= _LARGEST for n in c.params.values()))
    return [explicit(kernel, config) for config, _ in zip(fitting, range(most), strict=False)]


def violated(seen: Seen) -> set[Property]:
    shown = {
        Property.RACE: seen.races,
        Property.DIVERGENCE: seen.divergent,
        Property.BOUNDS: seen.bounds,
        Property.PANIC: seen.panics,
        Property.UB: seen.ubs,
    }
    return {prop for prop, what in shown.items() if what}


def differences(seen: Seen, report: Report) -> Iterator[str]:
    """Where host and interpreter do not say the same of one launch. Races are compared line by line."""
    theirs = {
        (_pair(r.first.site.loc.span.line, r.second.site.loc.span.line), r.crosses_blocks)
        for r in report.races
    }
    if theirs != seen.races:
        yield f"races on the host {sorted(seen.races)}, in the interpreter {sorted(theirs)}"
    for what, here, there in (
        ("divergence", seen.divergent, bool(report.divergences)),
        ("panic", bool(seen.panics), bool(report.panics)),
        ("bounds", bool(seen.bounds), bool(report.bounds)),
    ):
        if here != there:
            yield f"{what} {'only' if here else 'not'} on the host"


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a <= b else (b, a)


def _witnesses(result: KernelResult, prop: Property) -> Iterator[Finding]:
    """The first confirmed finding of a refuted property."""
    for check in result.checks:
        if check.property is prop and check.verdict is Verdict.REFUTED:
            yield from [f for f in check.findings if f.confirmed and f.launch is not None][:1]


def _witness(program: Program, contract: Contract, prop: Property, finding: Finding, row: Row) -> None:
    """The host must show the finding at its launch."""
    assert finding.launch is not None
    config = explicit(program.kernel, config_of(program.kernel, contract, finding.launch))
    few = prod(config.block) * prod(config.grid) <= _WHOLE
    blocks = () if few else {event.thread.block for event in finding.events}
    seen = launch(program, config, blocks=blocks)
    if not _shown(prop, finding, seen):
        seen = launch(program, config, blocks=blocks, order=Order.TURNS)
    if _shown(prop, finding, seen):
        row.witnesses.add(prop)
    elif seen.stopped:
        row.left.append(f"{prop.value}: {seen.stopped}")
    else:
        row.wrong.append(f"{prop.value} is refuted, and does not happen: {_told(config)}")


def _shown(prop: Property, finding: Finding, seen: Seen) -> bool:
    lines = sorted(event.span.line for event in finding.events if event.span is not None)
    if prop is Property.RACE and len(lines) == 2:
        return any(pair == _pair(*lines) for pair, _ in seen.races)
    return prop in violated(seen)


def _told(config: LaunchConfig) -> str:
    return f"block={config.block} grid={config.grid} {dict(config.params)}"

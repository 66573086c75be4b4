"""Compares the verdicts on one kernel with what the interpreter sees in small launches of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import prod

from cuq.base.span import Span
from cuq.checks.options import Options
from cuq.checks.result import Finding, KernelResult, Launch, Property, Verdict
from cuq.checks.run import check_kernel
from cuq.contract import Contract
from cuq.ir.interp import (
    InOrder,
    Interleaved,
    Interpreter,
    LaunchConfig,
    Limits,
    Report,
    Schedule,
    ThreadCoord,
)
from cuq.ir.interp.inputs import initial_fills
from cuq.ir.interp.report import Fault
from cuq.ir.module import Kernel, successors
from cuq.ir.operands import operands, terminator_operands
from cuq.ir.ops import Assume, PtrAdd, Reg
from tests.soundness.launches import admits, extents, launches

QUICK = Options(timeout_ms=120, budget_ms=500)
PATIENT = Options(timeout_ms=1_000, budget_ms=5_000)
"""Budgets: of the test suite, and of long runs. What is not decided within them is `unknown`, never wrong."""
LIMITS = Limits(thread_steps=150, launch_steps=2_500, idle_turns=20)
_REPLAY_LIMITS = Limits(thread_steps=2_000, launch_steps=20_000)
_SCHEDULES: tuple[Schedule, ...] = (InOrder(), InOrder(reverse=True), Interleaved(7))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A verdict and the launch that speaks against it."""

    property: Property
    what: str
    launch: LaunchConfig | None = None


@dataclass(slots=True)
class Judgement:
    """`observed`: properties that some launch violated. `runs`: launches that were interpreted."""

    verdicts: dict[Property, Verdict]
    contradictions: list[Contradiction] = field(default_factory=list)
    observed: set[Property] = field(default_factory=set)
    runs: int = 0
    finished: int = 0


def judge(
    kernel: Kernel, contract: Contract, seed: int, options: Options, most: int, limits: Limits = LIMITS
) -> Judgement:
    """The verdicts on the kernel, and everything that contradicts them in up to `most` launches."""
    result = check_kernel(kernel, contract, options)
    verdicts = {check.property: check.verdict for check in result.checks}
    judgement = Judgement(verdicts)
    interpreter = Interpreter(kernel)
    rng = random.Random(seed)
    offsets = raw_offsets(kernel)
    initialised = any("initialised" in check.assumptions for check in result.checks)
    initial = initial_fills(kernel, contract)
    for drawn in launches(kernel, contract, rng, most):
        config = replace(drawn, fills={**drawn.fills, **initial})
        report = interpreter.run(config, schedule=rng.choice(_SCHEDULES), limits=limits)
        judgement.runs += 1
        judgement.finished += report.finished
        for prop, what in violations(report, offsets, initialised).items():
            judgement.observed.add(prop)
            if verdicts[prop] is Verdict.VERIFIED:
                judgement.contradictions.append(Contradiction(prop, what, config))
    judgement.contradictions += unconfirmed(interpreter, contract, result)
    return judgement


def raw_offsets(kernel: Kernel) -> frozenset[Reg]:
    """Registers that are nothing but offsets from pointers.

    One that overflows leaves every allocation: by assumption (pointer-params-in-bounds) that does not happen.
    """
    offsets = {
        op.offset
        for op in kernel.ops()
        if isinstance(op, PtrAdd) and op.inbounds and isinstance(op.offset, Reg)
    }
    for block in kernel.blocks:
        for op in block.ops:
            offsets -= set(operands(op)) - ({op.offset} if isinstance(op, PtrAdd) else set())
        offsets -= set(terminator_operands(block.terminator))
        offsets -= {arg for edge in successors(block.terminator) for arg in edge.args}
    return frozenset(offsets)


def violations(
    report: Report, offsets: frozenset[Reg] = frozenset(), initialised: bool = False
) -> dict[Property, str]:
    """The properties that an execution violates, each with an example.

    `offsets`: registers whose overflow is excluded by assumption. `initialised`: uses of undefined values are, too.
    An execution in which a thread breaks an `assume` is not one that the kernel's author admits.
    """
    if any(isinstance(f.site.op, Assume) for f in report.faults):
        return {}
    found: dict[Property, str] = {}
    for prop, seen in (
        (Property.RACE, report.races),
        (Property.DIVERGENCE, report.divergences),
        (Property.BOUNDS, report.bounds),
        (Property.PANIC, report.panics),
        (Property.UB, [f for f in report.ubs if not _excluded(f, offsets, initialised)]),
    ):
        if seen:
            found[prop] = str(seen[0])
    return found


def _excluded(fault: Fault, offsets: frozenset[Reg], initialised: bool) -> bool:
    """Whether what is undefined is the offset of a pointer (where it is computed, or added), or a value that is read."""
    op = fault.site.op
    if initialised and fault.message.endswith("depends on an undefined value"):
        return True
    return getattr(op, "result", None) in offsets or (isinstance(op, PtrAdd) and op.offset in offsets)


def unconfirmed(interpreter: Interpreter, contract: Contract, result: KernelResult) -> list[Contradiction]:
    """Refutations without a confirmed finding that a fresh run of the reported launch shows again."""
    found: list[Contradiction] = []
    reports: dict[tuple[Launch, bool], tuple[Report, ...]] = {}
    for check in result.checks:
        shown = [f for f in check.findings if f.confirmed]
        if check.verdict is Verdict.REFUTED and not shown:
            found.append(Contradiction(check.property, "refuted without a confirmed finding"))
        for finding in shown:
            launch = finding.launch
            if launch is None:
                found.append(Contradiction(check.property, "a confirmed finding without a launch"))
                continue
            config = config_of(interpreter.kernel, contract, launch)
            if not admits(contract, config):
                found.append(Contradiction(check.property, "a launch that the contract rules out", config))
                continue
            # Which schedules are run depends on how the finding was found.
            key = launch, bool(finding.notes)
            if key not in reports:
                reports[key] = tuple(_reruns(interpreter, config, finding))
            places = {e.span for e in finding.events}
            again = reports[key]
            shown_again = any(places <= seen for report in again for seen in _places(check.property, report))
            if all(report.finished for report in again) and not shown_again:
                found.append(Contradiction(check.property, "a fresh run does not show it", config))
    return found


def config_of(kernel: Kernel, contract: Contract, launch: Launch) -> LaunchConfig:
    """A reported launch as the interpreter takes it."""
    memory = {o: tuple((at, v.to_bytes(w, "little")) for at, w, v in cells) for o, cells in launch.memory}
    fills = initial_fills(kernel, contract)
    config = LaunchConfig(launch.block, launch.grid, dict(launch.params), memory, fills)
    aliases = {name: (target, offset) for name, target, offset in launch.aliases}
    return replace(config, lengths=extents(contract, config), aliases=aliases)


def _reruns(interpreter: Interpreter, config: LaunchConfig, finding: Finding) -> Iterator[Report]:
    """In order, and where that is not how it was found, in the other ways.

    Huge launches run the threads of the finding alone, as no barrier is between them.
    """
    only = None
    if prod(config.block) * prod(config.grid) > 4_096:
        only = [ThreadCoord(e.thread.block, e.thread.thread) for e in finding.events]
    schedules: list[Schedule] = [InOrder()]
    if finding.notes:
        schedules += [InOrder(reverse=True), *map(Interleaved, range(8))]
    for schedule in schedules:
        yield interpreter.run(config, only_threads=only, schedule=schedule, limits=_REPLAY_LIMITS)


def _places(prop: Property, report: Report) -> list[set[Span]]:
    """For each violation of the property in an execution, where it happened."""
    match prop:
        case Property.RACE:
            return [{r.first.site.loc.span, r.second.site.loc.span} for r in report.races]
        case Property.DIVERGENCE:
            return [{p.site.loc.span for p in (*d.waiting, *d.exited)} for d in report.divergences]
        case _:
            return [{f.site.loc.span} for f in report.faults]

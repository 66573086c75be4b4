"""Launches of `cuq run`: draw, execute, turn what was seen into findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cuq.base.errors import UsageError
from cuq.base.kernel_name import kernel_name
from cuq.base.records import dataclass
from cuq.base.suggest import did_you_mean
from cuq.checks.findings import divergence_findings, fault_findings, race_findings
from cuq.checks.result import CheckResult, Finding, KernelResult, Launch, Property, Verdict
from cuq.checks.suppress import suppressed
from cuq.cli.run_args import Arguments, scalar_registers, scalar_text
from cuq.cli.stages import Subject
from cuq.contract import Contract
from cuq.ir.interp import (
    Fill,
    InOrder,
    Interleaved,
    Interpreter,
    LaunchConfig,
    Limits,
    Pattern,
    Report,
    Schedule,
)
from cuq.ir.interp.ieee import ieee_format
from cuq.ir.interp.inputs import Given, PartialCoord, draw_launch, element_fill
from cuq.ir.interp.launch import ThreadCoord
from cuq.ir.module import Kernel
from cuq.ir.types import FloatType
from cuq.report.execution import Execution, Shown
from cuq.report.identity import identified
from cuq.report.source import Sources

SCHEDULES = ("forward", "backward", "mixed")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run. Launches with seeds from `seed` on; the first that shows something ends the run."""

    subject: Subject
    file: Path
    block: PartialCoord
    grid: PartialCoord
    arguments: Arguments
    schedule: str = "forward"
    seed: int = 0
    launches: int = 1
    steps: int = 5_000_000
    keep_contract: bool = True
    shown: tuple[tuple[str, int], ...] = ()

    @property
    def contract(self) -> Contract:
        """The contract that launches keep to."""
        contract = self.subject.contract
        return contract if self.keep_contract else Contract(None, contract.span)


def execute(plan: Plan, sources: Sources) -> Execution:
    """Run the launches. Raises UsageError when none fits what is given, Unsupported for what has no meaning."""
    kernel = plan.subject.kernel
    interpreter = Interpreter(kernel)
    _check_shown(kernel, plan)
    given = Given(plan.block, plan.grid, plan.arguments.params, plan.arguments.contents)
    limits = Limits(thread_steps=plan.steps, launch_steps=plan.steps)
    done: Execution | None = None
    for seed in range(plan.seed, plan.seed + plan.launches):
        config = draw_launch(kernel, plan.contract, given, seed)
        report = interpreter.run(config, schedule=_schedule(plan.schedule, seed), limits=limits)
        done = _execution(plan, config, report, seed, sources)
        if done.word != "clean":
            break
    if done is None:
        raise UsageError("--launches: at least one")
    return done


def _check_shown(kernel: Kernel, plan: Plan) -> None:
    known = [obj.name for obj in kernel.objects]
    for name, _ in plan.shown:
        if name not in known:
            raise UsageError(f"--show: no memory is called `{name}`", help=did_you_mean(name, known))


def _schedule(name: str, seed: int) -> Schedule:
    return Interleaved(seed) if name == "mixed" else InOrder(reverse=name == "backward")


def _execution(plan: Plan, config: LaunchConfig, report: Report, seed: int, sources: Sources) -> Execution:
    kernel = plan.subject.kernel
    registers = scalar_registers(kernel)
    result = KernelResult(
        kernel_name(kernel.name),
        str(plan.file),
        plan.subject.loaded.span,
        plan.contract.render(),
        _checks(kernel, config, report),
    )
    return Execution(
        kernel=suppressed(identified(result, sources), plan.contract.allows, {}, date.today()),
        block=config.block,
        grid=config.grid,
        params=tuple((name, scalar_text(registers[name], word)) for name, word in config.params.items()),
        contents=tuple(_contents(config)),
        schedule=plan.schedule,
        seed=seed,
        launches=seed - plan.seed + 1,
        unfinished=tuple(dict.fromkeys(t.reason for t in report.timeouts)),
        shown=tuple(_shown(kernel, report, name, count) for name, count in plan.shown),
    )


def _checks(kernel: Kernel, config: LaunchConfig, report: Report) -> tuple[CheckResult, ...]:
    """The properties of which the execution shows a violation."""
    integers = {name for name, reg in scalar_registers(kernel).items() if not isinstance(reg.type, FloatType)}
    launch = Launch(
        config.block,
        config.grid,
        tuple((name, word) for name, word in config.params.items() if name in integers),
        dynamic_shared=config.dynamic_shared,
        aliases=tuple((name, *target) for name, target in config.aliases.items()),
    )
    found: dict[Property, list[Finding]] = {
        Property.RACE: race_findings(kernel, report, launch),
        Property.DIVERGENCE: divergence_findings(kernel, report, launch),
        Property.BOUNDS: fault_findings(kernel, report.bounds, launch),
        Property.PANIC: fault_findings(kernel, report.panics, launch),
        Property.UB: fault_findings(kernel, report.ubs, launch),
    }
    return tuple(
        CheckResult(prop, Verdict.REFUTED, findings=tuple(findings))
        for prop, findings in found.items()
        if findings
    )


def _contents(config: LaunchConfig) -> Iterator[tuple[str, str]]:
    """What memory held at the start, in words."""
    for name, fill in config.fills.items():
        match fill.pattern:
            case Pattern.CONSTANT:
                yield name, f"all {fill.value}"
            case Pattern.IOTA:
                yield name, "0, 1, 2, …"
            case Pattern.RANDOM:
                yield name, f"random below {fill.value}"
    for name in config.memory:
        yield name, "as given"
    for name, (target, offset) in config.aliases.items():
        yield name, f"begins at byte {offset} of {target}"


def _shown(kernel: Kernel, report: Report, name: str, count: int) -> Shown:
    """The first elements, of shared memory those of the first block, of local memory those of thread 0."""
    fill = element_fill(kernel, kernel.object(name), 0, 0)
    first = ThreadCoord((0, 0, 0), (0, 0, 0))
    words = [report.word(name, i * fill.width, fill.width, first) for i in range(count)]
    return Shown(name, tuple(None if word is None else _element(fill, word) for word in words))


def _element(fill: Fill, word: int) -> str:
    return repr(ieee_format(8 * fill.width).decode(word)) if fill.floating else str(word)

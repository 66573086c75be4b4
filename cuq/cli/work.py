"""What a worker process does: one kernel, from its IR to its verdicts."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date

from cuq.base.errors import Unsupported
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.checks.options import Options
from cuq.checks.result import CheckResult, KernelResult, Obstacle, Property, Verdict
from cuq.checks.suppress import suppressed
from cuq.cli.artefact import MachineCode
from cuq.contract import Contract
from cuq.ir.module import Kernel

_ALLOCATIONS = 20_000
"""Objects between two searches for garbage: a check makes many small ones, and few cycles."""

_GRACE = 30

Engine = Callable[[Kernel, Contract, Options], KernelResult]


@dataclass(frozen=True, slots=True)
class Task:
    """One kernel to check. `kernel` is the reason instead when it could not be lowered."""

    name: str
    file: str
    span: Span | None
    kernel: Kernel | Obstacle
    contract: Contract
    options: Options
    left_out: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    code: MachineCode | None = None


def engine() -> Engine:
    """The function that decides. Loading it loads the solver."""
    from cuq.checks.run import check_kernel

    return check_kernel


def warm() -> None:
    """Load the engine while the front end still works. A solver's first question takes as long as ten others."""
    engine()
    from cuq.analysis.expr import TID, at_most, lift
    from cuq.smt.formula import renew
    from cuq.smt.problem import Alternative, Problem, solve

    solve(Problem((), (Alternative((at_most(lift(TID["x"]), lift(7)),)),)))
    renew()
    # What is loaded by now stays: it need not be looked through for garbage again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS)


def check(task: Task) -> KernelResult:
    """The verdicts of one kernel, with allowed findings marked. What is not modelled makes it `unknown`."""
    if isinstance(task.kernel, Obstacle):
        result = undecided(task, task.kernel)
    else:
        try:
            result = engine()(task.kernel, task.contract, task.options)
            if task.options.certify:
                from cuq.coq.certify import certified

                result = certified(result, task.kernel, task.contract, task.options)
            if task.code is not None:
                from cuq.cli.artefact import with_artefact

                result = with_artefact(result, task.kernel, task.code)
        except Unsupported as error:
            result = undecided(task, Obstacle(error.message, error.span, error.help))
    return suppressed(result, task.contract.allows, task.left_out, date.today(), task.warnings)


def seconds(task: Task) -> float | None:
    """How long a check may take in all: the budget is for questions to the solver, and the rest is mostly less."""
    return None if task.options.certify else 2 * task.options.budget_ms / 1000 + _GRACE


def late(task: Task) -> KernelResult:
    """The result of a check that took longer."""
    reason = f"the analysis of so large a kernel, within {seconds(task):.0f} s"
    obstacle = Obstacle(Unsupported(reason).message, task.span, "give it more time with --budget")
    return suppressed(
        undecided(task, obstacle), task.contract.allows, task.left_out, date.today(), task.warnings
    )


def undecided(task: Task, obstacle: Obstacle) -> KernelResult:
    """All selected properties `unknown`, for one reason."""
    checks = tuple(
        CheckResult(prop, Verdict.UNKNOWN, obstacles=(obstacle,))
        for prop in Property
        if prop in task.options.properties
    )
    return KernelResult(task.name, task.file, task.span, task.contract.render(), checks)

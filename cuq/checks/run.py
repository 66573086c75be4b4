"""All verdicts of one kernel."""

from __future__ import annotations

from cuq.analysis.expr import TRUE
from cuq.base.errors import UsageError
from cuq.base.kernel_name import kernel_path
from cuq.checks.divergence import check_divergence
from cuq.checks.fixes import with_fixes
from cuq.checks.obligations import check_obligations
from cuq.checks.options import Options
from cuq.checks.race import check_race
from cuq.checks.result import CheckResult, KernelResult, Property, Verdict
from cuq.checks.session import Session
from cuq.contract import Contract
from cuq.ir.module import Kernel
from cuq.smt.formula import renew
from cuq.smt.launch import ANYONE
from cuq.smt.problem import Alternative, Answer, Problem


def check_kernel(kernel: Kernel, contract: Contract, options: Options) -> KernelResult:
    """Decides the properties that `options` selects.

    Raises Unsupported for control flow without a summary, UsageError for a contract that cannot be read or
    that no launch satisfies.
    """
    renew()
    session = Session(kernel, contract, options)
    _not_vacuous(session)
    results: dict[Property, CheckResult] = {}
    if options.properties & {Property.DIVERGENCE, Property.RACE}:
        results[Property.DIVERGENCE] = check_divergence(session)
    if Property.RACE in options.properties:
        aligned = results[Property.DIVERGENCE].verdict is Verdict.VERIFIED
        results[Property.RACE] = check_race(session, aligned)
    for prop in (Property.BOUNDS, Property.PANIC, Property.UB):
        if prop in options.properties:
            results[prop] = check_obligations(session, prop)
    results = with_fixes(session, results)
    checks = tuple(results[p] for p in Property if p in results and p in options.properties)
    span = kernel.span
    return KernelResult(
        kernel_path(kernel.name),
        span.file if span else "",
        span,
        contract.render(),
        checks,
        timings_ms=tuple(sorted(session.clock.spent.items())),
    )


def _not_vacuous(session: Session) -> None:
    """A contract that no launch satisfies would verify everything."""
    if not session.requires:
        return
    problem = Problem(session.thread_facts((ANYONE,)), (Alternative((TRUE,)),))
    if session.ask(problem).answer is Answer.UNSAT:
        first = session.contract.requires[0] if session.contract.requires else None
        raise UsageError(
            f"no launch satisfies the contract of `{session.kernel.name}`",
            span=first.span if first else session.contract.span,
            help="weaken its `requires`, or the dimensions it fixes",
        )

"""Properties of single threads: bounds (CUQ-B001), panics (CUQ-P001), undefined behaviour (CUQ-U001)."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from cuq.analysis.expr import FALSE, all_of
from cuq.analysis.summary import Loop, Obligation, ObligationKind
from cuq.checks.causes import in_the_way
from cuq.checks.findings import fault_findings
from cuq.checks.result import CheckResult, Finding, Launch, Obstacle, Property, Verdict
from cuq.checks.search import Question, search
from cuq.checks.session import Session
from cuq.checks.verdict import blocked, timed
from cuq.checks.wording import plain
from cuq.ir.interp.report import Fault, Report
from cuq.ir.module import Kernel
from cuq.smt.instance import Instance
from cuq.smt.launch import ANYONE
from cuq.smt.problem import Alternative, Answer, Problem

_KINDS: dict[Property, tuple[ObligationKind, Callable[[Report], tuple[Fault, ...]]]] = {
    Property.BOUNDS: (ObligationKind.BOUNDS, lambda report: report.bounds),
    Property.PANIC: (ObligationKind.PANIC, lambda report: report.panics),
    Property.UB: (ObligationKind.UB, lambda report: report.ubs),
}


def check_obligations(session: Session, prop: Property) -> CheckResult:
    """Nothing that a thread does violates the property `prop` (BOUNDS, PANIC or UB)."""
    since = perf_counter()
    queries = session.queries
    _, faults = _KINDS[prop]
    owed = _owed(session, prop)
    findings: list[Finding] = []
    obstacles: list[Obstacle] = list(blocked(session))
    if owed and session.ask(_problem(session, owed)).answer is not Answer.UNSAT:
        for one in owed:
            problem = _problem(session, [one])
            if any(f.span == one[0].loc.span for f in findings):
                continue
            if session.ask(problem).answer is Answer.UNSAT:
                continue
            outcome = search(session, _question(session, one, problem, faults))
            findings += outcome.findings
            if not outcome.findings and not outcome.impossible:
                why = (
                    f": {'; '.join(outcome.unknowns)}"
                    if outcome.unknowns
                    else f" ({outcome.reason}{in_the_way(session.expansion, one[0].violation)})"
                )
                obstacles.append(Obstacle(f"not decided: {plain(one[0].message)}{why}", one[0].loc.span))
    unique = list({str(f.span): f for f in findings}.values())
    verdict = Verdict.REFUTED if unique else Verdict.UNKNOWN if obstacles else Verdict.VERIFIED
    return CheckResult(
        prop,
        verdict,
        _assumptions(session, prop, owed=bool(owed)),
        (),
        tuple(unique),
        tuple(obstacles),
        None,
        session.queries - queries,
        timed(since),
    )


def _assumptions(session: Session, prop: Property, *, owed: bool) -> tuple[str, ...]:
    general = session.assumptions() if owed or prop is Property.BOUNDS else ()
    return (*general, "initialised") if prop is Property.UB and session.may_read_undefined else general


def holds(session: Session, prop: Property) -> bool:
    """Whether the property is proved; no violation is searched for."""
    owed = _owed(session, prop)
    return not blocked(session) and (not owed or session.ask(_problem(session, owed)).answer is Answer.UNSAT)


Owed = tuple[Obligation, tuple[Loop, ...]]


def _owed(session: Session, prop: Property) -> list[Owed]:
    kind, _ = _KINDS[prop]
    return [(o, loops) for o, loops in session.items if isinstance(o, Obligation) and o.kind is kind]


def _problem(session: Session, owed: list[Owed]) -> Problem:
    alternatives = []
    for obligation, loops in owed:
        instance = Instance(session.expansion, ANYONE)
        conds = instance.conditions_of(loops, obligation.guard, obligation.violation)
        if all_of(*conds) != FALSE:
            alternatives.append(Alternative(conds))
    return Problem(session.thread_facts((ANYONE,)), tuple(alternatives))


def _question(
    session: Session, one: Owed, problem: Problem, faults: Callable[[Report], tuple[Fault, ...]]
) -> Question:
    def findings(kernel: Kernel, report: Report, launch: Launch) -> list[Finding]:
        return fault_findings(kernel, faults(report), launch)

    instance = Instance(session.expansion, ANYONE)
    instance.conditions_of(one[1], one[0].guard, one[0].violation)
    return Question(problem, None, ((instance,),), findings)

"""Property D: all threads of a block reach the same barriers, equally often (CUQ-D001, CUQ-D002).

By induction over the barriers that a block passes: if two threads are in the same iteration of all loops
around a barrier, either both reach it or neither does; and both go on to another iteration of a loop with
barriers, or neither does. What asserts and undefined behaviour would cut off counts as going on.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from time import perf_counter

from cuq.analysis.expr import FALSE, Cond, all_of, negate
from cuq.analysis.summary import BarrierItem, LastBarrier, Loop, WarpItem, walk
from cuq.base.records import dataclass
from cuq.checks.findings import divergence_findings
from cuq.checks.result import CheckResult, Finding, Obstacle, Property, Verdict
from cuq.checks.search import Question, search
from cuq.checks.session import Session
from cuq.checks.verdict import blocked, timed
from cuq.ir.ops import Loc
from cuq.smt.instance import Instance, Thread
from cuq.smt.launch import FIRST_BLOCK, SECOND_BLOCK
from cuq.smt.problem import Alternative, Answer, Problem


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that all threads of a block must decide alike: whether to reach a place."""

    control: Cond
    guard: Cond
    around: tuple[Loop, ...]
    loc: Loc
    lanes: int | None = None
    """Only the threads of one warp must agree whose lanes are in this mask."""


def decisions(session: Session) -> list[Decision]:
    """For each barrier: reaching it; for each loop with barriers: starting it, and going on with it.

    The same for places where the lanes of a warp meet, and their loops.
    """
    found: list[Decision] = []
    for item, around in session.items:
        match item:
            case BarrierItem():
                found.append(Decision(item.control, item.guard, around, item.loc))
            case WarpItem():
                found.append(Decision(item.control, item.guard, around, item.loc, item.mask))
            case Loop() if item.meetings and not item.barriers:
                lanes = _mask(item)
                found.append(Decision(item.control, item.guard, around, item.loc, lanes))
                found.append(Decision(item.again_control, item.again, (*around, item), item.loc, lanes))
            case Loop() if item.barriers:
                found.append(Decision(item.control, item.guard, around, item.loc))
                found.append(Decision(item.again_control, item.again, (*around, item), item.loc))
            case _:
                pass
    return found


def _mask(loop: Loop) -> int:
    """All lanes that some meeting in a loop asks for: they must go through it alike."""
    return reduce(or_, (item.mask for item, _ in walk(loop.body) if isinstance(item, WarpItem)), 0)


def is_free_of_divergence(session: Session) -> bool:
    """Whether that is proved; no divergence is searched for."""
    questions = (_question(session, decision) for decision in decisions(session))
    return not blocked(session) and all(
        question is None or session.ask(question.problem).answer is Answer.UNSAT for question in questions
    )


def check_divergence(session: Session) -> CheckResult:
    since = perf_counter()
    queries = session.queries
    findings: list[Finding] = []
    obstacles: list[Obstacle] = list(blocked(session))
    for decision in decisions(session):
        question = _question(session, decision)
        if question is None or session.ask(question.problem).answer is Answer.UNSAT:
            continue
        outcome = search(session, question)
        if outcome.impossible:
            continue
        findings += outcome.findings
        if not outcome.findings:
            why = f": {'; '.join(outcome.unknowns)}" if outcome.unknowns else f" ({outcome.reason})"
            obstacles.append(
                Obstacle(
                    f"threads of a {'block' if decision.lanes is None else 'warp'} may decide differently here{why}",
                    decision.loc.span,
                )
            )
    unique = list({(str(f.span), f.code, tuple(str(e.span) for e in f.events)): f for f in findings}.values())
    verdict = Verdict.REFUTED if unique else Verdict.UNKNOWN if obstacles else Verdict.VERIFIED
    return CheckResult(
        Property.DIVERGENCE,
        verdict,
        session.assumptions() if session.has_barriers else (),
        (),
        tuple(unique),
        tuple(obstacles),
        None,
        session.queries - queries,
        timed(since),
    )


def _question(session: Session, decision: Decision) -> Question | None:
    """One thread gets there, another of the block in the same iterations does not; None if they agree."""
    one, two = _instance(session, decision, FIRST_BLOCK), _instance(session, decision, SECOND_BLOCK)
    here, there = one.cond(decision.control), two.cond(decision.control)
    differs = all_of(here, negate(there))
    if here == there or differs == FALSE:
        return None
    conds = (
        *one.conditions_of(decision.around, decision.guard),
        *two.conditions_of(decision.around),
        differs,
    )
    facts = (
        *session.thread_facts((FIRST_BLOCK, SECOND_BLOCK)),
        *session.facts.different(FIRST_BLOCK, SECOND_BLOCK),
        *(() if decision.lanes is None else session.facts.meeting(FIRST_BLOCK, SECOND_BLOCK, decision.lanes)),
    )
    alternative = Alternative(conds)
    return Question(Problem(facts, (alternative,)), True, ((one, two),), divergence_findings)


def _instance(session: Session, decision: Decision, thread: Thread) -> Instance:
    return Instance(session.expansion, thread, decision.around, LastBarrier())

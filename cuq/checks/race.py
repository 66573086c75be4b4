"""Property R: no two accesses of different threads conflict without being ordered (CUQ-R001 … R003)."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from cuq.analysis.expr import Cond
from cuq.analysis.summary import BarrierItem
from cuq.checks.causes import in_the_way, may_wrap
from cuq.checks.conditions import sufficient
from cuq.checks.findings import race_findings
from cuq.checks.ordering import Orderings, advice, ordered, with_draws
from cuq.checks.result import CheckResult, Event, Finding, Obstacle, Property, ThreadId, Verdict
from cuq.checks.search import Outcome, Question, search
from cuq.checks.session import Session
from cuq.checks.settled import small_parameters
from cuq.checks.verdict import blocked, timed
from cuq.checks.warps import parts
from cuq.smt.launch import FIRST_BLOCK, FIRST_GRID, SECOND_BLOCK, SECOND_GRID
from cuq.smt.pairs import Group, Pair
from cuq.smt.problem import Alternative, Answer, Problem

_MOST_FINDINGS = 8


def check_race(session: Session, aligned: bool) -> CheckResult:
    """`aligned`: barriers are known not to diverge, so that barrier intervals mean something."""
    orderings = Orderings(session, aligned)
    result = _decide(session, orderings)
    if result.verdict is Verdict.VERIFIED:
        return result
    said = advice(
        session, orderings, lambda other: _decide(other, Orderings(other, aligned), prove_only=True)
    )
    return replace(
        result,
        findings=tuple(replace(f, help=(*said, *f.help)) for f in result.findings),
        obstacles=tuple(replace(o, help=o.help or "; ".join(said) or None) for o in result.obstacles),
    )


def is_race_free(session: Session) -> bool:
    """Whether the kernel is proved to be race free, of which divergence is known to be; no race is searched for."""
    return _is_proved(session, aligned=True)


def _is_proved(session: Session, aligned: bool) -> bool:
    return _decide(session, Orderings(session, aligned), prove_only=True).verdict is Verdict.VERIFIED


def _decide(session: Session, orderings: Orderings, *, prove_only: bool = False) -> CheckResult:
    """`prove_only`: a counterexample is not searched for."""
    aligned = orderings.aligned
    since = perf_counter()
    queries = session.queries
    findings: dict[tuple[str, ...], Finding] = {}
    obstacles: list[Obstacle] = list(blocked(session))
    barrier = next((item for item, _ in session.items if isinstance(item, BarrierItem)), None)
    if barrier is not None and not aligned:
        why = "barriers may diverge, so the intervals between them are not known"
        obstacles.append(Obstacle(why, barrier.loc.span))
    potential: list[Finding] = []
    undecided: list[Obstacle] = []
    settled: tuple[str, ...] | None = None
    suspicious: list[Group] = []
    views: list[Session] = []
    rests_on: dict[str, None] = {}
    for part, group in [(v, g) for v in parts(session, aligned, orderings.possible) for g in v.groups]:
        asked = part.session
        if asked is not session and asked not in views:
            views.append(asked)
        if asked is session:
            group = with_draws(orderings, group)
        problem = race_problem(asked, group, part.facts)
        solution = asked.ask(problem)
        if solution.answer is Answer.UNSAT:
            continue
        if asked is session and orderings.possible:
            group, more = unordered(orderings, group, part.facts)
            rests_on |= more
            problem = race_problem(asked, group, part.facts)
            solution = asked.ask(problem)
            if solution.answer is Answer.UNSAT:
                continue
        suspicious.append(group)
        if prove_only:
            obstacles.append(Obstacle("a pair of accesses may not be ordered", group.pairs[0].first.loc.span))
            break
        if len(findings) >= _MOST_FINDINGS:
            continue
        if settled is None and _may_wrap(asked, group):
            settled = small_parameters(session, lambda other: _is_proved(other, aligned))
        instances = tuple(p.instances for p in group.pairs)
        question = Question(problem, group.same_block, instances, race_findings, solution.model)
        outcome = search(asked, question)
        if outcome.impossible:
            suspicious.pop()
        for finding in outcome.findings:
            findings.setdefault(_identity(finding), finding)
        if not outcome.impossible and not outcome.findings:
            obstacle = _undecided(session, group, outcome, potential)
            undecided += [obstacle] if obstacle else []
            obstacles += [obstacle] if obstacle else []
    verdict = _verdict(bool(findings), bool(potential), bool(obstacles))
    conditions: tuple[str, ...] = ()
    if findings and not potential and not obstacles:
        conditions = sufficient(session, suspicious) or settled or ()
    elif undecided and len(undecided) == len(obstacles) and not findings and not potential:
        conditions = settled or ()
    shown = sorted(findings.values(), key=lambda f: (str(f.span), f.code))[:_MOST_FINDINGS]
    return CheckResult(
        Property.RACE,
        verdict,
        (*session.assumptions(race=True), *rests_on),
        conditions,
        (*shown, *potential),
        tuple(obstacles),
        None,
        session.queries - queries + sum(view.queries for view in views),
        timed(since),
    )


def race_problem(session: Session, group: Group, more: tuple[Cond, ...] = ()) -> Problem:
    """The negated race freedom of a group: two different threads, one of its pairs in conflict."""
    threads = (FIRST_BLOCK, SECOND_BLOCK) if group.same_block else (FIRST_GRID, SECOND_GRID)
    facts = (*session.thread_facts(threads), *session.facts.different(*threads), *more)
    alternatives = tuple(Alternative(p.conds, p.difference, p.low, p.high) for p in group.pairs)
    return Problem(facts, alternatives)


def unordered(orderings: Orderings, group: Group, more: tuple[Cond, ...]) -> tuple[Group, dict[str, None]]:
    """The group without the pairs that are in causality order, and the assumptions on which that rests."""
    left: list[Pair] = []
    rests_on: dict[str, None] = {}
    for pair in group.pairs:
        problem = race_problem(orderings.session, replace(group, pairs=(pair,)), more)
        if orderings.session.ask(problem).answer is Answer.UNSAT:
            continue
        assumptions = ordered(orderings, group, pair)
        if assumptions is None:
            left.append(pair)
        else:
            rests_on |= dict.fromkeys(assumptions)
    return replace(group, pairs=tuple(left)), rests_on


def _verdict(refuted: bool, potential: bool, obstacles: bool) -> Verdict:
    if refuted:
        return Verdict.REFUTED
    if potential:
        return Verdict.POTENTIAL
    return Verdict.UNKNOWN if obstacles else Verdict.VERIFIED


def _identity(finding: Finding) -> tuple[str, ...]:
    """The same two places racing on the same object are one finding."""
    places = sorted(f"{e.span} {e.action}" for e in finding.events)
    return (finding.code, finding.events[0].obj or "", *places)


def _may_wrap(session: Session, group: Group) -> bool:
    return any(may_wrap(session.expansion, a.offset) for p in group.pairs for a in (p.first, p.second))


def _undecided(session: Session, group: Group, outcome: Outcome, potential: list[Finding]) -> Obstacle | None:
    """A witness that depends on unknown values is a potential race; anything else is an obstacle."""
    pair = group.pairs[outcome.chosen if outcome.chosen is not None else 0]
    if outcome.launch is not None and outcome.unknowns:
        potential.append(_potential(pair, group, outcome))
        return None
    names = ", ".join(f"`{n}`" for n in group.objects)
    why = outcome.reason + in_the_way(session.expansion, pair.first.offset, pair.second.offset)
    return Obstacle(f"whether accesses to {names} race is not decided: {why}", pair.first.loc.span)


def _potential(pair: Pair, group: Group, outcome: Outcome) -> Finding:
    nobody = ThreadId((0, 0, 0), (0, 0, 0))
    events = tuple(
        Event(
            nobody,
            {"read": "reads", "write": "writes", "update": "updates atomically"}[a.kind.value],
            a.loc.span,
            a.loc.chain,
            target=a.obj.name,
            obj=a.obj.name,
        )
        for a in (pair.first, pair.second)
    )
    return Finding(
        "CUQ-R001" if group.same_block else "CUQ-R002",
        f"possible data race on `{pair.first.obj.name}`",
        f"data race on `{pair.first.obj.name}`",
        events,
        outcome.launch,
        False,
        span=pair.first.loc.span,
        unknowns=outcome.unknowns,
    )

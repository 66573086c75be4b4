"""The search for a concrete violation: small launches first, then any launch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from math import prod

from cuq.analysis.expr import AXES, Poly, Sym, eq, lift
from cuq.base.records import dataclass
from cuq.checks.launches import fix, launch_of, small_launches, thread_of, unknowns_of
from cuq.checks.replay import replay, schedules
from cuq.checks.result import Coord, Finding, Launch, ThreadId
from cuq.checks.session import Session
from cuq.checks.watch import with_values
from cuq.ir.interp.report import Report
from cuq.ir.module import Kernel
from cuq.smt.instance import Instance
from cuq.smt.problem import Answer, Model, Problem, Solution

_TRIES = 4
_SMALL_MS, _ANY_MS = 1_500, 15_000
_ITERATIONS = 2_000
_REPLAYED_THREADS = 4_096

Findings = Callable[[Kernel, Report, Launch], list[Finding]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for: the problem, which threads it speaks of, how to see it in a replay.

    `same_block` True: two threads of a block (tags 1 and 2); False: of two blocks; None: one thread.
    `instances` gives, for each alternative, the instances whose unknown reads should get memory.
    """

    problem: Problem
    same_block: bool | None
    instances: tuple[tuple[Instance, ...], ...]
    findings: Findings
    hint: Model | None = None
    """A solution of the linear reading: its launch dimensions are worth a try."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`impossible`: there is no violation at all. `findings`: confirmed ones. Otherwise undecided:
    `unknowns` and `launch` describe the solver's unconfirmed witness, `chosen` its alternative."""

    impossible: bool = False
    findings: tuple[Finding, ...] = ()
    chosen: int | None = None
    launch: Launch | None = None
    unknowns: tuple[str, ...] = ()
    reason: str = ""


def search(session: Session, question: Question) -> Outcome:
    """Looks for a launch that shows a violation when it is replayed."""
    undecided = Outcome(reason="the solver did not answer in time")
    for model, chosen, block, grid in islice(_models(session, question), _TRIES):
        if model is None:
            return Outcome(impossible=True)
        launch = _launch(session, question, model, chosen, block, grid)
        findings = _confirmed(session, question, model, launch)
        if findings:
            return Outcome(findings=tuple(findings), chosen=chosen, launch=launch)
        undecided = Outcome(
            chosen=chosen,
            launch=launch,
            unknowns=unknowns_of(model),
            reason="replay did not confirm the solver's witness",
        )
    return undecided


def _models(session: Session, question: Question) -> Iterator[tuple[Model | None, int, Coord, Coord]]:
    params = session.summary.params
    for block, grid in _launches(session, question):
        solution = session.ask(
            question.problem,
            exact=True,
            fixed=fix(block, grid),
            small=params,
            most_iterations=_ITERATIONS,
            timeout_ms=_SMALL_MS,
        )
        if solution.answer is Answer.SAT and solution.model is not None and solution.chosen is not None:
            yield solution.model, solution.chosen, block, grid
        if session.left_ms() == 0:
            return
    solution = _smallest(session, question.problem)
    if solution.answer is Answer.UNSAT:
        yield None, 0, (1, 1, 1), (1, 1, 1)
    if solution.answer is Answer.SAT and solution.model is not None and solution.chosen is not None:
        block, grid = _size(session, solution.model, "block"), _size(session, solution.model, "grid")
        yield solution.model, solution.chosen, block, grid


def _smallest(session: Session, problem: Problem) -> Solution:
    """A solution in any launch, with as many dimensions 1 as can be: blocks of the grid first."""
    solution = session.ask(problem, exact=True, small=_dims(session), timeout_ms=_ANY_MS)
    if solution.answer is not Answer.SAT:
        return solution
    for dim in reversed(_dims(session)):
        fewer = Problem((*problem.facts, eq(lift(dim) - 1)), problem.alternatives)
        better = session.ask(fewer, exact=True, small=_dims(session), timeout_ms=_SMALL_MS)
        if better.answer is Answer.SAT:
            problem, solution = fewer, better
    return solution


def _launches(session: Session, question: Question) -> Iterator[tuple[Coord, Coord]]:
    yield from small_launches(session.geometry, same_block=question.same_block)
    if question.hint is not None:
        yield _size(session, question.hint, "block"), _size(session, question.hint, "grid")


def _dims(session: Session) -> tuple[Sym, ...]:
    sizes = [get(axis).atom for get in (session.geometry.ntid, session.geometry.nctaid) for axis in AXES]
    return tuple(size for size in sizes if isinstance(size, Sym))


def _size(session: Session, model: Model, which: str) -> Coord:
    get = session.geometry.ntid if which == "block" else session.geometry.nctaid
    x, y, z = (model.value(get(axis)) for axis in AXES)
    return x, y, z


def _launch(
    session: Session, question: Question, model: Model, chosen: int, block: Coord, grid: Coord
) -> Launch:
    """Unknown values that the model chose become initial memory, where the read's place is known."""
    fixed = fix(block, grid)
    memory: dict[str, dict[int, tuple[int, int]]] = {}
    for instance in question.instances[chosen] if question.instances else ():
        for access, value in session.reads(instance):
            width = access.width.constant
            offset: Poly = fixed.poly(instance.poly(access.offset))
            if width is not None:
                cell = (width, model.value(lift(value)))
                memory.setdefault(access.obj.name, {}).setdefault(model.value(offset), cell)
    launch = launch_of(model, block, grid, session.summary.params, session.kernel.objects, memory)
    given = {item.name for item in session.contract.initial}
    return replace(launch, memory=tuple(cells for cells in launch.memory if cells[0] not in given))


def _confirmed(session: Session, question: Question, model: Model, launch: Launch) -> list[Finding]:
    only: list[ThreadId] | None = None
    if prod(launch.block) * prod(launch.grid) > _REPLAYED_THREADS:
        tags = ("1", "2") if question.same_block is not None else ("",)
        only = [thread_of(model, tag) for tag in tags]
        if session.has_barriers:
            return []
    for schedule, note in schedules(session):
        report = replay(session, launch, only, schedule)
        if report is None:
            break
        found = question.findings(session.kernel, report, launch)
        if found:
            found = with_values(session, found, launch, only, schedule)
            return [replace(f, notes=(*f.notes, note)) for f in found] if note else found
        if session.left_ms() == 0:
            break
    return []

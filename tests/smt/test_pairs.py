"""Pairs of accesses that really happen together are never ruled out.

Random kernels are executed; for accesses of two threads in one barrier interval (or of two blocks), the
conditions under which the solver is asked for a conflict must admit just this: these threads, these
parameters, these two addresses. This is what names of symbols, sharing between threads, steps from the last
barrier, closed forms and facts have to get right.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from cuq.analysis.expr import AXES, Cond, eq, lift
from cuq.analysis.lastbarrier import resolve
from cuq.analysis.summary import BarrierItem, LastBarrier, Loop
from cuq.base.errors import CuqError
from cuq.checks.options import Options
from cuq.checks.session import Session
from cuq.ir.interp import Interpreter, LaunchConfig, Limits, Report, ThreadCoord
from cuq.smt.instance import Instance, Thread
from cuq.smt.launch import FIRST_BLOCK, FIRST_GRID, SECOND_BLOCK, SECOND_GRID
from cuq.smt.problem import Alternative, Answer, Problem, solve
from tests.analysis.walk import Touch, Walk, launch_env, without_atomics
from tests.soundness.generate import generate
from tests.soundness.launches import launches
from tests.soundness.lower import contract_of, kernel_of

_LIMITS = Limits(thread_steps=100, launch_steps=2_000)
_SAMPLES = 5

Event = tuple[ThreadCoord, Touch]


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 120, 20))
def test_what_happens_is_not_ruled_out(first: int) -> None:
    asked = 0
    for seed in range(first, first + 20):
        program = without_atomics(generate(seed))
        kernel, contract = kernel_of(program), contract_of(program)
        try:
            session = Session(kernel, contract, Options())
        except CuqError:
            continue
        if session.summary.obstacles:
            continue
        rng = random.Random(seed)
        for config in launches(kernel, contract, rng, 2):
            report = Interpreter(kernel).run(config, trace=True, limits=_LIMITS)
            if report.finished and not report.divergences and not report.faults:
                for one, two in _together(_events(session, config, report), rng):
                    assert _admitted(session, config, one, two), f"seed {seed}: {one} {two} in {config}"
                    asked += 1
    assert asked > 20


def _events(session: Session, config: LaunchConfig, report: Report) -> list[Event]:
    def table(obj: str, offset: int, width: int) -> int:
        return report.word(obj, offset, width) or 0

    found: list[Event] = []
    for block in config.blocks():
        for index in config.threads():
            thread = ThreadCoord(block, index)
            trace = [e for e in report.trace if e.thread == thread]
            one = Walk(session.summary, launch_env(config, thread), trace, table)
            one.run()
            found += [(thread, touch) for touch in one.touches[: len(trace)] if not one.cut]
    return found


def _together(events: list[Event], rng: random.Random) -> Iterator[tuple[Event, Event]]:
    """Random pairs of different threads: of one block within one barrier interval, or of two blocks."""
    pairs = [
        (a, b)
        for i, a in enumerate(events)
        for b in events[i + 1 :]
        if a[0] != b[0] and a[1].obj == b[1].obj
        if a[0].block != b[0].block or a[1].barriers == b[1].barriers
    ]
    yield from rng.sample(pairs, min(_SAMPLES, len(pairs)))


def _admitted(session: Session, config: LaunchConfig, one: Event, two: Event) -> bool:
    same = one[0].block == two[0].block
    threads = (FIRST_BLOCK, SECOND_BLOCK) if same else (FIRST_GRID, SECOND_GRID)
    around = _around(session, one[1].last) if same else ()
    alternatives = []
    for a in _lasts(session, one[1], same):
        for b in _lasts(session, two[1], same):
            conds: list[Cond] = []
            for (_, touch), thread, last in ((one, threads[0], a), (two, threads[1], b)):
                instance = Instance(session.expansion, thread, around, last)
                inside = next(loops for item, loops in session.items if item is touch.access)
                offset = instance.poly(touch.access.offset)
                conds += instance.conditions_of(inside, touch.access.guard)
                conds.append(eq(offset - touch.offset))
            alternatives.append(Alternative(tuple(conds)))
    facts = (*session.thread_facts(threads), *session.facts.different(*threads))
    values = _values(session, config, ((one[0], threads[0]), (two[0], threads[1])))
    solution = solve(Problem((*facts, *values), tuple(alternatives)), timeout_ms=2_000)
    return solution.answer is not Answer.UNSAT


def _around(session: Session, site: int | None) -> tuple[Loop, ...]:
    for item, loops in session.items:
        if isinstance(item, BarrierItem) and item.site == site:
            return loops
    return ()


def _lasts(session: Session, touch: Touch, same: bool) -> list[LastBarrier | None]:
    if not same:
        return [None]
    return [b for b in resolve(touch.access.last, session.expansion.loops) if b.site == touch.last]


def _values(
    session: Session, config: LaunchConfig, threads: tuple[tuple[ThreadCoord, Thread], ...]
) -> Iterator[Cond]:
    """Equations that fix the launch and the two threads."""
    for sym in session.summary.params:
        yield eq(lift(sym) - config.params[sym.name.removeprefix("param.")])
    facts, geometry = session.facts, session.geometry
    for position, axis in enumerate(AXES):
        for size, known in ((geometry.ntid, config.block), (geometry.nctaid, config.grid)):
            yield eq(size(axis) - known[position])
        for coord, thread in threads:
            yield eq(facts.tid(axis, thread) - coord.thread[position])
            yield eq(facts.ctaid(axis, thread) - coord.block[position])

"""Summaries against the interpreter: the same accesses, barriers and faults, thread by thread.

Random kernels without atomics (their old values are not in the trace). Closed forms and facts of carried
variables are checked in each iteration, and that symbols of a block have one value for all its threads.
"""

from __future__ import annotations

import random

import pytest

from cuq.analysis.lastbarrier import resolve
from cuq.base.errors import CuqError
from cuq.checks.options import Options
from cuq.checks.session import Session
from cuq.ir.interp import Interpreter, LaunchConfig, Limits, Report, ThreadCoord
from cuq.ir.ops import Assume
from tests.analysis.walk import Walk, launch_env, without_atomics
from tests.soundness.generate import generate
from tests.soundness.launches import launches
from tests.soundness.lower import contract_of, kernel_of

_LIMITS = Limits(thread_steps=200, launch_steps=3_000)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 200, 20))
def test_summaries_say_what_threads_do(first: int) -> None:
    compared = 0
    for seed in range(first, first + 20):
        program = without_atomics(generate(seed))
        kernel, contract = kernel_of(program), contract_of(program)
        try:
            session = Session(kernel, contract, Options())
        except CuqError:
            continue
        if session.summary.obstacles:
            continue
        interpreter = Interpreter(kernel)
        for config in launches(kernel, contract, random.Random(seed), 4):
            report = interpreter.run(config, trace=True, limits=_LIMITS)
            compared += _compare(session, config, report, seed)
    assert compared > 100


def _compare(session: Session, config: LaunchConfig, report: Report, seed: int) -> int:
    ended = {t.thread for t in report.timeouts}
    ended |= {p.thread for d in report.divergences for p in d.waiting}
    faults = {f.thread: f for f in report.faults}
    stuck = {t.block for t in faults}
    agreed: dict[tuple[object, ...], int] = {}
    compared = 0

    def table(obj: str, offset: int, width: int) -> int:
        # Nobody writes what tables are read from, so that it is there in the end as well.
        return report.word(obj, offset, width) or 0

    for block in config.blocks():
        for index in config.threads():
            thread = ThreadCoord(block, index)
            events = [e for e in report.trace if e.thread == thread]
            walk = Walk(session.summary, launch_env(config, thread), events, table)
            walk.run()
            where = f"seed {seed}: {thread} of {config}"
            seen = [(e.obj, e.offset, e.width) for e in events]
            fault = faults.get(thread)
            partial = not report.finished or thread in ended or (block in stuck and session.has_barriers)
            said = walk.touches[: len(seen)] if partial else walk.touches
            if walk.cut:
                partial, seen = True, seen[: len(said)]
            assert [(t.obj, t.offset, t.width) for t in said] == seen, where
            for touch in said:
                resolved = resolve(touch.access.last, session.expansion.loops)
                assert touch.last in {b.site for b in resolved}, where
            if not partial and (fault is None or not isinstance(fault.site.op, Assume)):
                assert bool(walk.owed) == (fault is not None), f"{where}: {walk.owed} {fault}"
            if not report.divergences and fault is None:
                for key, number in walk.agreed.items():
                    assert agreed.setdefault((block, *key), number) == number, f"{where}: {key}"
            compared += 1
    return compared

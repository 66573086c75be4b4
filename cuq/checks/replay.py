"""Replay of a witness in the reference interpreter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import assert_never

from cuq.analysis.summary import Access
from cuq.base.errors import CuqError
from cuq.checks.result import Launch, ThreadId
from cuq.checks.session import Session
from cuq.contract import Leaf, value_of
from cuq.contract.terms import Dim, Len, Param
from cuq.ir.interp.inputs import initial_fills
from cuq.ir.interp.launch import LaunchConfig, Limits, ThreadCoord, enough_dynamic_shared
from cuq.ir.interp.report import Report
from cuq.ir.interp.schedule import InOrder, Interleaved, Schedule

LIMITS = Limits(thread_steps=20_000, launch_steps=400_000)
_IN_ORDER = InOrder()
_INTERLEAVINGS = 8


def schedules(session: Session) -> Iterator[tuple[Schedule, str]]:
    """What to try, with a note for all but the usual one: who comes first matters to threads that use atomics."""
    yield _IN_ORDER, ""
    if any(isinstance(i, Access) and i.sem.order.atomic for i, _ in session.items):
        yield InOrder(reverse=True), "seen with `--schedule backward`: the last thread runs first"
        for seed in range(_INTERLEAVINGS):
            yield Interleaved(seed), f"seen with `--schedule mixed --seed {seed}`: threads take turns"


def replay(
    session: Session,
    launch: Launch,
    only: Iterable[ThreadId] | None = None,
    schedule: Schedule = _IN_ORDER,
) -> Report | None:
    """Executes a launch; None if the interpreter cannot run it (the launch does not fit the kernel)."""
    since = perf_counter()
    try:
        return session.interpreter.run(
            config_of(session, launch),
            only_threads=None if only is None else [ThreadCoord(t.block, t.thread) for t in only],
            schedule=schedule,
            limits=LIMITS,
        )
    except CuqError:
        return None
    finally:
        session.clock.add("replay", since)


def config_of(session: Session, launch: Launch) -> LaunchConfig:
    """The launch in the interpreter's terms."""
    memory = {obj: tuple((o, v.to_bytes(w, "little")) for o, w, v in cells) for obj, cells in launch.memory}
    return LaunchConfig(
        block=launch.block,
        grid=launch.grid,
        params=dict(launch.params),
        memory=memory,
        fills=initial_fills(session.kernel, session.contract),
        lengths=_lengths(session, launch),
        dynamic_shared=enough_dynamic_shared(session.kernel),
        aliases={name: (target, offset) for name, target, offset in launch.aliases},
    )


def _lengths(session: Session, launch: Launch) -> dict[str, int]:
    """Extents that the contract gives to raw pointers, in elements."""
    params = dict(launch.params)
    dims = {"block": launch.block, "grid": launch.grid}

    def leaf(term: Leaf) -> int:
        match term:
            case Param(name=name):
                return session.signed_value(name, params[name])
            case Dim(of=of, axis=axis):
                return dims[of]["xyz".index(axis)]
            case Len(param=param):
                known = session.contract.length_of(param)
                return params[f"{param}.len"] if known is None else value_of(known, leaf)
            case _:
                assert_never(term)

    lengths = {x.param: x.elements for x in session.contract.lengths if x.param in session.extents}
    return {name: max(0, value_of(term, leaf)) for name, term in lengths.items()}

"""Replay of a witness in the reference interpreter."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import assert_never

from cuq.base.errors import CuqError
from cuq.checks.result import Launch, ThreadId
from cuq.checks.session import Session
from cuq.contract import Leaf, value_of
from cuq.contract.terms import Dim, Len, Param
from cuq.ir.interp.launch import LaunchConfig, Limits, ThreadCoord, enough_dynamic_shared
from cuq.ir.interp.report import Report

_LIMITS = Limits(thread_steps=20_000, launch_steps=400_000)


def replay(session: Session, launch: Launch, only: Iterable[ThreadId] | None = None) -> Report | None:
    """Executes a launch; None if the interpreter cannot run it (the launch does not fit the kernel)."""
    since = perf_counter()
    try:
        return session.interpreter.run(
            config_of(session, launch),
            only_threads=None if only is None else [ThreadCoord(t.block, t.thread) for t in only],
            limits=_LIMITS,
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

"""Barriers of lanes of a warp: what is stated of them, and what is proved with a real coqc."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cuq.base.errors import Unsupported
from cuq.checks.options import Options
from cuq.checks.result import Property
from cuq.checks.run import check_kernel
from cuq.checks.session import Session
from cuq.coq.groups import Meeting, barriers, classes
from cuq.coq.program import program_term
from cuq.coq.program_statement import program_statement
from cuq.coq.prove import Level, Status, prove, prove_race
from cuq.ir.module import Kernel
from cuq.ir.ops import Barrier, Exchange, Op, Undef, WarpBarrier
from cuq.ir.types import I32
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES

PROVED = {
    "cuda_oxide/oxide_warp_swap": "a barrier of all lanes orders neighbours",
    "cuda_oxide/oxide_warp_fold": "one in each round of a loop, which counts for lanes of one warp only",
    "cuda_oxide/oxide_warp_sum": "exchanges of all lanes",
    "cuda_oxide/oxide_warp_half": "lanes of half a warp, under a condition on the lane",
    "cuda_oxide/oxide_warp_tiles": "masks that lanes compute, under a condition on the thread",
}
NOT_PROVED = {
    "cuda_oxide/oxide_warp_swap_far": (Property.RACE, "a lane of another warp"),
    "cuda_oxide/oxide_warp_swap_bare": (Property.RACE, "no barrier"),
    "cuda_oxide/oxide_warp_fold_bare": (Property.RACE, "no barrier in the loop"),
    "cuda_oxide/oxide_warp_sum_parted": (Property.DIVERGENCE, "lanes that leave before they meet"),
    "cuda_oxide/oxide_warp_half_few": (Property.DIVERGENCE, "fewer lanes than the mask names"),
    "cuda_oxide/oxide_warp_tiles_few": (Property.DIVERGENCE, "fewer lanes than a computed mask names"),
}


def _session(name: str) -> Session:
    fixture = next(f for f in FIXTURES if f.name == name)
    task = task_of(load(fixture), Options())
    assert isinstance(task.kernel, Kernel)
    return Session(task.kernel, task.contract, Options())


def test_barriers_are_a_table_of_masks() -> None:
    assert program_term(_session("cuda_oxide/oxide_warp_swap").kernel).meetings == (
        Meeting(0, (0xFFFFFFFF,), ordering=True),
    )
    assert program_term(_session("cuda_oxide/oxide_warp_tiles").kernel).meetings == (
        Meeting(0, (0xFFFF, 0xFFFF0000), ordering=False),
    )


def test_sites_of_lanes_come_after_those_of_the_block() -> None:
    kernel = _session("cuda_oxide/oxide_warp_swap").kernel
    first, *others = kernel.blocks
    loc = next(op.loc for op in kernel.ops() if isinstance(op, WarpBarrier))
    with_block = replace(first, ops=(*first.ops, Barrier(4, loc)))
    term = program_term(replace(kernel, blocks=(with_block, *others)))
    assert [m.site for m in term.meetings] == [5]
    assert term.program.count("Sync 4") == term.program.count("Sync 5") == 1


def test_texts() -> None:
    meetings = [Meeting(2, (0x3, 0xC), ordering=False), Meeting(3, (0xFFFFFFFF,), ordering=True)]
    assert barriers(meetings) == (
        "Definition barriers : sites := [(2%nat, Exchange [3; 12]); (3%nat, Lanes [4294967295])]."
    )
    assert classes([Meeting(0, (0b1011,), ordering=True)]) == (
        "Definition lane_classes : list class :="
        " [mkClass 11 [(0, 1); (3, 3)] []; mkClass 4294967295 [(0, 31)] []]."
    )


def test_masks_that_nothing_is_known_about_are_not_written() -> None:
    kernel = _session("cuda_oxide/oxide_warp_swap").kernel

    def unknown(op: Op) -> Op:
        return replace(op, mask=Undef(I32)) if isinstance(op, WarpBarrier | Exchange) else op

    blocks = tuple(replace(b, ops=tuple(map(unknown, b.ops))) for b in kernel.blocks)
    with pytest.raises(Unsupported, match="a mask that is not constant"):
        program_term(replace(kernel, blocks=blocks))


def test_kernels_without_lanes_that_meet_are_stated_as_before() -> None:
    assert "group_" not in program_statement(_session("reduction/tree")).text()


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", PROVED)
def test_safe_kernels_are_proved(name: str) -> None:
    for result in prove(_session(name)):
        assert result.status is Status.PROVED, f"{result.property}: {result.reason}\n{result.log}"
        assert result.level is Level.PROGRAM, result.lower


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", NOT_PROVED)
def test_broken_twins_are_not(name: str) -> None:
    prop, _ = NOT_PROVED[name]
    (result,) = prove(_session(name), (prop,))
    assert result.status is Status.NOT_PROVED
    assert result.reason


@pytest.mark.coqc
@pytest.mark.slow
def test_exchanges_order_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the barrier of the warp one, the swap would race."""
    session = _session("cuda_oxide/oxide_warp_swap")
    term = program_term(session.kernel)
    exchanged = replace(term, meetings=tuple(replace(m, ordering=False) for m in term.meetings))
    monkeypatch.setattr("cuq.coq.program_statement.program_term", lambda _: exchanged)
    (result,) = prove(session, (Property.RACE,), fall_back=False)
    assert result.status is Status.NOT_PROVED


RACES = {
    "cuda_oxide/oxide_warp_swap_far": "the other warp passes its barrier first",
    "cuda_oxide/oxide_warp_fold_bare": "lanes of one warp, which all pass a barrier before",
    "inline_ptx/ptx_tile_warp": "256 threads",
}
"""Kernels whose race is proved from the replayed launch: Coq finds a schedule in which lanes wait for each other."""


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", RACES)
def test_races_are_proved(name: str) -> None:
    session = _session(name)
    checks = check_kernel(session.kernel, session.contract, Options()).checks
    finding = next(f for c in checks if c.property is Property.RACE for f in c.findings if f.confirmed)
    result = prove_race(session, finding)
    assert result is not None
    assert (result.status, result.level) == (Status.FALSE, Level.PROGRAM)

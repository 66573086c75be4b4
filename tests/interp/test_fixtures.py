"""The fixtures as the interpreter sees them: safe kernels are clean in every small launch that is tried, and
each broken twin shows its violation in one.

This also says that the fixture table tells the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from cuq.checks.result import Obstacle, Property, RunError, Verdict
from cuq.cli.load import load_dump
from cuq.cli.markers import marked
from cuq.cli.stopwatch import Stopwatch
from cuq.contract import Contract, contract_for, parse_directives
from cuq.ir.interp import (
    InOrder,
    Interleaved,
    Interpreter,
    LaunchConfig,
    Limits,
    Report,
    Schedule,
    ThreadCoord,
)
from cuq.ir.interp.inputs import Given, draw_launch
from tests.fixtures.table import FIXTURES, Fixture
from tests.interp.launches import thread

LIMITS = Limits(thread_steps=5_000, launch_steps=20_000)
DECIDABLE = [f for f in FIXTURES if not f.is_undecidable]
SAFE = [f for f in DECIDABLE if f.is_safe]
BROKEN = [f for f in DECIDABLE if not f.is_safe]


@dataclass(frozen=True)
class Witness:
    """A launch that no small random one stands for, and the threads of it that matter."""

    why: str
    config: LaunchConfig
    only: tuple[ThreadCoord, ...] | None = None


WITNESSES = {
    "saxpy_usize_truncated": Witness(
        "threads 65536 apart",
        LaunchConfig((256, 1, 1), (257, 1, 1), {"n": 1 << 17, "a": 0}),
        (thread(0), thread(0, 256)),
    ),
    "saxpy_strided_wrap": Witness(
        "2 * 2^31 wraps to 0",
        LaunchConfig((3, 1, 1), params={"n": 3, "a": 0, "incx": 1, "incy": 1 << 31}),
    ),
    "checked_stride_wrapping": Witness(
        "2 * 2^31 wraps to 0",
        LaunchConfig((3, 1, 1), params={"stride": 1 << 31}),
    ),
    "grid_stride_u32": Witness(
        "a stride of 3 * 2^30 takes thread 0 to 2^31 in two steps",
        LaunchConfig((768, 1, 1), (1 << 22, 1, 1), {"n": (1 << 32) - 1, "a": 0}),
        (thread(0), thread(512, (1 << 31) // 768)),
    ),
    "scale_matrix_wrap": Witness(
        "row 2 of a matrix that is 2^31 wide starts at 0",
        LaunchConfig((1, 3, 1), params={"width": 1 << 31, "height": 3, "a": 0}),
    ),
    "vecadd_zip_stride_u32": Witness(
        "2^32 threads",
        LaunchConfig((1024, 1, 1), (1 << 22, 1, 1), {"a.len": 1, "b.len": 1}),
        (thread(0),),
    ),
    "smooth_racy": Witness("more threads than slots", LaunchConfig((257, 1, 1), params={"n": 257})),
    "saturating_signed_place": Witness(
        "two offsets that saturate", LaunchConfig((3, 1, 1), params={"n": 3, "by": 127})
    ),
    "oxide_counter_block": Witness(
        "two blocks count",
        LaunchConfig(
            (1, 1, 1),
            (2, 1, 1),
            {"data.len": 2, "limit": 0},
            memory={"data": ((0, b"\1\0\0\0\1\0\0\0"),)},
        ),
    ),
    "scratch_small": Witness("more threads than slots", LaunchConfig((257, 1, 1), params={"m": 0})),
}


@cache
def interpreter(fixture: Fixture) -> tuple[Interpreter, Contract]:
    """The lowered kernel and the contract of its source."""
    failed: list[RunError] = []
    (loaded,) = load_dump(fixture.mir, Stopwatch(), failed.append).kernels
    assert not failed
    assert not isinstance(loaded.kernel, Obstacle), loaded.kernel.reason
    directives = parse_directives(fixture.source.read_text(), fixture.source.name)
    contract = contract_for(
        loaded.names,
        [marked(loaded.kernel, loaded.name, loaded.span), directives.contracts],
        params=loaded.params,
        statics=loaded.statics,
        span=loaded.span,
    )
    return Interpreter(loaded.kernel), contract


def drawn(fixture: Fixture, seed: int) -> Report:
    """The report of a random launch under one of three kinds of schedule."""
    runner, contract = interpreter(fixture)
    schedules: list[Schedule] = [InOrder(), InOrder(reverse=True), Interleaved(seed)]
    config = draw_launch(runner.kernel, contract, Given(), seed)
    return runner.run(config, schedule=schedules[seed % 3], limits=LIMITS)


def violated(report: Report) -> set[Property]:
    """The properties of which the report shows a violation."""
    seen = {
        Property.RACE: report.races,
        Property.DIVERGENCE: report.divergences,
        Property.BOUNDS: report.bounds,
        Property.PANIC: report.panics,
        Property.UB: report.ubs,
    }
    return {prop for prop, found in seen.items() if found}


@pytest.mark.parametrize("fixture", SAFE, ids=lambda f: f.name)
def test_safe_kernels_are_clean(fixture: Fixture) -> None:
    finished = 0
    for seed in range(12):
        report = drawn(fixture, seed)
        assert violated(report) == set(), seed
        finished += report.finished
    assert finished >= 3


@pytest.mark.parametrize("fixture", BROKEN, ids=lambda f: f.name)
def test_broken_kernels_show_their_violation(fixture: Fixture) -> None:
    """And only those that the table allows: what it says is verified is never violated."""
    missing = {prop for prop, verdict in fixture.verdicts.items() if verdict is Verdict.REFUTED}
    if fixture.kernel in WITNESSES:
        runner, _ = interpreter(fixture)
        witness = WITNESSES[fixture.kernel]
        report = runner.run(witness.config, only_threads=witness.only, limits=LIMITS)
        missing -= violated(report)
    seed = 0
    while missing and seed < 100:
        found = violated(drawn(fixture, seed))
        assert not any(fixture.verdicts[prop] is Verdict.VERIFIED for prop in found), seed
        missing -= found
        seed += 1
    assert not missing

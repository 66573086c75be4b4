"""Lanes of a warp that meet: what each gets, who is waited for, what is ordered."""

from __future__ import annotations

import pytest

from cuq.base.errors import Unsupported
from cuq.ir.interp import LaunchConfig, Report, run
from cuq.ir.interp.schedule import InOrder, Interleaved, Schedule
from cuq.ir.parse import parse_kernel
from cuq.ir.text import kernel_text

SCHEDULES: list[Schedule] = [InOrder(), InOrder(reverse=True), Interleaved(3)]


def launch(body: str, threads: int, schedule: Schedule = SCHEDULES[0], *, blocks: str = "") -> Report:
    """A kernel with the lane in %1 and the address of its own word of `out` in %3."""
    text = f"""
kernel k {{
  object out: param global element 4
  param out: "*mut u32" = %0:ptr as out unsigned -> @out
  bb0:
    %1:i32 = special laneid
    %9:i32 = special tid.x
    %2:i64 = zext %9
    %4:i64 = mul %2, 4:i64
    %3:ptr = ptradd %0, %4
{body}
{blocks}
}}
"""
    config = LaunchConfig(block=(threads, 1, 1), grid=(1, 1, 1), lengths={"out": threads})
    kernel = parse_kernel(text, "k.ir")
    assert parse_kernel(kernel_text(kernel), "k.ir") == kernel
    return run(kernel, config, schedule=schedule)


def words(report: Report, count: int) -> list[int | None]:
    return [report.word("out", 4 * i, 4) for i in range(count)]


EXCHANGES = [
    # (exchange, threads, what lane i gets); the last warp may be short
    ("lane %1, 0:i32", 34, lambda i: 0),
    ("ballot {odd}", 4, lambda i: 0b1010),
    ("match {odd32}", 4, lambda i: 0b1010 if i % 2 else 0b0101),
    ("add %1", 4, lambda i: 6),
    ("umax %1", 33, lambda i: 31 if i < 32 else 0),
    ("xor %1", 4, lambda i: 0),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
@pytest.mark.parametrize(("op", "threads", "expected"), EXCHANGES, ids=[e[0] for e in EXCHANGES])
def test_exchanges(op: str, threads: int, expected: object, schedule: Schedule) -> None:
    assert callable(expected)
    op = op.format(odd="%6", odd32="%5")
    report = launch(
        f"""    %5:i32 = and %1, 1:i32
    %6:i1 = trunc %5
    %7:i32 = exchange {op}, 4294967295:i32
    store generic.weak %3, %7
    return""",
        threads,
        schedule,
    )
    assert report.clean
    assert words(report, threads) == [expected(i) for i in range(threads)]


SWAP = """    store generic.weak %3, %1
    {meet}
    %5:i64 = xor %2, 1:i64
    %6:i64 = mul %5, 4:i64
    %7:ptr = ptradd %0, %6
    %8:i32 = load generic.weak %7
    return"""


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_a_warp_barrier_orders_its_lanes(schedule: Schedule) -> None:
    assert launch(SWAP.format(meet="warpbarrier 4294967295:i32"), 32, schedule).clean


@pytest.mark.parametrize("meet", ["", "%10:i32 = exchange add %1, 4294967295:i32"])
def test_an_exchange_orders_nothing(meet: str) -> None:
    """Neither does running in the same warp."""
    assert launch(SWAP.format(meet=meet), 32).races


def test_a_warp_barrier_does_not_order_other_warps() -> None:
    swapped = SWAP.replace("xor %2, 1:i64", "xor %2, 32:i64")
    assert launch(swapped.format(meet="warpbarrier 4294967295:i32"), 64).races


BRANCH = """    %5:i1 = cmp ult %1, 2:i32
    branch %5, low(), high()"""


def test_lanes_that_have_exited_are_not_waited_for() -> None:
    report = launch(
        BRANCH,
        4,
        blocks="""  low:
    %7:i32 = exchange add %1, 4294967295:i32
    store generic.weak %3, %7
    return
  high:
    return""",
    )
    assert report.clean
    assert words(report, 2) == [1, 1]


def test_lanes_at_different_places_wait_for_ever() -> None:
    report = launch(
        BRANCH,
        4,
        blocks="""  low:
    warpbarrier 4294967295:i32
    return
  high:
    warpbarrier 4294967295:i32
    return""",
    )
    (divergence,) = report.divergences
    assert len(divergence.waiting) == 4


def test_lanes_of_different_masks_do_not_wait_for_each_other() -> None:
    report = launch(
        BRANCH,
        4,
        blocks="""  low:
    %6:i32 = exchange add %1, 3:i32
    store generic.weak %3, %6
    return
  high:
    %7:i32 = exchange add %1, 12:i32
    store generic.weak %3, %7
    return""",
    )
    assert report.clean
    assert words(report, 4) == [1, 1, 5, 5]


def test_a_lane_must_be_in_its_mask() -> None:
    report = launch("    warpbarrier 1:i32\n    return", 2)
    assert [fault.thread.thread[0] for fault in report.ubs] == [1]


def test_arbitrary_values_decide_nothing() -> None:
    report = launch('    %5:i32 = arbitrary "clock"\n    store generic.weak %3, %5\n    return', 1)
    assert words(report, 1) == [None]


DECIDES = """    %5:i1 = cmp ult %7, 2:i32
    branch %5, low(), high()"""
ENDS = "  low:\n    return\n  high:\n    return"


@pytest.mark.parametrize(
    "value",
    [
        '%7:i32 = arbitrary "clock"',
        "%7:i32 = float pure.rsqrt 1065353216:f32",
        # through arithmetic, memory and other lanes
        '%6:i32 = arbitrary "clock"\n    %7:i32 = add nuw %6, 1:i32',
        '%6:i32 = arbitrary "clock"\n    store generic.weak %3, %6\n    %7:i32 = load generic.weak %3',
        '%6:i32 = arbitrary "clock"\n    %7:i32 = exchange add %6, 4294967295:i32',
        # what a lane that is not there would have brought
        "%7:i32 = exchange lane %1, 9:i32, 4294967295:i32",
    ],
)
def test_values_that_are_not_modelled_decide_nothing(value: str) -> None:
    """A fault or a race behind such a decision would be made up."""
    with pytest.raises(Unsupported, match="not modelled"):
        launch(f"    {value}\n{DECIDES}", 2, blocks=ENDS)


def test_a_value_that_was_never_written_is_undefined_behaviour() -> None:
    assert launch(f"    %7:i32 = add undef:i32, 1:i32\n{DECIDES}", 1, blocks=ENDS).ubs

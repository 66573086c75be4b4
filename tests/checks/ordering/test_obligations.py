"""Each condition of the ordering rules is there for a fixture: without it, that one would be `verified`.

The fixtures' own verdicts (`tests/fixtures`) say that with it they are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from cuq.analysis.expr import TRUE, Cond, Poly, all_of
from cuq.analysis.summary import Access, Item
from cuq.checks.options import Options
from cuq.checks.ordering import arrivals, context, flags, locks, tickets
from cuq.checks.ordering.context import Context, Flag, Orderings, Side
from cuq.checks.ordering.program import Site, leaving
from cuq.checks.result import Property, Verdict
from cuq.ir.types import Scope
from tests.fixtures.pipeline import check_dump
from tests.fixtures.table import FIXTURES

BY_NAME = {fixture.name: fixture for fixture in FIXTURES}


def any_acquire(program: object, read: Site[Access], target: object) -> Iterator[tuple[Cond, Scope]]:
    yield TRUE, Scope.SYS


def any_release(program: object, write: Site[Access]) -> Iterator[tuple[Site[Item], Cond, Scope]]:
    yield write, TRUE, Scope.SYS


def no_order(self: Context, side: Side, site: Site[Item], third: object) -> Cond:
    return self.is_third(side)


def held_by_anyone(
    orderings: Orderings, flag: Flag, acquire: Site[Access], target: Site[Item]
) -> Iterator[tuple[Cond, Poly]]:
    found = leaving(acquire, target)
    yield TRUE, found.offset


def served_to_anyone(
    orderings: Orderings, draw: Site[Access], wait: Site[Access], target: Site[Item]
) -> Iterator[Cond]:
    yield all_of(leaving(draw, target).executed, leaving(wait, target).executed)


def always(*_: object, **__: object) -> bool:
    return True


CASES: list[tuple[str, list[tuple[object, str, Callable[..., object]]], str]] = [
    ("handoff/handoff_relaxed", [(context, "releases", any_release)], "a release"),
    ("handoff/chain_relaxed", [(context, "acquires", any_acquire)], "an acquire"),
    ("handoff/handoff_early", [(Context, "precedes", no_order)], "program order"),
    ("handoff/look_back_soon", [(flags, "_comes_after", always)], "who wrote what was read"),
    ("lock/spin_lock_relaxed", [(locks, "releases", any_release)], "a lock is freed with release"),
    ("lock/spin_lock_taken_relaxed", [(locks, "acquires", any_acquire)], "a lock is taken with acquire"),
    (
        "lock/swap_lock_inverted",
        [(locks, "_held", held_by_anyone), (locks, "_succeeds_once", always)],
        "the acquire succeeded",
    ),
    ("lock/spin_lock_skipped", [(locks, "_held", held_by_anyone)], "the lock is taken on this way"),
    ("lock/ticket_lock_not_less", [(tickets, "_served", served_to_anyone)], "it is one's turn"),
    ("lock/ticket_lock_relaxed", [(tickets, "acquires", any_acquire)], "a turn is acquired"),
    ("last_block/last_block_first", [(arrivals, "_is_full", always)], "all blocks have arrived"),
    (
        "last_block/last_block_late",
        [(arrivals, "_hands_on", always)],
        "a block has written before it is counted",
    ),
    ("last_block/grid_barrier_early", [(arrivals, "_hands_on", always)], "all threads of the block have"),
]


@pytest.mark.parametrize(("name", "patches", "why"), CASES, ids=[f"{c[0]}: {c[2]}" for c in CASES])
def test_a_condition_that_is_dropped_is_noticed(
    name: str,
    patches: list[tuple[object, str, Callable[..., object]]],
    why: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for owner, attribute, instead in patches:
        monkeypatch.setattr(owner, attribute, instead)
    race = check_dump(BY_NAME[name], Options(properties=frozenset({Property.RACE})))[Property.RACE]
    assert race.verdict is Verdict.VERIFIED

"""Claims about histories: what a kernel's atomic objects are used as, and proofs that rest on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cuq.checks.race import check_race
from cuq.checks.result import Property, Verdict
from cuq.checks.session import Session
from cuq.coq.claims import claims
from cuq.coq.program_statement import program_statement
from cuq.coq.prove import Level, Status, prove
from cuq.ir.module import Kernel
from cuq.ir.ops import AtomicCas, Fence, Store
from cuq.ir.types import Order, Scope
from tests.coq.kernels import session

USED = {
    "ticket/compact": (("tickets-differ.count",), "each thread draws once"),
    "ticket/compact_runs": (("tickets-differ.count",), "four numbers at once"),
    "ticket/compact_block": (("tickets-differ.compact_block::COUNT",), "a counter for each block"),
    "ticket/work_queue": (("tickets-differ.next",), "in a loop, below a limit"),
    "lock/spin_lock": (("lock-excludes.lock",), "compare-exchange"),
    "lock/swap_lock": (("lock-excludes.lock",), "exchange"),
    "lock/try_lock": (("lock-excludes.lock",), "who does not get it does nothing"),
    "lock/guard": (("lock-excludes.flag",), "freed by a destructor"),
    "lock/guard_try": (("lock-excludes.flag",), "a guard in an Option"),
    "lock/bucket_locks": (("lock-excludes.locks",), "a lock for each element, in a loop"),
    "lock/ticket_lock": (("turns-exclude.next.serving",), "two objects"),
    "last_block/last_block": (
        ("tickets-differ.count", "all-arrived.count"),
        "the last one reads what all wrote",
    ),
    "handoff/handoff": (("handed-over.flag",), "one thread writes, one waits"),
    "handoff/chain": (("handed-over.flag",), "a flag for each block, each waits for the one before"),
}
"""Kernels that are proved, the hypotheses of that, and why they are in the table."""

NOT_USED = {
    "saxpy/saxpy_u32": "no atomics",
    "histogram/histogram": "atomics, on which race freedom does not rest",
    "ticket/compact_reset": "the counter is set back by a thread",
    "ticket/work_queue_read": "numbers are read, not drawn",
    "lock/spin_lock_relaxed": "it is freed without a release",
    "lock/spin_lock_taken_relaxed": "it is taken without an acquire",
    "lock/try_lock_stolen": "freed by a thread that does not hold it",
    "handoff/handoff_relaxed": "the flag is set without a release",
    "handoff/handoff_fence": "fences order: what histories say of them is not enough",
}

BROKEN = {
    "ticket/compact_runs_overlap": "one element more than was drawn",
    "ticket/work_queue_halved": "two numbers share an element",
    "lock/spin_lock_after": "an access after the lock is free",
    "lock/bucket_locks_other": "the lock of another element",
    "lock/try_lock_both": "an access by a thread that did not get it",
    "lock/guard_dropped": "the guard is dropped before the access",
    "last_block/last_block_late": "written after the block has counted itself",
    "last_block/last_block_first": "the first block reads, not the last one",
    "handoff/handoff_early": "the flag is set before the data is written",
    "handoff/handoff_no_wait": "the data is read without waiting",
    "handoff/chain_far": "waits for another block than it reads from",
    "handoff/look_back_soon": "a flag with two values, set too soon",
}
"""Twins with the same claims, which do not help."""


def _names(name: str) -> tuple[str, ...]:
    about = session(name)
    return tuple(claim.name for claim in claims(about, [x.name for x in about.kernel.objects]))


@pytest.mark.parametrize("name", USED)
def test_uses_are_recognised(name: str) -> None:
    assert _names(name) == USED[name][0]


@pytest.mark.parametrize("name", NOT_USED)
def test_nothing_is_claimed_of_others(name: str) -> None:
    assert _names(name) == ()


def _fenced(kernel: Kernel) -> Kernel:
    """A lock that is taken by a relaxed operation with a fence behind it."""
    (take,) = (op for op in kernel.ops() if isinstance(op, AtomicCas))
    relaxed = replace(take, sem=replace(take.sem, order=Order.RELAXED))
    fence = Fence(Order.ACQUIRE, Scope.SYS, take.loc)
    return replace(
        kernel,
        blocks=tuple(
            replace(block, ops=(fence, *block.ops))
            if any(isinstance(op, Store) for op in block.ops)
            else replace(block, ops=tuple(relaxed if op is take else op for op in block.ops))
            for block in kernel.blocks
        ),
    )


def test_a_fence_in_a_lock_is_no_claim() -> None:
    """Race freedom is known, but not from what threads did last: between the two the lock is not yet held."""
    about = session("lock/spin_lock")
    fenced = Session(_fenced(about.kernel), about.contract, about.options)
    assert check_race(fenced, aligned=True).verdict is Verdict.VERIFIED
    assert claims(fenced, [x.name for x in fenced.kernel.objects]) == ()


@pytest.mark.parametrize("name", BROKEN)
def test_broken_twins_have_claims(name: str) -> None:
    """Else the test below would show nothing."""
    assert _names(name)


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", USED)
def test_kernels_are_proved_under_claims(name: str) -> None:
    (result,) = prove(session(name), (Property.RACE,), fall_back=False)
    assert (result.status, result.level) == (Status.PROVED, Level.PROGRAM), result.log
    assert set(USED[name][0]) <= set(result.assumptions)


@pytest.mark.coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_broken_twins_are_not_proved(name: str) -> None:
    (result,) = prove(session(name), (Property.RACE,), timeout=30, fall_back=False)
    assert result.status is Status.NOT_PROVED


def test_the_statement_names_its_claims() -> None:
    """With the lines of the operations, for a reader; other kernels do not speak of claims."""
    text = program_statement(session("lock/spin_lock")).text()
    claimed = text[text.index("Definition claims") :]
    assert "Lock 2 0  (* lock-excludes.lock: rust-fixtures/lock/spin_lock.rs:" in claimed
    assert "~ program_memory_races_under L M program (all_claimed L claims)" in claimed
    assert "claim" not in program_statement(session("saxpy/saxpy_u32")).text()

"""Steps from the last barrier, and what two threads share there: racy kernels beside safe twins.

A wrong step (an iteration too many, a symbol shared that is not) makes the racy one `verified`; a lost one
makes the safe twin undecided.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cuq.base.span import Span
from cuq.checks.options import Options
from cuq.checks.result import Property, Verdict
from cuq.checks.run import check_kernel
from cuq.contract import Contract
from tests.interp.mini import mini


@dataclass(frozen=True)
class Case:
    why: str
    text: str
    verified: bool


CASES = [
    Case(
        "the next iteration before its barrier meets this one after it: the same cell",
        """
        def k(s: shared(i32, 4096), n: i32):
            for i in range(n):
                if tid == 0:
                    s[i] = 1
                barrier()
                if tid == 1:
                    s[i + 1] = 2
        """,
        False,
    ),
    Case(
        "the same with the cell after that, which the next barrier separates",
        """
        def k(s: shared(i32, 4096), n: i32):
            for i in range(n):
                if tid == 0:
                    s[i] = 1
                barrier()
                if tid == 1:
                    s[i + 2] = 2
        """,
        True,
    ),
    Case(
        "before the loop and its first iteration: no barrier between them",
        """
        def k(s: shared(i32, 4096), n: i32):
            s[tid] = 1
            for i in range(n):
                s[tid + 1 - i] = 2
                barrier()
        """,
        False,
    ),
    Case(
        "the last iteration and what follows the loop",
        """
        def k(s: shared(i32, 4096), n: i32):
            for i in range(n):
                barrier()
                s[tid] = i
            s[tid + 1] = 2
        """,
        False,
    ),
    Case(
        "a loop with barriers that runs zero times separates nothing",
        """
        def k(s: shared(i32, 4096), n: i32):
            s[tid] = 1
            for i in range(n):
                barrier()
            s[tid + 1] = 2
        """,
        False,
    ),
    Case(
        "a barrier under a condition separates only where the condition holds",
        """
        def k(s: shared(i32, 4096), n: i32):
            s[tid] = 1
            if n > 3:
                barrier()
            if n > 2:
                s[tid + 1] = 2
        """,
        False,
    ),
    Case(
        "the same with accesses under the same condition",
        """
        def k(s: shared(i32, 4096), n: i32):
            s[tid] = 1
            if n > 3:
                barrier()
            if n > 3:
                s[tid + 1] = 2
        """,
        True,
    ),
    Case(
        "what an inner loop leaves differs between iterations of the outer one that no barrier separates",
        """
        def k(s: shared(i32, 4096), n: i32, m: i32):
            for i in range(n):
                if m == i:
                    barrier()
                j = 0
                while j < 1:
                    r = i
                    while r > 3:
                        r = r >> 1
                    s[tid + r] = 1
                    if m == i + 7:
                        barrier()
                    j = j + 1
        """,
        False,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.why)
def test_steps(case: Case) -> None:
    contract = Contract("k", Span.at("mini", 1))
    options = Options(frozenset({Property.RACE}), timeout_ms=2_000, budget_ms=8_000)
    (check,) = check_kernel(mini(case.text), contract, options).checks
    assert (check.verdict is Verdict.VERIFIED) == case.verified, check

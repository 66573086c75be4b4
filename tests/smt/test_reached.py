"""Limits that a variable reaches exactly: what the lemma says, and where it says nothing."""

from __future__ import annotations

import pytest

from cuq.base.span import Span
from cuq.checks.options import Options
from cuq.checks.session import Session
from cuq.contract.contract import Contract
from cuq.ir.parse import parse_kernel
from cuq.ir.passes.pipeline import run_passes
from cuq.smt.problem import Alternative, Answer, Solution
from cuq.smt.reached import bounds_by_limits

KERNEL = """\
kernel k {{
  object out: param global element 4
  param out: "*mut u32" = %0:ptr as out unsigned -> @out
  param n: "u32" = %1:i32 as n unsigned
bb0:
  %2:i64 = zext %1
  %3:i64 = mul {parts}:i64, %2
  %4:ptr = ptradd inbounds @out, {start}:i64
  %5:ptr = ptradd inbounds %4, %3
  jump bb1(%4, %5)
bb1(%6:ptr, %7:ptr):
  %8:i1 = cmp {relation} %6, %7
  branch %8, {branches}
bb2:
  store global.weak %6, 1:i32
  %9:ptr = ptradd inbounds %6, {step}:i64
  %10:ptr = ptradd inbounds %7, {moves}:i64
  jump bb1(%9, %10)
bb3:
  return
}}
"""
DOWN = 2**64 - 4

CASES = [
    pytest.param({}, True, id="a multiple of the step"),
    pytest.param({"relation": "ne", "branches": "bb2(), bb3()"}, True, id="said the other way round"),
    pytest.param({"start": 4}, True, id="from elsewhere"),
    pytest.param({"parts": 12, "step": 8}, False, id="no multiple of it"),
    pytest.param({"step": DOWN}, False, id="away from the limit"),
    pytest.param({"step": DOWN, "parts": DOWN, "start": 2**40}, True, id="downwards"),
    pytest.param({"moves": 4}, False, id="the limit moves as well"),
    pytest.param(
        {"relation": "ult", "branches": "bb2(), bb3()"}, False, id="another comparison, which others read"
    ),
]


@pytest.mark.parametrize(("change", "expected"), CASES)
def test_the_lemma(change: dict[str, object], expected: bool) -> None:
    shape = {
        "parts": 8,
        "start": 0,
        "step": 4,
        "moves": 0,
        "relation": "eq",
        "branches": "bb3(), bb2()",
        **change,
    }
    session = Session(
        run_passes(parse_kernel(KERNEL.format(**shape))), Contract("k", Span.at("k", 1)), Options()
    )
    (loop,) = session.summary.loops
    found = [sym for sym, _ in bounds_by_limits(loop, (loop.guard,), session.solve_facts)]
    pointers = {variable.sym for variable in loop.carried if not variable.bits}
    assert bool(found) is expected
    assert set(found) <= pointers


def test_nothing_without_an_answer() -> None:
    """What the solver leaves open is not taken for proved."""
    shape = {"parts": 8, "start": 0, "step": 4, "moves": 0, "relation": "eq", "branches": "bb3(), bb2()"}
    session = Session(
        run_passes(parse_kernel(KERNEL.format(**shape))), Contract("k", Span.at("k", 1)), Options()
    )
    (loop,) = session.summary.loops

    def silent(facts: object, alternatives: tuple[Alternative, ...]) -> Solution:
        return Solution(Answer.UNKNOWN)

    assert not list(bounds_by_limits(loop, (loop.guard,), silent))

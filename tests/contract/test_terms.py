"""Expressions of contracts: reading, printing, values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuq.base.errors import UsageError
from cuq.base.span import Span
from cuq.contract import (
    Condition,
    IntTerm,
    Leaf,
    Term,
    holds,
    leaves,
    parse_condition,
    parse_int_term,
    render,
    value_of,
)
from cuq.contract.terms import Arith, Bool, Compare, Dim, Int, Len, Logic, Neg, Not, Param

START = Span.at("k.rs", 7, 20)

leaf_terms = st.one_of(
    st.integers(-20, 20).map(Int),
    st.sampled_from(["n", "s.field", "s.0", "block", "lens"]).map(Param),
    st.builds(Dim, st.sampled_from(["block", "grid"]), st.sampled_from(["x", "y", "z"])),
    st.sampled_from(["p", "s.data"]).map(Len),
)
int_terms: st.SearchStrategy[IntTerm] = st.recursive(
    leaf_terms,
    lambda inner: st.one_of(
        st.builds(Neg, inner), st.builds(Arith, st.sampled_from(["+", "-", "*", "/", "%"]), inner, inner)
    ),
    max_leaves=8,
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(
        st.booleans().map(Bool),
        st.builds(Compare, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), int_terms, int_terms),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner), st.builds(Logic, st.sampled_from(["&&", "||"]), inner, inner)
    ),
    max_leaves=6,
)


@given(conditions)
def test_what_is_printed_reads_back(condition: Condition) -> None:
    assert parse_condition(render(condition), START) == condition


@given(int_terms)
def test_what_is_printed_reads_back_as_a_number(term: IntTerm) -> None:
    assert parse_int_term(render(term), START) == term


def env(leaf: Leaf) -> int:
    match leaf:
        case Param(name):
            return {"n": 100, "m": -7}[name]
        case Dim(of, axis):
            return {"block": 64, "grid": 3}[of] if axis == "x" else 1
        case Len(param):
            return {"p": 10, "s.data": 20}[param]


@given(int_terms.filter(lambda term: not list(leaves(term))))
def test_values_agree_with_an_independent_evaluator(term: IntTerm) -> None:
    """Python evaluates the same text, with `/` and `%` replaced by functions on exact fractions."""

    def slow(term: Term) -> int:
        match term:
            case Int(value):
                return value
            case Neg(operand):
                return -slow(operand)
            case Arith(op, left, right):
                a, b = slow(left), slow(right)
                quotient = (abs(a) // abs(b)) * (1 if a * b >= 0 else -1) if b else 0
                return {"+": a + b, "-": a - b, "*": a * b, "/": quotient, "%": a - b * quotient}[op]
            case _:
                raise AssertionError(term)

    assert value_of(term, env) == slow(term)


CONDITIONS = [
    ("n <= grid.x * block.x", True, "the usual one"),
    ("n <= grid.x * block.x && n > 0", True, "conjunction"),
    ("n == 1 or n == 100", True, "words for operators"),
    ("not n == 100", False, "`not` is looser than comparisons"),
    ("!(n == 100) || true", True, "but tighter than `||`"),
    ("n == 1 || n == 2 && n == 100", False, "`&&` is tighter than `||`"),
    ("n == 100 || n == 2 && n == 3", True, "also from the other side"),
    ("2 + 3 * 4 == 14", True, "`*` is tighter than `+`"),
    ("10 - 3 - 2 == 5", True, "operators group to the left"),
    ("-7 / 2 == -3 && -7 % 2 == -1", True, "division truncates, as in Rust"),
    ("m / 2 == -3 && m % 2 == -1 && 7 / -2 == -3 && 7 % -2 == 1", True, "for values too"),
    ("n / 0 == 0 && n % 0 == n", True, "division is total"),
    ("len(p) == 10 && len.p == 10 && p.len == 10 && p.len() == 10", True, "ways to write a length"),
    ("s.data.len() == 20 && len(s.data) == 20 && len.s.data == 20", True, "lengths of fields"),
    ("0x10 == 16 && 1_000 == 1000", True, "numbers as in Rust"),
    ("block.y == 1 && grid.z == 1", True, "other axes"),
]


@pytest.mark.parametrize(("text", "expected", "why"), CONDITIONS, ids=[case[2] for case in CONDITIONS])
def test_conditions(text: str, expected: bool, why: str) -> None:
    assert holds(parse_condition(text, START), env) is expected, why


WRONG = [
    ("", "missing", 20, 20),
    ("n <", "missing", 23, 23),
    ("n", "a number where a condition is needed", 20, 21),
    ("n + (n < 1) < 2", "a condition where a number is needed", 25, 30),
    ("n < 1 && n", "a number where a condition is needed", 29, 30),
    ("0 < n < 5", "do not chain", 26, 27),
    ("n < 5)", "unexpected `)`", 25, 26),
    ("(n < 5", "`)` is missing", 26, 26),
    ("n = 5", "unexpected `=`", 22, 23),
    ("n < 5 & true", "unexpected `&`", 26, 27),
    ("block.w == 1", "axes x, y and z", 20, 25),
    ("len(3) == 1", "a name is missing", 24, 25),
    ("n == 0x", "unexpected `x`", 26, 27),
    ("n < 5 m", "unexpected `m`", 26, 27),
]


@pytest.mark.parametrize(("text", "message", "column", "end"), WRONG)
def test_what_is_wrong_is_shown_where_it_is(text: str, message: str, column: int, end: int) -> None:
    with pytest.raises(UsageError) as caught:
        parse_condition(text, START)
    assert message in caught.value.message
    assert caught.value.span == Span("k.rs", 7, column, 7, end)


def test_spans_reach_from_the_first_to_the_last_token() -> None:
    condition = parse_condition("  n < (m + 1) && true", START)
    assert (condition.span.column, condition.span.end_column) == (22, 41)
    assert [leaf.span.column for leaf in leaves(condition)] == [22, 27]

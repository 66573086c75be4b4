"""Integer operations against models on mathematical integers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.interp.single import compute

WIDTHS = [8, 16, 32, 64, 128]


def sign(word: int, bits: int) -> int:
    return int.from_bytes(word.to_bytes(bits // 8, "big"), "big", signed=True)


def truncated(a: int, b: int) -> int:
    """Quotient rounded to zero."""
    return a // b if (a >= 0) == (b > 0) else -(-a // b)


MODELS: dict[str, Callable[[int, int, int], int | None]] = {
    "add": lambda a, b, n: a + b,
    "sub": lambda a, b, n: a - b,
    "mul": lambda a, b, n: a * b,
    "udiv": lambda a, b, n: a // b if b else None,
    "urem": lambda a, b, n: a % b if b else None,
    "sdiv": lambda a, b, n: truncated(sign(a, n), sign(b, n)) if b else None,
    "srem": lambda a, b, n: sign(a, n) - truncated(sign(a, n), sign(b, n)) * sign(b, n) if b else None,
    "and": lambda a, b, n: a & b,
    "or": lambda a, b, n: a | b,
    "xor": lambda a, b, n: a ^ b,
    "shl": lambda a, b, n: a * 2 ** (b % n),
    "lshr": lambda a, b, n: a // 2 ** (b % n),
    "ashr": lambda a, b, n: sign(a, n) // 2 ** (b % n),
}
COMPARISONS: dict[str, Callable[[int, int, int], bool]] = {
    "eq": lambda a, b, n: a == b,
    "ne": lambda a, b, n: a != b,
    "ult": lambda a, b, n: a < b,
    "ule": lambda a, b, n: a <= b,
    "slt": lambda a, b, n: sign(a, n) < sign(b, n),
    "sle": lambda a, b, n: sign(a, n) <= sign(b, n),
}


@st.composite
def operands(draw: st.DrawFn) -> tuple[int, int, int]:
    """A width and two words, often near the ends of the ranges."""
    bits = draw(st.sampled_from(WIDTHS))
    edges = st.sampled_from([0, 1, 2, bits - 1, bits, 2 ** (bits - 1) - 1, 2 ** (bits - 1), 2**bits - 1])
    word = edges | st.integers(0, 2**bits - 1)
    return bits, draw(word), draw(word)


@pytest.mark.parametrize("op", MODELS)
@given(operands())
def test_binary(op: str, case: tuple[int, int, int]) -> None:
    bits, a, b = case
    expected = MODELS[op](a, b, bits)
    got = compute(op, f"i{bits}", (f"i{bits}", a), (f"i{bits}", b))
    if expected is None:
        assert isinstance(got, str)
        assert "by zero" in got
    else:
        assert got == expected % 2**bits


@pytest.mark.parametrize("pred", COMPARISONS)
@given(operands())
def test_compare(pred: str, case: tuple[int, int, int]) -> None:
    bits, a, b = case
    got = compute(f"cmp {pred}", "i1", (f"i{bits}", a), (f"i{bits}", b))
    assert got == COMPARISONS[pred](a, b, bits)


@pytest.mark.parametrize("reading", ["signed", "unsigned"])
@pytest.mark.parametrize("op", ["add", "sub", "mul"])
@given(operands())
def test_overflow_and_no_wrap(op: str, reading: str, case: tuple[int, int, int]) -> None:
    bits, a, b = case
    x, y = (sign(a, bits), sign(b, bits)) if reading == "signed" else (a, b)
    exact = MODELS[op](x, y, bits)
    assert exact is not None
    low = -(2 ** (bits - 1)) if reading == "signed" else 0
    outside = not low <= exact < low + 2**bits
    words = (f"i{bits}", a), (f"i{bits}", b)
    assert compute(f"overflow {reading} {op}", "i1", *words) == outside
    got = compute(f"{op} {'nsw' if reading == 'signed' else 'nuw'}", f"i{bits}", *words)
    assert isinstance(got, str) if outside else got == exact % 2**bits


@pytest.mark.parametrize("cast", ["zext", "sext", "trunc"])
@given(operands(), st.sampled_from(WIDTHS))
def test_casts(cast: str, case: tuple[int, int, int], other: int) -> None:
    bits, a, _ = case
    if bits == other:
        return
    narrow, wide = sorted((bits, other))
    source, target = (wide, narrow) if cast == "trunc" else (narrow, wide)
    a %= 2**source
    expected = sign(a, source) % 2**target if cast == "sext" else a % 2**target
    assert compute(cast, f"i{target}", (f"i{source}", a)) == expected


@pytest.mark.parametrize(("cast", "expected"), [("zext", 1), ("sext", 0xFF)])
def test_bool_casts(cast: str, expected: int) -> None:
    """One bit is the sign bit of an i1."""
    assert compute(cast, "i8", ("i1", 1)) == expected
    assert compute(cast, "i8", ("i1", 0)) == 0


@pytest.mark.parametrize(("op", "a", "b", "expected"), [("xor", 1, 1, 0), ("and", 1, 0, 0), ("or", 1, 0, 1)])
def test_bools(op: str, a: int, b: int, expected: int) -> None:
    assert compute(op, "i1", ("i1", a), ("i1", b)) == expected


@given(st.booleans(), operands())
def test_select(cond: bool, case: tuple[int, int, int]) -> None:
    bits, a, b = case
    kinds = ("i1", int(cond)), (f"i{bits}", a), (f"i{bits}", b)
    assert compute("select", f"i{bits}", *kinds) == (a if cond else b)

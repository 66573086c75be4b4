"""Floating point: correct rounding against exact rationals, special values against tables."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuq.base.errors import Unsupported
from tests.interp.single import compute, execute

CODES = {16: ("<e", "<H"), 32: ("<f", "<I"), 64: ("<d", "<Q")}
INF, NAN = math.inf, math.nan


def bits_of(value: float, width: int) -> int:
    code, word = CODES[width]
    out: int = struct.unpack(word, struct.pack(code, value))[0]
    return out


def value_of(bits: int, width: int) -> float:
    code, word = CODES[width]
    out: float = struct.unpack(code, struct.pack(word, bits))[0]
    return out


def apply(name: str, width: int, *args: float) -> float:
    """A float operation at one width, on values that it has."""
    got = compute(f"float {name}", f"f{width}", *((f"f{width}", bits_of(a, width)) for a in args))
    assert isinstance(got, int)
    return value_of(got, width)


def magnitude(width: int, bits: int) -> Fraction:
    """The value of a bit pattern without sign; infinity counts as the next power of two."""
    infinity = bits_of(INF, width)
    if bits == infinity:
        top = Fraction(value_of(infinity - 1, width))
        return top + (top - Fraction(value_of(infinity - 2, width)))
    return Fraction(value_of(bits, width))


def is_nearest(width: int, bits: int, exact: Fraction) -> bool:
    """Whether the bit pattern is the one that is nearest to the exact value, ties to even."""
    sign = 1 << (width - 1)
    negative, bits = bool(bits & sign), bits & ~sign
    if exact and negative != (exact < 0):
        return False
    error = abs(magnitude(width, bits) - abs(exact))
    for other in (bits - 1, bits + 1):
        if 0 <= other <= bits_of(INF, width):
            apart = abs(magnitude(width, other) - abs(exact))
            if apart < error or (apart == error and bits & 1):
                return False
    return True


@st.composite
def finite(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """A width and three finite bit patterns, often with exponents close to each other."""
    width = draw(st.sampled_from([16, 32, 64]))
    top = bits_of(INF, width)
    word = st.integers(0, top - 1) | st.integers(bits_of(0.5, width), bits_of(4.0, width)) | st.integers(0, 9)
    sign = st.sampled_from([0, 1 << (width - 1)])
    a, b, c = (draw(word) | draw(sign) for _ in range(3))
    return width, a, b, c


EXACT: dict[str, Callable[[Fraction, Fraction, Fraction], Fraction]] = {
    "fadd": lambda a, b, c: a + b,
    "fsub": lambda a, b, c: a - b,
    "fmul": lambda a, b, c: a * b,
    "fdiv": lambda a, b, c: a / b,
    "fma": lambda a, b, c: a * b + c,
}


@pytest.mark.parametrize("name", EXACT)
@given(finite())
def test_arithmetic_is_correctly_rounded(name: str, case: tuple[int, int, int, int]) -> None:
    width, *words = case
    a, b, c = (Fraction(value_of(w, width)) for w in words)
    if name == "fdiv" and not b:
        return
    args = words if name == "fma" else words[:2]
    got = compute(f"float {name}", f"f{width}", *((f"f{width}", w) for w in args))
    assert isinstance(got, int)
    assert is_nearest(width, got, EXACT[name](a, b, c))


@given(finite())
def test_square_root_is_correctly_rounded(case: tuple[int, int, int, int]) -> None:
    """The square of the rounding boundary lies on the right side of the argument."""
    width, word, *_ = case
    word &= ~(1 << (width - 1))
    got = compute("float sqrt", f"f{width}", (f"f{width}", word))
    assert isinstance(got, int)
    exact, root = Fraction(value_of(word, width)), Fraction(value_of(got, width))
    above = (root + Fraction(value_of(got + 1, width))) / 2
    assert exact <= above * above
    if got:
        below = (root + Fraction(value_of(got - 1, width))) / 2
        assert below * below <= exact


@given(finite(), st.sampled_from([16, 32, 64]))
def test_conversion_between_widths(case: tuple[int, int, int, int], target: int) -> None:
    width, word, *_ = case
    got = compute("float fcvt", f"f{target}", (f"f{width}", word))
    assert isinstance(got, int)
    assert is_nearest(target, got, Fraction(value_of(word, width)))


@given(st.sampled_from([8, 32, 64, 128]), st.data(), st.sampled_from([16, 32, 64]), st.booleans())
def test_from_integers(bits: int, data: st.DataObject, width: int, signed: bool) -> None:
    word = data.draw(st.integers(0, 2**bits - 1))
    value = word - 2**bits if signed and word >> (bits - 1) else word
    name = "from_sint" if signed else "from_uint"
    got = compute(f"float {name}", f"f{width}", (f"i{bits}", word))
    assert isinstance(got, int)
    assert is_nearest(width, got, Fraction(value))


@pytest.mark.parametrize(
    ("name", "kind", "value", "expected"),
    [
        ("to_uint", "i8", 3.99, 3),
        ("to_uint", "i8", -1.0, 0),
        ("to_uint", "i8", 256.0, 255),
        ("to_uint", "i32", INF, 2**32 - 1),
        ("to_uint", "i32", NAN, 0),
        ("to_sint", "i8", -3.99, 0xFD),
        ("to_sint", "i8", -1000.0, 0x80),
        ("to_sint", "i8", 1000.0, 0x7F),
        ("to_sint", "i64", -INF, 1 << 63),
        ("to_sint", "i64", NAN, 0),
    ],
)
def test_to_integers_saturates(name: str, kind: str, value: float, expected: int) -> None:
    assert compute(f"float {name}", kind, ("f32", bits_of(value, 32))) == expected


@pytest.mark.parametrize("width", [16, 32, 64])
@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("fadd", (INF, -INF), NAN),
        ("fadd", (-0.0, -0.0), -0.0),
        ("fsub", (1.0, 1.0), 0.0),
        ("fmul", (INF, 0.0), NAN),
        ("fdiv", (1.0, 0.0), INF),
        ("fdiv", (1.0, -0.0), -INF),
        ("fdiv", (0.0, 0.0), NAN),
        ("fdiv", (-1.0, INF), -0.0),
        ("frem", (5.5, -2.0), 1.5),
        ("frem", (-5.5, 2.0), -1.5),
        ("frem", (1.0, 0.0), NAN),
        ("frem", (1.0, INF), 1.0),
        ("fneg", (0.0,), -0.0),
        ("fabs", (-INF,), INF),
        ("copysign", (1.5, -0.0), -1.5),
        ("fmin", (NAN, 2.0), 2.0),
        ("fmin", (0.0, -0.0), -0.0),
        ("fmax", (2.0, NAN), 2.0),
        ("fmax", (NAN, NAN), NAN),
        ("sqrt", (-1.0,), NAN),
        ("sqrt", (-0.0,), -0.0),
        ("floor", (-0.5,), -1.0),
        ("ceil", (-0.5,), -0.0),
        ("trunc", (-1.75,), -1.0),
        ("round", (2.5,), 3.0),
        ("round", (-0.5,), -1.0),
        ("rint", (2.5,), 2.0),
        ("rint", (-0.5,), -0.0),
        ("floor", (INF,), INF),
        ("exp", (0.0,), 1.0),
        ("exp", (1e4,), INF),
        ("exp2", (3.0,), 8.0),
        ("log", (0.0,), -INF),
        ("log", (-1.0,), NAN),
        ("log2", (8.0,), 3.0),
        ("log10", (100.0,), 2.0),
        ("sin", (INF,), NAN),
        ("cos", (0.0,), 1.0),
        ("pow", (2.0, 3.0), 8.0),
        ("pow", (-8.0, 0.5), NAN),
        ("pow", (0.0, -1.0), INF),
        ("pow", (-0.0, -1.0), -INF),
        ("fma", (INF, 0.0, 1.0), NAN),
        ("fma", (1.0, -0.0, 0.0), 0.0),
    ],
)
def test_special_values(width: int, name: str, args: tuple[float, ...], expected: float) -> None:
    got = apply(name, width, *args)
    assert math.isnan(got) if math.isnan(expected) else bits_of(got, width) == bits_of(expected, width)


def test_integer_power() -> None:
    assert compute("float powi", "f32", ("f32", bits_of(2.0, 32)), ("i32", 2**32 - 2)) == bits_of(0.25, 32)


@pytest.mark.parametrize(
    ("name", "a", "b", "expected"),
    [
        ("feq", 1.0, 1.0, 1),
        ("feq", 0.0, -0.0, 1),
        ("feq", NAN, NAN, 0),
        ("fne", NAN, NAN, 1),
        ("flt", 1.0, 2.0, 1),
        ("flt", NAN, 2.0, 0),
        ("fle", 2.0, 2.0, 1),
        ("fle", 2.0, NAN, 0),
    ],
)
def test_comparisons(name: str, a: float, b: float, expected: int) -> None:
    assert compute(f"float {name}", "i1", ("f32", bits_of(a, 32)), ("f32", bits_of(b, 32))) == expected


def test_bit_casts_keep_bits() -> None:
    """Also those of a signalling NaN."""
    assert compute("bitcast", "i32", ("f32", 0x7F80_0001)) == 0x7F80_0001


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ("fadd undef:f32, 0:f32", "f32"),
        ("fadd 0:f32, undef:f32", "f32"),
        ("fneg undef:f32", "f32"),
        ("sqrt undef:f64", "f64"),
        ("fma 0:f32, 0:f32, undef:f32", "f32"),
        ("powi 0:f32, undef:i32", "f32"),
        ("from_uint undef:i32", "f32"),
        ("from_sint undef:i32", "f32"),
        ("to_sint undef:f32", "i32"),
        ("fcvt undef:f32", "f64"),
    ],
)
def test_undefined_arguments_make_undefined_results(operation: str, result: str) -> None:
    """They are passed on without a fault."""
    report = execute(f"float {operation} ;", result)
    assert not report.faults
    assert report.word("out", 0, 4) is None


def test_unknown_operations_are_refused() -> None:
    with pytest.raises(Unsupported):
        compute("float gamma", "f32", ("f32", 0))
    with pytest.raises(Unsupported):
        compute("float fadd", "f128", ("f128", 0), ("f128", 0))

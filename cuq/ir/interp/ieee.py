"""IEEE 754 bit patterns: decoding, and rounding to nearest even of floats and of exact rationals."""

from __future__ import annotations

import math
from fractions import Fraction
from struct import Struct

from cuq.base.errors import Unsupported


class Format:
    """A binary interchange format of `bits` bits, `precision` of them significant (implicit one included).

    `float_code` and `word_code` are the format's characters in the `struct` module.
    """

    def __init__(self, bits: int, precision: int, float_code: str, word_code: str) -> None:
        self.bits = bits
        self.precision = precision
        self._float, self._word = Struct(f"<{float_code}"), Struct(f"<{word_code}")
        self._floats, self._words = Struct(f"<2{float_code}"), Struct(f"<2{word_code}")

    @property
    def min_exponent(self) -> int:
        """Exponent of the smallest normal number."""
        return 2 - (1 << (self.bits - self.precision - 1))

    @property
    def sign_bit(self) -> int:
        return 1 << (self.bits - 1)

    @property
    def infinity(self) -> int:
        return self.sign_bit - (1 << (self.precision - 1))

    @property
    def nan(self) -> int:
        """The NaN that every operation produces: quiet, positive, no payload."""
        return self.infinity | 1 << (self.precision - 2)

    def decode(self, word: int) -> float:
        """The value of a bit pattern; a double holds each of them exactly."""
        value: float = self._float.unpack(self._word.pack(word))[0]
        return value

    def decode_pair(self, a: int, b: int) -> tuple[float, float]:
        """The values of two bit patterns."""
        x, y = self._floats.unpack(self._words.pack(a, b))
        return x, y

    def encode(self, value: float) -> int:
        """The bit pattern nearest to a double."""
        if value != value:
            return self.nan
        try:
            packed = self._float.pack(value)
        except OverflowError:
            return self.infinity | (self.sign_bit if value < 0 else 0)
        word: int = self._word.unpack(packed)[0]
        return word

    def round(self, value: Fraction) -> int:
        """The bit pattern nearest to an exact value, ties to even, overflow to infinity."""
        sign = self.sign_bit if value < 0 else 0
        n, d = abs(value.numerator), value.denominator
        if not n:
            return sign
        exponent = n.bit_length() - d.bit_length()
        if Fraction(n, d) < Fraction(2) ** exponent:
            exponent -= 1
        exponent = max(exponent, self.min_exponent)
        ulp = exponent - self.precision + 1
        n, d = n << max(-ulp, 0), d << max(ulp, 0)
        mantissa, rest = divmod(n, d)
        if 2 * rest > d or (2 * rest == d and mantissa & 1):
            mantissa += 1
        # The implicit one carries into the exponent field, as does a mantissa that rounds up to 2^precision.
        word = ((exponent - self.min_exponent) << (self.precision - 1)) + mantissa
        return sign | min(word, self.infinity)


_FORMATS = {
    16: Format(16, 11, "e", "H"),
    32: Format(32, 24, "f", "I"),
    64: Format(64, 53, "d", "Q"),
}


def ieee_format(bits: int) -> Format:
    """The format of a float type. Raises `Unsupported` for f128, which no host float can hold."""
    if bits not in _FORMATS:
        raise Unsupported(f"arithmetic on f{bits}")
    return _FORMATS[bits]


def fused_multiply_add(a: float, b: float, c: float, result: Format) -> int:
    """`a * b + c` rounded once."""
    if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        return result.encode(a * b + c)
    value = Fraction(a) * Fraction(b) + Fraction(c)
    return result.round(value) if value else result.encode(a * b + c)

"""What memory holds at the start, element by element."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from hashlib import blake2b

from cuq.base.records import dataclass
from cuq.ir.interp.ieee import ieee_format

PAGE = 64
"""Bytes that are filled at once; a power of two that no aligned access crosses."""


class Pattern(Enum):
    """How the elements of an object get their values."""

    CONSTANT = "constant"
    IOTA = "iota"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Fill:
    """Contents of an object with elements of `width` bytes (1, 2, 4 or 8), integers or IEEE floats.

    CONSTANT: each element is `value`. IOTA: element i is i. RANDOM: each is drawn from 0..`value`-1 as a
    function of `seed`, object and index.
    """

    pattern: Pattern = Pattern.CONSTANT
    width: int = 4
    floating: bool = False
    value: int = 0
    seed: int = 0

    def element(self, name: str, index: int) -> int:
        """The word of the element at an index."""
        number = self._number(name, index)
        if self.floating:
            return ieee_format(8 * self.width).round(Fraction(number))
        return number & ((1 << 8 * self.width) - 1)

    def _number(self, name: str, index: int) -> int:
        match self.pattern:
            case Pattern.CONSTANT:
                return self.value
            case Pattern.IOTA:
                return index
            case Pattern.RANDOM:
                digest = blake2b(f"{self.seed}:{name}:{index}".encode(), digest_size=8).digest()
                return int.from_bytes(digest, "little") % max(1, self.value)

    def page(self, name: str, number: int) -> bytes:
        """The bytes of one page."""
        first, count = number * PAGE // self.width, PAGE // self.width
        words = (self.element(name, first + i) for i in range(count))
        return b"".join(word.to_bytes(self.width, "little") for word in words)


ZEROS = Fill()

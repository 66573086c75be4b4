"""Messages of MIR without their holes."""

import pytest

from cuq.checks.wording import plain


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("index out of bounds: the length is {} but the index is {}", "index out of bounds"),
        ("attempt to divide `{}` by zero", "attempt to divide by zero"),
        ("attempt to compute `{} + {}`, which would overflow", "attempt to add with overflow"),
        (
            "attempt to calculate the remainder of `{}` with a divisor of zero",
            "attempt to calculate the remainder with a divisor of zero",
        ),
        ("assertion failed: step != 0", "assertion failed: step != 0"),
    ],
)
def test_plain(message: str, words: str) -> None:
    assert plain(message) == words

"""The project's own litmus tests, under every model that they speak of."""

from __future__ import annotations

import pytest

from cuq.ptx.litmus import parse_litmus
from cuq.ptx.litmus.enumeration import enumerate_executions
from cuq.ptx.models import model
from tests.ptx.litmus.shapes import Own, own_tests

OWN = own_tests()
CASES = [(test, name, allowed) for test in OWN for name, allowed in test.allowed.items()]


def test_there_are_many_and_all_differ() -> None:
    assert len(OWN) >= 150
    assert len({test.name for test in OWN}) == len(OWN)
    assert len({test.text.partition("{")[2] for test in OWN}) == len(OWN)


@pytest.mark.parametrize(
    ("test", "name", "allowed"), CASES, ids=lambda x: x.name if isinstance(x, Own) else str(x)
)
def test_outcome(test: Own, name: str, allowed: bool) -> None:
    assert enumerate_executions(parse_litmus(test.text, test.name), model(name), bound=1).holds is allowed

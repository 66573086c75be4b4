"""Fixtures of the dialect tests."""

import pytest

from tests.cli.kernels import Cuq


@pytest.fixture
def cuq(capsys: pytest.CaptureFixture[str]) -> Cuq:
    return Cuq(capsys)

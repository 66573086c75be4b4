"""Options and fixtures of the whole suite."""

import os

import pytest
from hypothesis import settings

from tests.golden import Golden

# How long one example takes says more about what else the machine does than about the code.
# Where a change is judged, the same examples are drawn each time; elsewhere new ones, to find more.
settings.register_profile("cuq", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("cuq")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--promote", action="store_true", help="rewrite golden files instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(promote=bool(request.config.getoption("--promote")))

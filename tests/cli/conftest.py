"""Fixtures of the command line tests."""

from pathlib import Path

import pytest

from tests.cli.kernels import Cuq


@pytest.fixture
def cuq(capsys: pytest.CaptureFixture[str]) -> Cuq:
    return Cuq(capsys)


@pytest.fixture
def crashes(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where crash reports go: not into the user's cache."""
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("CUQ_CACHE_DIR", str(cache))
    return cache / "crashes"

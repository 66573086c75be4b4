"""Bodies of `core` that nobody wrote for cuq are parsed, and printed as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.base.errors import ToolchainError
from cuq.toolchain import find_rustc
from tests.coverage import corpus

EVERY = 25


def _has_sources() -> bool:
    try:
        return find_rustc().library is not None
    except ToolchainError:
        return False


@pytest.mark.slow
@pytest.mark.rustc
@pytest.mark.skipif(
    not _has_sources(), reason="the corpus is made of library sources, which this rustc lacks"
)
def test_a_sample_is_read(tmp_path: Path) -> None:
    dump = corpus.dump(find_rustc(), tmp_path, spans=True)
    share = corpus.read(dump.path, round_trip=True, every=EVERY)
    assert share.bodies > 500
    assert share.failed == []
    assert share.changed == []
    assert len(share.constructs) > 30

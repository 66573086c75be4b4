"""The samples are what a compiler prints today."""

from __future__ import annotations

import pytest

from cuq.base.errors import ToolchainError
from cuq.toolchain import compile_mir, find_rustc
from cuq.toolchain.flags import TESTED_RELEASE
from tests.golden import Golden
from tests.mir.mir_text import SAMPLES


def _fits() -> bool:
    try:
        return find_rustc().release.startswith(".".join(map(str, TESTED_RELEASE)) + ".")
    except ToolchainError:
        return False


@pytest.mark.slow
@pytest.mark.rustc
@pytest.mark.skipif(not _fits(), reason="the samples are of another rustc")
@pytest.mark.parametrize("name", ["control", "data"])
def test_samples_are_what_rustc_prints(name: str, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pytest tests/mir --promote` writes them. Paths in a dump are as the source is named here."""
    monkeypatch.chdir(SAMPLES)
    compilation = compile_mir((SAMPLES / f"{name}.rs").relative_to(SAMPLES))
    golden(f"mir/samples/{name}.mir", compilation.mir)

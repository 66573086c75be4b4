"""The sample of language features is what a compiler prints today."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.base.errors import ToolchainError
from cuq.toolchain import compile_mir, find_rustc
from cuq.toolchain.flags import TESTED_RELEASE
from tests.golden import Golden
from tests.ir.test_features import SAMPLES


def _fits() -> bool:
    try:
        return find_rustc().release.startswith(".".join(map(str, TESTED_RELEASE)) + ".")
    except ToolchainError:
        return False


@pytest.mark.slow
@pytest.mark.rustc
@pytest.mark.skipif(not _fits(), reason="the sample is of another rustc")
def test_sample_is_what_rustc_prints(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pytest tests/ir --promote` writes it. Paths in a dump are as the source is named here."""
    monkeypatch.chdir(SAMPLES)
    compilation = compile_mir(Path("features.rs"))
    golden("ir/samples/features.mir", compilation.mir)
    golden("ir/samples/features.hir", compilation.hir_text)

"""The committed table is what the compiler does today."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.base.errors import ToolchainError
from cuq.toolchain import find_rustc
from tests.mapping.__main__ import PAGE, page
from tests.mapping.measure import measured

TABLE = PAGE.read_text(encoding="utf-8")


def _release() -> str:
    try:
        return find_rustc().release
    except ToolchainError:
        return "none"


@pytest.mark.slow
@pytest.mark.rustc
@pytest.mark.skipif(f"rustc {_release()} " not in TABLE, reason="the table is of another rustc")
def test_the_table_is_true(tmp_path: Path) -> None:
    """If this fails: `make mapping`."""
    assert page(_release(), measured(tmp_path)) == TABLE


def test_what_the_table_says() -> None:
    rows = {
        row.split("|")[1].strip(): row.split("|")[3].strip()
        for row in TABLE.splitlines()
        if row.startswith("| `")
    }
    assert rows["`swap(Acquire)`"] == rows["`fetch_add(Release)`"] == "**no**"
    assert rows["`compare_exchange(Acquire, Acquire)`"] == rows["`load(Acquire)`"] == "yes"
    assert rows["`swap(Relaxed)`"] == rows["`fence(SeqCst)`"] == "yes"

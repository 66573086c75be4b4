"""What rustc's own back end makes of each flag, lock and counter of the fixtures, right and wrong ones alike.

A kernel that is wrong in its source may well be compiled as it is written: the artefact is compared with the source.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from cuq.checks.result import Verdict
from cuq.toolchain import find_rustc
from cuq.toolchain.compile import compile_ptx
from tests.artefact.test_artefact import judged
from tests.fixtures.synchronised import SYNCHRONISED

SWAP = ["CUQ-A001"]
COUNT = ["CUQ-A001"]
STATIC = ["CUQ-A002"]

REFUTED = {
    "swap_lock": (SWAP, "taken by an exchange"),
    "swap_lock_inverted": (SWAP, "an exchange"),
    "swap_lock_twice": (SWAP, "an exchange"),
    "block_lock": (SWAP, "a lock for blocks, taken by an exchange"),
    "block_lock_no_barrier": (SWAP, "an exchange"),
    "block_lock_rushed": (SWAP, "an exchange"),
    "last_block": (COUNT, "the count of blocks acquires and releases"),
    "last_block_release": (COUNT, "it releases only"),
    "last_block_first": (COUNT, "the same count, asked for another number"),
    "last_block_late": (COUNT, "the same count, too early"),
    "last_block_told": ([*COUNT, *STATIC], "and what thread 0 tells its block is a static of .shared"),
    "last_block_told_relaxed": (STATIC, "the count is relaxed in the source, too"),
    "last_block_told_half": ([*COUNT, *STATIC], "as last_block_told"),
    "grid_barrier": (COUNT, "blocks are counted by an addition that acquires and releases"),
    "grid_barrier_short": (COUNT, "the same, waiting for one block less"),
    "grid_barrier_early": (COUNT, "the same, counted too early"),
    "grid_barrier_twice": ([*COUNT, *COUNT], "two of them"),
    "grid_barrier_twice_once": ([*COUNT, *COUNT], "two of them"),
    "grid_barrier_twice_relaxed": (COUNT, "one of the two is relaxed in the source"),
    "grid_barrier_counted": ([*COUNT, *COUNT], "two counts"),
}
"""With rustc 1.96. `swap` and `fetch_add` become relaxed, statics of `.shared` are global."""


@lru_cache
def _ptx(source: Path) -> str:
    return compile_ptx(source)


@pytest.mark.slow
@pytest.mark.rustc
@pytest.mark.parametrize("kernel", [fixture.kernel for fixture in SYNCHRONISED])
def test_compiled(kernel: str) -> None:
    if not find_rustc().release.startswith("1.96."):
        pytest.skip("the table is of another rustc")
    source = next(fixture.source for fixture in SYNCHRONISED if fixture.kernel == kernel)
    result = judged(kernel, _ptx(source))
    codes, _ = REFUTED.get(kernel, ([], ""))
    assert result.verdict is (Verdict.REFUTED if codes else Verdict.VERIFIED)
    assert [finding.code for finding in result.findings] == codes


def test_the_table_names_fixtures() -> None:
    assert REFUTED.keys() <= {fixture.kernel for fixture in SYNCHRONISED}

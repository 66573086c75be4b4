"""What a kernel's markers say of its launches becomes its weakest contract."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.kernels import Cuq
from tests.fixtures.table import ROOT


def test_the_block_size_of_a_marker_is_the_contract(cuq: Cuq) -> None:
    outcome = cuq("check", ROOT / "cuda_oxide/oxide_tile.mir")
    assert outcome.code == 0
    assert "block=[256,1,1]" in outcome.out


def test_flags_are_over_markers(cuq: Cuq) -> None:
    """With blocks of 512 threads, the tile of 256 is too small."""
    outcome = cuq("check", ROOT / "cuda_oxide/oxide_tile.mir", "--block", "512")
    assert "CUQ-B001" in outcome.out
    assert "block=[512,1,1]" in outcome.out


def test_a_bound_on_the_threads_of_a_block(cuq: Cuq, tmp_path: Path) -> None:
    """The same dump with `launch_bounds(64)` in place of the block size."""
    for suffix in (".mir", ".hir"):
        shutil.copy(ROOT / f"cuda_oxide/oxide_tile{suffix}", tmp_path)
    dump = tmp_path / "oxide_tile.mir"
    text = dump.read_text()
    marker = "cuda_device::__launch_contract_block_config::<256, 1, 1>"
    assert marker in text
    dump.write_text(text.replace(marker, "cuda_device::__launch_bounds_config::<256, 0>"))
    outcome = cuq("check", dump)
    assert "block.x * block.y * block.z <= 256" in outcome.out

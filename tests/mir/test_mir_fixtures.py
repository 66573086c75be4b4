"""Every dump that the project ships can be read: bodies, constants, allocations."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.mir.file import MirFile

ROOT = Path(__file__).parents[2]
DUMPS = sorted([*ROOT.glob("rust-fixtures/**/*.mir"), *Path(__file__).parent.glob("samples/*.mir")])


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.stem)
def test_dump_is_read(dump: Path) -> None:
    file = MirFile.read(dump)
    for name in file.names():
        assert all(body.blocks for body in file.bodies(name))
    for alloc in file.names("alloc"):
        assert file.alloc(alloc).id == alloc

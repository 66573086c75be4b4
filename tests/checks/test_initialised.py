"""The assumption `initialised` is listed where a thread may read what nothing was written to."""

from __future__ import annotations

import pytest

from cuq.checks.options import Options
from cuq.checks.result import Property
from cuq.checks.run import check_kernel
from cuq.ir.module import Kernel
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES

BY_NAME = {fixture.name: fixture for fixture in FIXTURES}

CASES = [
    ("saxpy/saxpy_u32", False, "memory of the caller only"),
    ("transpose/transpose_tiled", True, "reads shared memory"),
    ("arrays/summed_local", True, "reads an array of its own"),
    ("enums/stored", True, "a variant leaves a part open"),
]


@pytest.mark.parametrize(("name", "listed", "why"), CASES, ids=[f"{c[0]}: {c[2]}" for c in CASES])
def test_initialised_is_listed(name: str, listed: bool, why: str) -> None:
    task = task_of(load(BY_NAME[name]), Options())
    assert isinstance(task.kernel, Kernel)
    checks = check_kernel(task.kernel, task.contract, Options()).checks
    found = {check.property for check in checks if "initialised" in check.assumptions}
    assert found == ({Property.UB} if listed else set())

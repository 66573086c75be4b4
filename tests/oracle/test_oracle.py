"""The host as a judge: a sample of the fixtures, and that the judge can find fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.checks.options import Options
from cuq.checks.result import Property
from cuq.checks.run import check_kernel
from cuq.ir.module import Kernel
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES
from tests.oracle.build import build_text, missing
from tests.oracle.compare import Row, compared, judge
from tests.oracle.source import NotOnHost, host_source

BY_NAME = {fixture.name: fixture for fixture in FIXTURES}
REASON = missing()

SAMPLE = {
    "reduction/tree": (),  # many intervals, shared memory
    "reduction/tree_guard": (Property.RACE,),  # a race within one interval
    "reduction/tree_out": (Property.RACE,),  # a race between blocks alone
    "reduction/tree_divergent": (Property.DIVERGENCE,),
    "saxpy/saxpy_usize_truncated": (Property.RACE,),  # a witness of 65537 threads
    "saxpy/saxpy_may_alias": (Property.RACE,),  # one object within another
    "bytes/packed_records_wide": (Property.RACE,),  # a part of an access
    "histogram/histogram": (),  # atomics
    "histogram/histogram_mixed": (Property.RACE,),  # atomics beside plain accesses
    "oob/index_unguarded": (Property.PANIC,),
    "oob/unchecked_last": (Property.BOUNDS,),
    "unchecked/reverse_last": (Property.UB,),
}
"""Kernels with the properties that the host must show at their witnesses."""

pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))


@pytest.mark.slow
@pytest.mark.rustc
@pytest.mark.parametrize("name", SAMPLE)
def test_host_agrees(name: str) -> None:
    row = compared(BY_NAME[name], most=3)
    assert not row.reason
    assert row.wrong == []
    assert row.launches == row.compared == 3
    assert row.witnesses == set(SAMPLE[name])


@pytest.mark.slow
@pytest.mark.rustc
@pytest.mark.parametrize(
    ("safe", "broken", "said"),
    [
        ("block_shift/block_shift", "block_shift/block_shift_no_barrier", "race is verified, and happens"),
        ("early_return/tail_guard", "early_return/tail_return", "divergence is verified, and happens"),
        ("oob/index_guarded", "oob/index_unguarded", "panic is verified, and happens"),
    ],
)
def test_wrong_verdicts_are_found(safe: str, broken: str, said: str, tmp_path: Path) -> None:
    """The verdicts on a safe kernel, held against the program of its broken twin."""
    task = task_of(load(BY_NAME[safe]), Options())
    assert isinstance(task.kernel, Kernel)
    twin = BY_NAME[broken]
    text = twin.source.read_text().replace(twin.kernel, task.kernel.name)
    program = build_text(text, task.kernel, tmp_path)
    row = Row(safe)
    judge(program, task.contract, check_kernel(task.kernel, task.contract, Options()), 5, row)
    assert any(said in wrong for wrong in row.wrong)
    assert any("on the host" in wrong for wrong in row.wrong), "the interpreter ran the safe one"


@pytest.mark.parametrize(
    "line",
    ['asm!("bar.sync 0;");', "use cuda_device::{kernel, thread};", "flag.store(1, Ordering::Release);"],
)
def test_what_the_host_has_not_is_named(line: str) -> None:
    with pytest.raises(NotOnHost):
        host_source(line)


def test_lines_stay_where_they_are() -> None:
    """Places are compared line by line."""
    for fixture in FIXTURES:
        text = fixture.source.read_text()
        try:
            assert host_source(text).count("\n") == text.count("\n")
        except NotOnHost:
            continue

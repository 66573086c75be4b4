"""Lowering of real dumps: the IR of typical kernels as golden files, and all fixtures at least get through.

Refusals have tables of their own below: the construct must be named, at the user's line.
"""

from __future__ import annotations

import re

import pytest

from cuq.base.errors import Unsupported
from cuq.checks.result import Obstacle, RunError
from cuq.cli.load import load_dump
from cuq.cli.stopwatch import Stopwatch
from cuq.ir.lower import EntryFacts, kernel_names
from cuq.ir.module import Kernel
from cuq.ir.parse import parse_kernel
from cuq.ir.text import kernel_text
from cuq.mir.file import MirFile
from tests.fixtures.gaps import REASONS
from tests.fixtures.table import FIXTURES, Fixture
from tests.golden import Golden

GOLDEN = {
    "saxpy/saxpy_u32": "raw pointers, u32 index arithmetic",
    "vecadd/vecadd_get": "Option matching vanishes, lengths of slices",
    "vecadd/vecadd_chunk": "a `for` over a range",
    "vecadd/vecadd_zip": "iterator adapters: options and the first iteration of step_by vanish",
    "reduction/tree": "barriers in a halving loop, a shared static, bounds checks",
    "histogram/histogram_shared": "atomics with constant orderings, shared and global",
    "transpose/transpose_tiled": "two-dimensional shared arrays, constant items",
    "scan/hillis_steele_buffered": "two buffers swapped through references",
    "early_return/block_return": "returns before a barrier",
    "bytes/copy_records": "a copy of bytes",
    "bytes/springs": "fields of a struct in memory",
    "barriers/helper_call": "a call that is inlined here",
}


def lower(fixture: Fixture) -> Kernel:
    failed: list[RunError] = []
    (loaded,) = load_dump(fixture.mir, Stopwatch(), failed.append).kernels
    assert not failed
    if isinstance(loaded.kernel, Obstacle):
        raise Unsupported(loaded.kernel.reason.removeprefix("not modelled: "), span=loaded.kernel.span)
    return loaded.kernel


BY_NAME = {fixture.name: fixture for fixture in FIXTURES}


@pytest.mark.parametrize("name", GOLDEN)
def test_ir_is_as_expected(name: str, golden: Golden) -> None:
    kernel = lower(BY_NAME[name])
    text = kernel_text(kernel, spans=True)
    assert parse_kernel(text) == kernel
    golden(f"ir/golden/{name.rpartition('/')[2]}.ir", text)


LOWERED_GAPS = {"gaps/made_pointer", "gaps/pointer_table", "gaps/unknown_mask"}
"""The analysis is in the way, not the IR."""
REFUSED = {
    "callee/unknown_callee": "a call to blend",
    **{name: re.escape(said) for name, (_, said) in REASONS.items() if name not in LOWERED_GAPS},
}
"""Fixtures that the IR does not express, and what is said about them."""


@pytest.mark.parametrize("name", BY_NAME)
def test_fixtures_lower_or_say_why(name: str) -> None:
    fixture = BY_NAME[name]
    if name in REFUSED:
        with pytest.raises(Unsupported, match=REFUSED[name]) as error:
            lower(fixture)
        assert error.value.span is not None
        assert error.value.span.file.endswith(f"{fixture.kernel}.rs")
    else:
        assert lower(fixture).name == fixture.kernel


def test_kernels_by_shape() -> None:
    """Without HIR, a function that the file calls is a helper, and so is a panic handler."""
    mir = MirFile.read(BY_NAME["barriers/helper_call"].mir)
    assert kernel_names(mir, EntryFacts()) == ("helper_call",)

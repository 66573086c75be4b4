"""What is measured is verified: a kernel that the solver gives up on would be fast."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from cuq.checks.result import Verdict
from cuq.cli import work
from tests.bench import growth, kernels
from tests.bench.plot import panels
from tests.cli.kernels import needs_rustc


@pytest.mark.rustc
@pytest.mark.parametrize("family", growth.FAMILIES, ids=lambda family: family.name)
def test_generated_kernels_are_verified(family: growth.Family) -> None:
    needs_rustc()
    task, lines = growth.prepared(family, family.sizes[0])
    assert all(check.verdict is Verdict.VERIFIED for check in work.check(task).checks)
    assert growth.prepared(family, family.sizes[0] + 1)[1] > lines


@pytest.mark.rustc
def test_kernels_in_two_dimensions_are_verified() -> None:
    needs_rustc()
    for task in kernels.planar():
        assert all(check.verdict is Verdict.VERIFIED for check in work.check(task).checks), task.name


def test_a_plot_has_a_panel_for_each_series_and_a_mark_for_each_point() -> None:
    """A picture that a browser refuses is seen by nobody."""
    root = ElementTree.fromstring(
        panels([("a < b", [(1, 10.0), (5, 48.0)]), ("c", [(2, 1.5), (4, 3.0), (8, 6.0)])])
    )
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{space}g")) == 2
    assert len(root.findall(f".//{space}circle")) == 5
    marks = [float(mark.attrib["cy"]) for mark in root.findall(f".//{space}circle")]
    assert marks[0] > marks[1]

"""The values of variables that findings show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cuq.checks.options import Options
from cuq.checks.result import Event, Property
from cuq.checks.run import check_kernel
from cuq.ir.module import Kernel
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES

BY_NAME = {fixture.name: fixture for fixture in FIXTURES}


def _events(name: str, prop: Property) -> tuple[Event, ...]:
    """Of the first finding."""
    task = task_of(load(BY_NAME[name]), Options(properties=frozenset({prop})))
    assert isinstance(task.kernel, Kernel)
    (check,) = check_kernel(task.kernel, task.contract, task.options).checks
    return check.findings[0].events


CASES: dict[str, tuple[Property, dict[str, str]]] = {
    # Two iterations of one loop: the counter tells them apart, though neither address has both variables.
    "reduction/tree_no_barrier": (Property.RACE, {"reads": "k = 1, t = 0", "writes": "k = 2, t = 1"}),
    # A thread ends where it panics: what it had last is shown.
    "oob/index_unguarded": (Property.PANIC, {"panics": "i = 0"}),
    "oob/scratch_small": (Property.PANIC, {"panics": "t = 256"}),
    # The variable of a `for` loop comes out of an `Option`.
    "vecadd/vecadd_chunk_inclusive": (Property.RACE, {"writes": "k = 0, j = 0, first = 0, i = 1"}),
}


@pytest.mark.parametrize("name", CASES)
def test_values_of_variables(name: str) -> None:
    prop, shown = CASES[name]
    events = {event.action: event for event in _events(name, prop)}
    assert {action: _text(events[action]) for action in shown} == shown


def _text(event: Event) -> str:
    return ", ".join(f"{part.text} = {part.value}" for part in event.parts)


def test_the_access_is_the_one_that_raced() -> None:
    """The same element is written in several iterations, with barriers between them."""
    for event in _events("scan/hillis_steele_second_barrier", Property.RACE):
        values = {part.text: part.value for part in event.parts}
        assert event.offset is not None
        read = values["t"] - values["d"] if event.action == "reads" else values["t"]
        assert read * 4 == event.offset


def test_variables_of_variables_are_shown() -> None:
    """Both threads reach one index, on two ways."""
    one, other = _events("nested/double_loop_rows", Property.RACE)
    assert (_text(one), _text(other)) == (
        "column = 1, row = 0, at = 1, i = 0, all = 2",
        "column = 0, row = 0, at = 1, i = 1, all = 2",
    )


def test_without_names_nothing_is_shown() -> None:
    task = task_of(load(BY_NAME["reduction/tree_no_barrier"]), Options(properties=frozenset({Property.RACE})))
    assert isinstance(task.kernel, Kernel)
    (check,) = check_kernel(replace(task.kernel, debug_names=()), task.contract, task.options).checks
    assert all(event.parts == () for event in check.findings[0].events)

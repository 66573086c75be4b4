"""Facts about launches hold in every launch: exhaustively for small ones, under every way to fix dimensions."""

from __future__ import annotations

from itertools import product

import pytest

from cuq.analysis.expr import AXES
from cuq.analysis.transfer import Geometry
from cuq.smt.instance import Thread
from cuq.smt.launch import ANYONE, FIRST_BLOCK, FIRST_GRID, SECOND_BLOCK, SECOND_GRID, LaunchFacts
from tests.analysis.concrete import holds

Coord = tuple[int, int, int]


def _env(block: Coord, grid: Coord, threads: list[tuple[Thread, Coord, Coord]]) -> dict[str, int]:
    env: dict[str, int] = {}
    for i, axis in enumerate(AXES):
        env |= {f"ntid.{axis}": block[i], f"total.{axis}": block[i] * grid[i]}
        env |= {f"{any_}nctaid.{axis}": grid[i] for any_ in ("", "any.")}
        for thread, tid, ctaid in threads:
            for own in ("", f"!{thread.tag}"):
                env |= {f"tid.{axis}{own}": tid[i], f"base.{axis}{own}": ctaid[i] * block[i]}
                env |= {f"{any_}ctaid.{axis}{own}": ctaid[i] for any_ in ("", "any.")}
    return env


def _within(size: Coord) -> list[Coord]:
    x, y, z = size
    return list(product(range(x), range(y), range(z)))


def _geometries(block: Coord, grid: Coord) -> list[Geometry]:
    """The launch with all, some or no dimensions fixed."""
    free = (None, None, None)
    return [
        Geometry(b, g, no_wrap)
        for b in (free, block, (block[0], None, 1 if block[2] == 1 else None))
        for g in (free, grid, (None, grid[1], None))
        for no_wrap in (True, False)
    ]


SIZES: list[tuple[Coord, Coord]] = [
    ((1, 1, 1), (1, 1, 1)),
    ((3, 1, 1), (2, 1, 1)),
    ((2, 1, 1), (1, 2, 1)),
    ((1, 2, 2), (2, 1, 1)),
    ((2, 1, 1), (1, 1, 2)),
]


@pytest.mark.parametrize(("block", "grid"), SIZES)
def test_one_thread(block: Coord, grid: Coord) -> None:
    for geometry in _geometries(block, grid):
        facts = LaunchFacts(geometry)
        for tid, ctaid in product(_within(block), _within(grid)):
            env = _env(block, grid, [(ANYONE, tid, ctaid)])
            for fact in (*facts.launch(), *facts.thread(ANYONE)):
                assert holds(fact, env), f"{fact} for {tid} in {ctaid} of {block} {grid}"


@pytest.mark.parametrize(("block", "grid"), SIZES)
def test_two_threads(block: Coord, grid: Coord) -> None:
    """Every pair of different threads satisfies what is said of pairs, and no thread is different from itself."""
    everyone = list(product(_within(block), _within(grid)))
    for geometry in _geometries(block, grid):
        facts = LaunchFacts(geometry)
        for (tid, ctaid), (other, elsewhere) in product(everyone, repeat=2):
            same = ctaid == elsewhere
            one, two = (FIRST_BLOCK, SECOND_BLOCK) if same else (FIRST_GRID, SECOND_GRID)
            env = _env(block, grid, [(one, tid, ctaid), (two, other, elsewhere)])
            said = [*facts.thread(one), *facts.thread(two), *facts.different(one, two)]
            assert all(holds(fact, env) for fact in said) == ((tid, ctaid) != (other, elsewhere))

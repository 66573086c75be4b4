"""Small concrete launches to look for a violation in, and what a solver's model says of one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from cuq.analysis.expr import ANY_NCTAID, AXES, BASE, CTAID, NCTAID, NTID, TOTAL, Level, Poly, Sym, lift
from cuq.analysis.substitute import Substitution
from cuq.analysis.transfer import Geometry
from cuq.checks.result import Coord, Launch, ThreadId
from cuq.ir.module import MemObject
from cuq.smt.pairs import aliases
from cuq.smt.problem import Model

_BLOCK = {"x": (1, 2, 3, 4, 5, 8, 16, 33, 64, 256, 1024), "y": (1, 2, 3), "z": (1, 2)}
_GRID = {"x": (1, 2, 3, 5), "y": (1, 2), "z": (1, 2)}


def small_launches(
    geometry: Geometry, *, same_block: bool | None, most: int = 24
) -> Iterator[tuple[Coord, Coord]]:
    """Block and grid dimensions within `geometry`, those with the fewest threads first.

    `same_block` True: two threads in a block at least; False: two blocks at least; None: anything.
    """
    blocks = _choices(geometry.block, _BLOCK)
    grids = _choices(geometry.grid, _GRID)
    launches = [
        (b, g)
        for b, g in product(blocks, grids)
        if prod(b) <= 1024
        and not (same_block is True and prod(b) < 2)
        and not (same_block is False and prod(g) < 2)
    ]
    launches.sort(key=lambda x: (prod(x[0]) * prod(x[1]), prod(x[1]), x))
    yield from launches[:most]


def _choices(
    dims: tuple[int | None, int | None, int | None], options: dict[str, tuple[int, ...]]
) -> list[Coord]:
    axes = [options[a] if d is None else (d,) for a, d in zip(AXES, dims, strict=True)]
    return list(product(*axes))  # type: ignore[arg-type]


def fix(block: Coord, grid: Coord) -> Substitution:
    """Replaces the launch dimensions by numbers, in the names of both threads of a query."""
    replacement: dict[Sym, Poly] = {}
    for axis, b, g in zip(AXES, block, grid, strict=True):
        replacement[NTID[axis]] = lift(b)
        replacement[NCTAID[axis]] = replacement[ANY_NCTAID[axis]] = lift(g)
        replacement[TOTAL[axis]] = lift(b * g)
        for tag in ("", "!1", "!2"):
            index, base = _tagged(CTAID[axis], tag), _tagged(BASE[axis], tag)
            replacement[base] = lift(index) * b
    return Substitution(replacement)


def _tagged(sym: Sym, tag: str) -> Sym:
    return Sym(sym.name + tag, sym.low, sym.high, sym.level, text=sym.text) if tag else sym


def thread_of(model: Model, tag: str) -> ThreadId:
    """The thread that a tag stands for in a model."""
    return ThreadId(_coord(model, "tid", tag), _coord(model, "ctaid", tag))


def _coord(model: Model, family: str, tag: str) -> Coord:
    values = []
    for axis in AXES:
        names = {f"{any_}{family}.{axis}{own}" for any_ in ("", "any.") for own in ("", f"!{tag}")}
        named = [s for s in model.symbols() if s.name in names]
        own = next((s for s in named if s.name.endswith(f"!{tag}")), named[0] if named else None)
        values.append(0 if own is None else model.value(lift(own)))
    x, y, z = values
    return x, y, z


def launch_of(
    model: Model,
    block: Coord,
    grid: Coord,
    params: tuple[Sym, ...],
    objects: tuple[MemObject, ...],
    memory: dict[str, dict[int, tuple[int, int]]],
) -> Launch:
    """The launch that a model describes; `memory`: object to offset to (width, value)."""
    values = tuple((s.text, model.value(lift(s))) for s in params)
    for obj, offset, width, value in model.tables():
        memory.setdefault(obj, {}).setdefault(offset, (width, value))
    contents = tuple(
        (obj, tuple((o, w, v) for o, (w, v) in sorted(cells.items())))
        for obj, cells in sorted(memory.items())
    )
    return Launch(block, grid, values, contents, aliases=aliases(model, objects))


def unknowns_of(model: Model) -> tuple[str, ...]:
    """Values that the analysis does not know and that the model chose: where they come from."""
    return tuple(dict.fromkeys(s.origin for s in model.symbols() if s.origin and s.level is Level.THREAD))

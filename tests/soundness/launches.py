"""Small launches that a contract admits, with parameter values and memory contents to try a kernel on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from cuq.analysis.evaluate import MAX_BYTES
from cuq.contract import Contract, holds, value_of
from cuq.contract import terms as t
from cuq.ir.interp import LaunchConfig
from cuq.ir.interp.contents import Fill, Pattern
from cuq.ir.launch_dims import free_dims
from cuq.ir.module import Kernel, MemObject
from cuq.ir.types import PtrType

_BLOCKS = {"x": (1, 2, 3, 4, 5), "y": (1, 2, 3), "z": (1, 2)}
_GRIDS = {"x": (1, 2, 3), "y": (1, 2), "z": (1, 2)}
_MOST_THREADS = 40
_VALUES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17, 31, 64, 127, 128, 250, 255, 256, 1000)
Coord = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    block: Coord
    grid: Coord


def shapes(kernel: Kernel, contract: Contract) -> list[Shape]:
    """All small launch dimensions within the contract; axes that a kernel never reads are 1 by assumption."""
    free = free_dims(kernel, contract)

    def axes(
        given: tuple[int | None, ...] | None, of: str, options: dict[str, tuple[int, ...]]
    ) -> list[tuple[int, ...]]:
        found: list[tuple[int, ...]] = []
        for i, axis in enumerate("xyz"):
            if given is not None:
                fixed = given[i]
                found.append(options[axis] if fixed is None else (fixed,))
            else:
                found.append(options[axis] if (of, axis) in free else (1,))
        return found

    blocks = axes(contract.block.as_tuple() if contract.block else None, "block", _BLOCKS)
    grids = axes(contract.grid.as_tuple() if contract.grid else None, "grid", _GRIDS)
    found = [
        Shape((bx, by, bz), (gx, gy, gz))
        for bx, by, bz, gx, gy, gz in product(*blocks, *grids)
        if bx * by * bz * gx * gy * gz <= max(_MOST_THREADS, prod(b[0] for b in (*blocks, *grids)))
    ]
    return sorted(found, key=lambda x: prod(x.block) * prod(x.grid))


def scalars(kernel: Kernel) -> dict[str, int]:
    """Widths of the parameters that are numbers, by printed name."""
    found = {}
    for param in kernel.params:
        for reg, name in zip(param.regs, param.names, strict=True):
            if not isinstance(reg.type, PtrType):
                found[name] = reg.type.bits
    return found


def _leaf(term: t.Leaf, config: LaunchConfig) -> int:
    match term:
        case t.Dim(of=of, axis=axis):
            return (config.block if of == "block" else config.grid)["xyz".index(axis)]
        case t.Param(name=name):
            return config.params[name]
        case t.Len(param=param):
            known = config.params.get(f"{param}.len")
            return config.lengths[param] if known is None else known


def extents(contract: Contract, config: LaunchConfig) -> dict[str, int]:
    """What the contract says of the lengths of raw pointers, in this launch."""
    return {
        x.param: value_of(x.elements, lambda leaf: _leaf(leaf, config))
        for x in contract.lengths
        if f"{x.param}.len" not in config.params
    }


def admits(contract: Contract, config: LaunchConfig) -> bool:
    """Whether the launch is one that the contract speaks of: dimensions, `requires`, lengths."""
    for given, dims in ((contract.block, config.block), (contract.grid, config.grid)):
        if given is not None and any(
            g is not None and g != d for g, d in zip(given.as_tuple(), dims, strict=True)
        ):
            return False
    for length in contract.lengths:
        said = config.params.get(f"{length.param}.len", config.lengths.get(length.param))
        if said != value_of(length.elements, lambda leaf: _leaf(leaf, config)):
            return False
    return all(holds(r.condition, lambda leaf: _leaf(leaf, config)) for r in contract.requires)


def _possible(kernel: Kernel, config: LaunchConfig) -> bool:
    """No slice is longer than an address space, and what begins inside of an object ends there."""
    sizes = {obj.name: _size(kernel, obj, config) for obj in kernel.objects}
    if any(size > MAX_BYTES for size in sizes.values() if size is not None):
        return False
    for name, (target, offset) in config.aliases.items():
        outer, inner = sizes[target], sizes[name]
        if outer is not None and (inner is None or offset + inner > outer):
            return False
    return True


def _size(kernel: Kernel, obj: MemObject, config: LaunchConfig) -> int | None:
    """Of an object in bytes; None where nothing bounds it."""
    if obj.length is not None:
        names = {r: n for p in kernel.params for r, n in zip(p.regs, p.names, strict=True)}
        return config.params[names[obj.length]] * obj.element
    if obj.name in config.lengths:
        return config.lengths[obj.name] * obj.element
    return obj.size


def launches(kernel: Kernel, contract: Contract, rng: random.Random, most: int) -> Iterator[LaunchConfig]:
    """Launches that the contract admits: all shapes in turn, with values drawn anew each time."""
    widths = scalars(kernel)
    dims = shapes(kernel, contract)
    if not dims:
        return
    rng.shuffle(dims)
    made = tried = 0
    while made < most and tried < 30 * most:
        shape = dims[tried % len(dims)]
        tried += 1
        params = {name: _number(rng, bits, shape) for name, bits in widths.items()}
        config = LaunchConfig(
            shape.block,
            shape.grid,
            params,
            fills=_fills(kernel, rng),
            aliases=_aliases(contract, rng),
            dynamic_shared=64,
        )
        for length in contract.lengths:
            if f"{length.param}.len" in widths:
                params[f"{length.param}.len"] = value_of(
                    length.elements,
                    lambda leaf, c=config: _leaf(leaf, c),  # type: ignore[misc]
                )
        config = replace(config, lengths=extents(contract, config))
        if any(not 0 <= n <= 1 << 20 for n in config.lengths.values()):
            continue
        if admits(contract, config) and _possible(kernel, config):
            made += 1
            yield config


def _number(rng: random.Random, bits: int, shape: Shape) -> int:
    """Small numbers, sizes of the launch, and the edges of the type."""
    top = (1 << bits) - 1
    choice = rng.random()
    if choice < 0.55:
        value = rng.choice(_VALUES[:12])
    elif choice < 0.75:
        value = rng.choice(_VALUES)
    elif choice < 0.9:
        total = shape.block[0] * shape.grid[0]
        value = rng.choice((shape.block[0], total, prod(shape.block), total + 1, total - 1))
    else:
        value = rng.choice((top, top - 1, top // 2, top // 2 + 1, top // 4 + 1))
    return value & top


def _fills(kernel: Kernel, rng: random.Random) -> dict[str, Fill]:
    """Contents that make indices collide, or permute, or stay arbitrary; the rest is zero."""
    fills: dict[str, Fill] = {}
    for obj in kernel.objects:
        width, seed = obj.element, rng.randrange(1000)
        fill = rng.choice(
            (
                None,
                Fill(Pattern.IOTA, width),
                Fill(Pattern.RANDOM, width, value=3, seed=seed),
                Fill(Pattern.RANDOM, width, value=8, seed=seed),
                Fill(Pattern.RANDOM, width, value=1 << 8 * width, seed=seed),
                Fill(Pattern.CONSTANT, width, value=rng.randrange(9)),
            )
        )
        if fill is not None:
            fills[obj.name] = fill
    return fills


def _aliases(contract: Contract, rng: random.Random) -> dict[str, tuple[str, int]]:
    """Overlaps that `may_alias` allows."""
    made: dict[str, tuple[str, int]] = {}
    for group in contract.may_alias:
        first, *others = group.params
        for other in others:
            if rng.random() < 0.7:
                made[other] = (first, 8 * rng.choice((0, 0, 1, 2)))
    return made

"""Random launches of a kernel: small ones, within its contract, reproducible from a seed.

What the caller fixes is kept. The rest is drawn so that threads meet: dimensions and lengths are small,
scalars lie near each other and near the number of threads, memory holds small numbers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction
from math import prod

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.contract import Condition, Contract, Dims, IntTerm, Leaf, holds, leaves, value_of
from cuq.contract.contract import MAX_THREADS
from cuq.contract.terms import Compare, Dim, Len, Logic, Param
from cuq.ir.interp.contents import Fill, Pattern
from cuq.ir.interp.ieee import ieee_format
from cuq.ir.interp.launch import Coord, LaunchConfig, enough_dynamic_shared
from cuq.ir.launch_dims import free_dims
from cuq.ir.module import Kernel, MemObject, ObjectKind
from cuq.ir.types import FloatType, PtrType, Type

PartialCoord = tuple[int | None, int | None, int | None]
FREE: PartialCoord = (None, None, None)

_ATTEMPTS = 500
"""Launches that are drawn before the contract is taken to be out of reach."""

_SIZES = (1, 2, 3, 4, 5, 7, 8, 16, 32, 33)
_GRIDS = (1, 1, 2, 2, 3, 4)
_AXES = "xyz"


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller wants of the launch; None and missing names are drawn.

    `contents` fills objects by name with a pattern, or with a list of numbers (then zeros).
    """

    block: PartialCoord = FREE
    grid: PartialCoord = FREE
    params: Mapping[str, int] = field(default_factory=dict)
    contents: Mapping[str, Pattern | tuple[Fraction, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A launch before its memory: dimensions, scalars by printed name, extents of raw pointers."""

    block: Coord
    grid: Coord
    scalars: dict[str, int]
    lengths: dict[str, int]

    def leaf(self, leaf: Leaf) -> int:
        match leaf:
            case Dim(of="block", axis=axis):
                return self.block[_AXES.index(axis)]
            case Dim(axis=axis):
                return self.grid[_AXES.index(axis)]
            case Param(name):
                return self.scalars[name]
            case Len(name):
                # A pointer of which nothing is said is as long as it needs to be.
                return self.scalars.get(f"{name}.len", self.lengths.get(name, 1 << 40))


def draw_launch(kernel: Kernel, contract: Contract, given: Given, seed: int) -> LaunchConfig:
    """A launch within the contract. Raises `UsageError` if none is found."""
    rng = random.Random(seed)
    shape = _Shape(kernel, contract, given)
    for _ in range(_ATTEMPTS):
        draft = shape.draw(rng)
        if draft is not None and all(holds(r.condition, draft.leaf) for r in contract.requires):
            return shape.launch(draft, rng, seed)
    raise UsageError(
        "no launch within the contract was found",
        help="give more of it: --block, --grid, --arg NAME=VALUE",
    )


class _Shape:
    """What is fixed of the launches of a kernel, and what is to be drawn."""

    def __init__(self, kernel: Kernel, contract: Contract, given: Given) -> None:
        self.kernel = kernel
        self.contract = contract
        self.given = given
        free = free_dims(kernel, contract)
        self.block = _dims(given.block, contract.block, {axis for of, axis in free if of == "block"})
        self.grid = _dims(given.grid, contract.grid, {axis for of, axis in free if of == "grid"})
        self.types: dict[str, tuple[Type, bool]] = {}
        for param in kernel.params:
            for i, (reg, name, obj) in enumerate(zip(param.regs, param.names, param.objects, strict=True)):
                if obj is None:
                    self.types[name] = reg.type, bool(param.signed and param.signed[i])
        self.equations = [e for r in contract.requires for e in _equations(r.condition)]
        self.equations += [(f"{item.param}.len", item.elements) for item in contract.lengths]

    def draw(self, rng: random.Random) -> _Draft | None:
        """A launch that may miss the contract; None if it has too many threads."""
        block, grid = _draw_dims(self.block, _SIZES, rng), _draw_dims(self.grid, _GRIDS, rng)
        if prod(block) > MAX_THREADS:
            return None
        draft = _Draft(block, grid, {}, {})
        threads = prod(block) * prod(grid)
        for name, (kind, signed) in self.types.items():
            draft.scalars[name] = self.given.params.get(name, _draw_scalar(kind, name, signed, threads, rng))
        for name, term in self.equations:
            if name in self.given.params:
                continue
            value = value_of(term, draft.leaf)
            if name in self.types:
                draft.scalars[name] = value
            elif name.endswith(".len"):
                draft.lengths[name.removesuffix(".len")] = value
        return None if any(length < 0 for length in draft.lengths.values()) else draft

    def launch(self, draft: _Draft, rng: random.Random, seed: int) -> LaunchConfig:
        """The launch with its memory; parameters that may alias do so half of the time."""
        config = LaunchConfig(
            draft.block,
            draft.grid,
            draft.scalars,
            lengths=draft.lengths,
            dynamic_shared=enough_dynamic_shared(self.kernel),
        )
        threads = prod(draft.block) * prod(draft.grid)
        fills: dict[str, Fill] = {}
        memory: dict[str, tuple[tuple[int, bytes], ...]] = {}
        for obj in self.kernel.objects:
            if obj.kind is not ObjectKind.PARAM and obj.name not in self.given.contents:
                continue
            fill = element_fill(self.kernel, obj, seed, rng.choice((2, 8, threads + 1)))
            wish = self.given.contents.get(obj.name, Pattern.RANDOM)
            if isinstance(wish, Pattern):
                fills[obj.name] = replace(
                    fill, pattern=wish, value=fill.value if wish is Pattern.RANDOM else 0
                )
            else:
                memory[obj.name] = ((0, b"".join(_word(number, fill) for number in wish)),)
        fills |= initial_fills(self.kernel, self.contract)
        return replace(config, fills=fills, memory=memory, aliases=self._aliases(rng))

    def _aliases(self, rng: random.Random) -> dict[str, tuple[str, int]]:
        aliases: dict[str, tuple[str, int]] = {}
        objects = {o.name: o for o in self.kernel.objects}
        for group in self.contract.may_alias:
            base, *others = (name for name in group.params if name in objects)
            for other in others:
                if other not in aliases and rng.random() < 0.5:
                    aliases[other] = base, rng.randint(-2, 2) * objects[base].element
        return aliases


def _dims(given: PartialCoord, stated: Dims | None, read: set[str]) -> PartialCoord:
    """The fixed dimensions; along an axis that the kernel never reads 1, unless the contract leaves it free."""
    x, y, z = (
        mine or theirs or (None if stated or axis in read else 1)
        for mine, theirs, axis in zip(given, stated.as_tuple() if stated else FREE, _AXES, strict=True)
    )
    return x, y, z


def _equations(condition: Condition) -> Iterator[tuple[str, IntTerm]]:
    """Values that a condition fixes: `n == …` gives that of `n`."""
    match condition:
        case Logic("&&", left, right):
            yield from _equations(left)
            yield from _equations(right)
        case Compare("==", left, right):
            for side, other in ((left, right), (right, left)):
                name = (
                    side.name
                    if isinstance(side, Param)
                    else f"{side.param}.len"
                    if isinstance(side, Len)
                    else ""
                )
                if name and side not in tuple(leaves(other)):
                    yield name, other
                    return
        case _:
            return


def _draw_dims(fixed: PartialCoord, sizes: tuple[int, ...], rng: random.Random) -> Coord:
    x, y, z = (
        rng.choice(sizes if axis == 0 else sizes[:4]) if size is None else size
        for axis, size in enumerate(fixed)
    )
    return x, y, z


def _draw_number(threads: int, rng: random.Random) -> int:
    """Small, or near the number of threads; seldom when that is large, since loops often run that long."""
    if rng.random() < (0.3 if threads <= 64 else 0.05):
        return rng.choice((threads - 1, threads, threads + 1, rng.randint(0, 2 * threads)))
    return rng.choice((0, 1, 1, 2, 3, 4, 5, rng.randint(0, 16)))


def _draw_scalar(kind: Type, name: str, signed: bool, threads: int, rng: random.Random) -> int:
    assert not isinstance(kind, PtrType)
    if name.endswith(".len"):
        return rng.choice((0, 1, threads - 1, threads, threads + 1, 2 * threads, rng.randint(0, 2 * threads)))
    number = _draw_number(threads, rng)
    if isinstance(kind, FloatType):
        return ieee_format(kind.bits).round(Fraction(number))
    number = -number if signed and rng.random() < 0.2 else number
    return number % (1 << kind.bits)


_FLOAT = re.compile(r"\bf(16|32|64)\b")
_INTEGER = re.compile(r"\b(?:Atomic)?[iuIU](8|16|32|64)\b")


def initial_fills(kernel: Kernel, contract: Contract) -> dict[str, Fill]:
    """What a contract says that objects hold at entry."""
    fills: dict[str, Fill] = {}
    for item in contract.initial:
        fill = element_fill(kernel, kernel.object(item.name), 0, 0)
        fills[item.name] = replace(fill, pattern=Pattern.CONSTANT, value=item.value)
    return fills


def element_fill(kernel: Kernel, obj: MemObject, seed: int, bound: int) -> Fill:
    """Random contents that suit the element type of an object, as far as the parameter's type tells it."""
    rust_type = next((p.rust_type for p in kernel.params if obj.name in p.objects), "")
    if floating := _FLOAT.search(rust_type):
        return Fill(Pattern.RANDOM, int(floating[1]) // 8, True, bound, seed)
    if re.search(r"\b(Atomic)?[bB]ool\b", rust_type):
        return Fill(Pattern.RANDOM, 1, False, min(bound, 2), seed)
    if integer := _INTEGER.search(rust_type):
        return Fill(Pattern.RANDOM, int(integer[1]) // 8, False, bound, seed)
    return Fill(Pattern.RANDOM, obj.element if obj.element in (1, 2, 4, 8) else 4, False, bound, seed)


def _word(number: Fraction, fill: Fill) -> bytes:
    """One element with a value."""
    if fill.floating:
        word = ieee_format(8 * fill.width).round(number)
    elif number.denominator == 1:
        word = int(number) & ((1 << 8 * fill.width) - 1)
    else:
        raise UsageError(f"{float(number)} is no integer")
    return word.to_bytes(fill.width, "little")

"""What the interpreter is given: a concrete launch, limits, and the threads of it that shall run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import product
from math import prod
from typing import NamedTuple

from cuq.base.records import dataclass
from cuq.ir.interp.contents import Fill
from cuq.ir.module import Kernel, ObjectKind

Coord = tuple[int, int, int]


class ThreadCoord(NamedTuple):
    """One thread of a launch: the index of its block, and its index in the block."""

    block: Coord
    thread: Coord

    def __str__(self) -> str:
        return f"thread {self.thread} of block {self.block}"


MOST_DYNAMIC_SHARED = 227 * 1024
"""Bytes of shared memory that a launch can ask for; no device has more."""


def enough_dynamic_shared(kernel: Kernel) -> int:
    """Dynamic shared memory for a launch of which nothing is said: as much as there is, if it is used."""
    used = any(obj.kind is ObjectKind.SHARED and obj.size is None for obj in kernel.objects)
    return MOST_DYNAMIC_SHARED if used else 0


@dataclass(frozen=True, slots=True)
class LaunchConfig:
    """A launch: geometry, parameter values, memory at entry.

    `params` gives each scalar register by its printed name (`n`, `x.len`, `s.field`); negative values
    stand for their two's complement, floats are given as bit patterns. `lengths` gives the extent, in
    elements, of raw-pointer objects (without: unbounded). `memory` lists (byte offset, bytes) per object;
    what it leaves out is as `fills` says, else zero. `aliases` makes an object's pointer parameter point
    into another object: name to (object, byte offset).
    `dynamic_shared` is the size in bytes of shared objects without a size.
    """

    block: Coord = (1, 1, 1)
    grid: Coord = (1, 1, 1)
    params: Mapping[str, int] = field(default_factory=dict)
    memory: Mapping[str, tuple[tuple[int, bytes], ...]] = field(default_factory=dict)
    fills: Mapping[str, Fill] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    dynamic_shared: int = 0

    @property
    def block_size(self) -> int:
        """Threads in a block."""
        return prod(self.block)

    def lane(self, thread: Coord) -> int:
        """The place of a thread of a block in its warp."""
        (x, y, z), (nx, ny, _) = thread, self.block
        return (x + nx * (y + ny * z)) % 32

    def blocks(self) -> Iterator[Coord]:
        """Block indices in linear order (x runs fastest)."""
        return _indices(self.grid)

    def threads(self) -> Iterator[Coord]:
        """Thread indices of a block in linear order (x runs fastest)."""
        return _indices(self.block)


def _indices(dims: Coord) -> Iterator[Coord]:
    x, y, z = dims
    return ((i, j, k) for k, j, i in product(range(z), range(y), range(x)))


@dataclass(frozen=True, slots=True)
class Limits:
    """When to give up. A step is one jump that may belong to a loop, or one turn of the scheduler.

    `idle_turns`: turns of the scheduler, per live thread, in which threads only read again what they
    read before (they wait for each other).
    """

    thread_steps: int = 1_000_000
    launch_steps: int = 5_000_000
    idle_turns: int = 1_000

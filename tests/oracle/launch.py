"""One launch on the host: what is given to the driver, and what it says happened."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from cuq.ir.interp import Coord, LaunchConfig
from cuq.ir.interp.contents import PAGE
from cuq.ir.module import Kernel
from tests.oracle.build import Program

SECONDS = 4
FILLED = 4096
"""Bytes that a pattern fills; memory behind is zero."""

_OUT_OF_TIME = 3
"""The driver's exit code for a kernel that runs on without accesses."""

Lines = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one launch showed. `races`: pairs of source lines, with whether blocks differ.

    `stopped`: why the launch was not run to its end.
    """

    races: frozenset[tuple[Lines, bool]] = frozenset()
    divergent: bool = False
    panics: frozenset[int] = frozenset()
    bounds: int = 0
    ubs: frozenset[int] = frozenset()
    stopped: str = ""
    output: str = field(default="", repr=False)


def explicit(kernel: Kernel, config: LaunchConfig) -> LaunchConfig:
    """The launch with its patterns written out, as the host has no endless memory."""
    memory = dict(config.memory)
    for name, fill in config.fills.items():
        pages = b"".join(fill.page(name, number) for number in range(FILLED // PAGE))
        sizes = [size for size in [_size(kernel, name, config)] if size is not None]
        memory[name] = ((0, pages[: min([FILLED, *sizes])]), *memory.get(name, ()))
    return replace(config, memory=memory, fills={})


def _size(kernel: Kernel, name: str, config: LaunchConfig) -> int | None:
    """The extent of an object in bytes, if it has one."""
    (obj,) = (o for o in kernel.objects if o.name == name)
    if obj.size is not None:
        return obj.size
    names = {reg: said for param in kernel.params for reg, said in zip(param.regs, param.names, strict=True)}
    if obj.length is not None:
        return config.params[names[obj.length]] * obj.element
    return config.lengths[name] * obj.element if name in config.lengths else None


class Order(Enum):
    """Of the threads of a block, and of blocks, between barriers. In TURNS they change at each atomic access."""

    FORWARD = 0
    REVERSE = 1
    TURNS = 2


def launch(
    program: Program, config: LaunchConfig, *, blocks: Collection[Coord] = (), order: Order = Order.FORWARD
) -> Seen:
    """Run a launch (or only some blocks of it) to its end, or until it takes too long."""
    text = "\n".join(_description(program.kernel, config, blocks, order))
    done = subprocess.run(
        [str(program.path)], input=text, capture_output=True, text=True, timeout=4 * SECONDS, check=False
    )
    if done.returncode == _OUT_OF_TIME:
        return replace(_seen(program, done.stdout), stopped="out of time")
    if done.returncode:
        raise RuntimeError(
            f"{program.path}: exit code {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}"
        )
    return _seen(program, done.stdout)


def _description(
    kernel: Kernel, config: LaunchConfig, blocks: Collection[Coord], order: Order
) -> Iterator[str]:
    """The words that the driver reads, in its order."""
    yield " ".join(map(str, (*config.block, *config.grid, order.value, SECONDS)))
    pointed = [obj for param in kernel.params for obj in param.objects if obj is not None]
    number = {name: i for i, name in enumerate(pointed)}
    yield str(len(pointed))
    for name in pointed:
        size = _size(kernel, name, config)
        yield str(-1 if size is None or name in config.aliases else size)
    yield str(sum(len(param.regs) for param in kernel.params))
    for param in kernel.params:
        for reg, name, obj in zip(param.regs, param.names, param.objects, strict=True):
            if obj is None:
                bits = getattr(reg.type, "bits", 64)
                yield f"word {config.params[name] & ((1 << bits) - 1)}"
            else:
                target, offset = _target(obj, config)
                yield f"pointer {number[target]} {offset}"
    cells = [(name, cell) for name, given in config.memory.items() if name in number for cell in given]
    yield str(len(cells))
    for name, (offset, data) in cells:
        target, start = _target(name, config)
        yield f"{number[target]} {start + offset} {len(data)} {data.hex(' ')}"
    x, y, _ = config.grid
    yield str(len(blocks))
    yield from (str(b[0] + x * (b[1] + y * b[2])) for b in sorted(blocks))


def _target(name: str, config: LaunchConfig) -> tuple[str, int]:
    offset = 0
    while name in config.aliases:
        name, step = config.aliases[name]
        offset += step
    return name, offset


def _seen(program: Program, output: str) -> Seen:
    said = [line.split() for line in output.splitlines()]
    codes = {
        code for words in said if words[0] == "race" for frames in words[3:5] for code in frames.split(",")
    }
    lines = _lines(program, sorted(codes))
    races = set()
    for words in said:
        if words[0] == "race":
            a, b = sorted(next((lines[c] for c in f.split(",") if lines[c]), 0) for f in words[3:5])
            races.add(((a, b), words[1] == "blocks"))
    return Seen(
        races=frozenset(races),
        divergent=any(words[0] == "divergence" for words in said),
        panics=frozenset(int(words[1]) for words in said if words[0] == "panic"),
        bounds=sum(words[0] == "bounds" for words in said),
        ubs=frozenset(int(words[1]) for words in said if words[0] == "ub"),
        stopped=next((" ".join(words[1:]) for words in said if words[0] == "stopped"), ""),
        output=output,
    )


def _lines(program: Program, codes: list[str]) -> dict[str, int]:
    """The innermost line of the kernel's own file at each address; 0 if there is none."""
    if not codes:
        return {}
    command = ["addr2line", "-a", "-i", "-e", str(program.path), *codes]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, int] = {}
    code = ""
    for line in text.splitlines():
        if line.startswith("0x"):
            code = line.removeprefix("0x").lstrip("0")
            found[code] = 0
        elif found[code] == 0:
            file, _, where = line.partition(" ")[0].rpartition(":")
            if file.rpartition("/")[2] == program.source and where.isdecimal():
                found[code] = int(where)
    return found

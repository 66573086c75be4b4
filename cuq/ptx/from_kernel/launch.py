"""A litmus test of a launch, or of several that run side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count, zip_longest
from math import prod

from cuq.base.errors import Unsupported, UsageError
from cuq.base.kernel_name import kernel_name
from cuq.base.records import dataclass
from cuq.ir.interp.launch import LaunchConfig, ThreadCoord
from cuq.ir.interp.setup import set_up
from cuq.ir.module import Kernel
from cuq.ir.ops import Const, Reg
from cuq.ir.types import PtrType
from cuq.ptx.from_kernel.cells import Cell, Cells
from cuq.ptx.from_kernel.operations import Line, Operations
from cuq.ptx.from_kernel.thread import Column
from cuq.ptx.from_kernel.values import OPPOSITE, Known, Lost, Pointer

MOST_THREADS = 8
_BRANCH = re.compile(r"b(?P<relation>eq|ne|lt|le|gt|ge) (?P<sides>.*, )(?P<label>\w+)")


@dataclass(frozen=True, slots=True)
class Part:
    """A kernel and a launch of it."""

    kernel: Kernel
    config: LaunchConfig


def litmus_text(parts: Sequence[Part], condition: str | None = None) -> str:
    """The test. Memory of the same name is the same in all parts; blocks are blocks of one GPU.

    condition: in the format's words, with the names that the test has; without it all final states are asked for.
    Raises UsageError for too many threads, Unsupported for what tests cannot express.
    """
    threads = sum(prod((*part.config.block, *part.config.grid)) for part in parts)
    if threads > MOST_THREADS:
        raise UsageError(
            f"{threads} threads are too many for a litmus test: at most {MOST_THREADS}",
            help="choose a smaller launch with --block and --grid",
        )
    cells = Cells()
    columns: list[tuple[str, Operations]] = []
    ctas = count()
    for part in parts:
        if part.config.aliases:
            raise Unsupported("parameters that point into one object", span=part.kernel.span)
        _, memory = set_up(part.kernel, part.config)
        for block in part.config.blocks():
            cta = next(ctas)
            for thread in part.config.threads():
                coord = ThreadCoord(block, thread)
                out = Operations(part.kernel, part.config, memory, coord, cta, cells)
                Column(out).write(_arguments(part))
                columns.append((f"P{len(columns)}@cta {cta},gpu 0", out))
    names = cells.names()
    rows = [[head, *_cells(out.lines, names)] for head, out in columns]
    widths = [max(map(len, column)) for column in rows]
    table = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " ;"
        for row in zip_longest(*rows, fillvalue="")
    ]
    initial = " ".join(f"{names[cell]}={value};" for cell, value in cells.initial.items())
    shown = [names[cell] for cell in cells.initial if not cell.owner.startswith("thread")]
    shown += [f"P{i}:{name}" for i, (_, out) in enumerate(columns) for name in out.read]
    asked = condition or f"locations [{' '.join(f'{name};' for name in shown)}]\nforall (0 == 0)"
    title = "+".join(dict.fromkeys(kernel_name(part.kernel.name) for part in parts))
    return "\n".join([f"PTX {title}", f'"{_comment(parts)}"', f"{{ {initial} }}", *table, asked, ""])


def _comment(parts: Sequence[Part]) -> str:
    texts = []
    for part in parts:
        given = [f"{name}={value}" for name, value in part.config.params.items()]
        block, grid = ("x".join(map(str, dims)) for dims in (part.config.block, part.config.grid))
        texts.append(" ".join([f"{kernel_name(part.kernel.name)}: blocks {grid} of {block} threads", *given]))
    return "; ".join(texts)


def _arguments(part: Part) -> dict[Reg, Known]:
    found: dict[Reg, Known] = {}
    for param in part.kernel.params:
        for reg, name, obj in zip(param.regs, param.names, param.objects, strict=True):
            if obj is not None:
                found[reg] = Pointer(obj, 0)
            elif isinstance(reg.type, PtrType):
                found[reg] = Lost("an address that is a number")
            else:
                found[reg] = Const(part.config.params[name] & ((1 << reg.type.bits) - 1), reg.type)
    return found


def _cells(lines: Sequence[Line], names: Mapping[Cell, str]) -> list[str]:
    """Instructions with their labels in front; jumps to the next line, and labels that nobody goes to, left out."""
    texts = _straight([(label, None if line is None else line(names)) for label, line in lines])
    targets = {word for _, line in texts if line for word in re.findall(r"\w+", line)}
    cells: list[str] = []
    labels = ""
    for label, line in texts:
        if line is None:
            labels += f"{label}: " if label in targets else ""
        else:
            cells.append(labels + line)
            labels = ""
    return [*cells, labels.strip()] if labels else cells


def _straight(texts: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """Without jumps to what follows, where need be with the opposite of the branch before."""
    kept: list[tuple[str, str | None]] = []
    for position, (label, line) in enumerate(texts):
        behind = set()
        for following, other in texts[position + 1 :]:
            if other is not None:
                break
            behind.add(following)
        if line is not None and line.startswith("goto "):
            if line.removeprefix("goto ") in behind:
                continue
            before = _BRANCH.fullmatch(kept[-1][1] or "") if kept else None
            if before is not None and before["label"] in behind:
                relation = OPPOSITE[before["relation"]]
                kept[-1] = ("", f"b{relation} {before['sides']}{line.removeprefix('goto ')}")
                continue
        kept.append((label, line))
    return kept

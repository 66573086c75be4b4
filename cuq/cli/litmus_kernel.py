"""`cuq litmus --from-kernel`: a launch of kernels as a litmus test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.cli import args
from cuq.cli.compile import Input
from cuq.cli.run_args import Arguments, arguments, scalar_registers
from cuq.cli.stages import Subject, subjects
from cuq.contract import Contract
from cuq.ir.interp.inputs import FREE, Given, PartialCoord, draw_launch, initial_fills
from cuq.ptx.from_kernel import Part, litmus_text


@dataclass(frozen=True, slots=True)
class Launch:
    """What the flags say of the launches, as text."""

    block: str | None
    grid: str | None
    arg: tuple[str, ...]
    no_contract: bool


def from_kernels(
    paths: Sequence[str], kernels: Sequence[str], launch: Launch, condition: str | None, given: Input
) -> str:
    """The test of the kernels, side by side. Raises UsageError for one that is not there once."""
    parts = []
    for name in kernels:
        found = list(subjects([Path(path) for path in paths], name, given))
        if len(found) != 1:
            known = ", ".join(subject.loaded.name for subject in found)
            raise UsageError(f"--from-kernel {name}: {len(found)} kernels have this name: {known}")
        parts.append(_part(found[0], launch, len(kernels) == 1))
    return litmus_text(parts, condition)


def _part(subject: Subject, launch: Launch, alone: bool) -> Part:
    """The launch: where nothing is said, two blocks of one thread, or one if there are several kernels; zeros."""
    kernel = subject.kernel
    contract = subject.contract
    if launch.no_contract:
        contract = Contract(None, contract.span)
    usual: tuple[PartialCoord, PartialCoord] = ((1, 1, 1), (2 if alone else 1, 1, 1))
    block = args.partial_dims(launch.block, "--block")
    grid = args.partial_dims(launch.grid, "--grid")
    if block == FREE and contract.block is None:
        block = usual[0]
    if grid == FREE and contract.grid is None:
        grid = usual[1]
    own = {*scalar_registers(kernel), *(obj.name for obj in kernel.objects)}
    texts = launch.arg if alone else [text for text in launch.arg if text.partition("=")[0].strip() in own]
    said: Arguments = arguments(kernel, texts)
    config = draw_launch(kernel, contract, Given(block, grid, said.params, said.contents), 0)
    fills = {name: fill for name, fill in config.fills.items() if name in said.contents}
    return Part(kernel, replace(config, fills={**initial_fills(kernel, contract), **fills}))

"""`cuq litmus --from-kernel`: a launch of kernels as a litmus test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.base.suggest import did_you_mean
from cuq.checks.options import Options
from cuq.cli import args
from cuq.cli.compile import Input
from cuq.cli.loaded import LoadedFile, LoadedKernel
from cuq.cli.pipeline import Request, is_called
from cuq.cli.run_args import Arguments, arguments, scalar_registers
from cuq.cli.stages import Subject, read_all, selected
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
    paths: Sequence[str], names: Sequence[str], launch: Launch, condition: str | None, given: Input
) -> str:
    """The test of the kernels, or other functions, side by side. Raises UsageError for one that is not there once."""
    wanted = tuple(dict.fromkeys(names))
    request = Request(given, Options(), {}, kernels=wanted, functions=wanted)
    files = read_all([Path(path) for path in paths], request)
    chosen = {name: _once(name, files) for name in wanted}
    found = {id(one.loaded): one for one in selected(files, request)}
    parts = [_part(found[id(chosen[name])], launch, len(names) == 1) for name in names]
    return litmus_text(parts, condition)


def _once(name: str, files: Sequence[LoadedFile]) -> LoadedKernel:
    """The one of this path, or else of this name."""
    kernels = [kernel for file in files for kernel in file.kernels]
    called = [k for k in kernels if k.path == name] or [k for k in kernels if is_called(k, name)]
    if len(called) > 1:
        paths = ", ".join(f"`{kernel.path}`" for kernel in called)
        raise UsageError(
            f"--from-kernel {name}: {len(called)} functions have this name: {paths}",
            help="give the path of one",
        )
    if not called:
        known = sorted({name for file in files for name in file.functions})
        raise UsageError(
            f"--from-kernel {name}: no kernel and no other function has this name",
            help=did_you_mean(name, known),
        )
    return called[0]


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

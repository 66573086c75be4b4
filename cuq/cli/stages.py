"""The stages that `cuq show` prints: a new one is a row of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cuq.base.errors import InputError, Unsupported
from cuq.checks.options import Options
from cuq.checks.result import Obstacle, RunError
from cuq.cli.compile import Input
from cuq.cli.loaded import LoadedKernel
from cuq.cli.pipeline import Request, chosen, read, tasks
from cuq.cli.stopwatch import Stopwatch
from cuq.contract import Contract
from cuq.ir.module import Kernel
from cuq.ir.text import kernel_text


@dataclass(frozen=True, slots=True)
class Subject:
    """A kernel on its way, with the contract in force."""

    loaded: LoadedKernel
    contract: Contract

    @property
    def kernel(self) -> Kernel:
        """Its IR. Raises Unsupported when it could not be lowered."""
        match self.loaded.kernel:
            case Kernel() as kernel:
                return kernel
            case Obstacle(reason, span, help):
                raise Unsupported(reason.removeprefix("not modelled: "), span=span, help=help)

    @property
    def parameters(self) -> tuple[str, ...]:
        """`name: type` of each parameter, as far as the kernel could be lowered."""
        match self.loaded.kernel:
            case Kernel(params=params):
                return tuple(f"{param.name}: {param.rust_type}" for param in params)
            case Obstacle():
                return ()


@dataclass(frozen=True, slots=True)
class Stage:
    """`show` gives the text of the stage; the last line may lack its newline."""

    name: str
    help: str
    show: Callable[[Subject], str]


def subjects(paths: Sequence[Path], pattern: str, given: Input) -> Iterator[Subject]:
    """The kernels whose name matches, each with the contract in force.

    Raises InputError (or UsageError) at the first thing that is wrong.
    """

    def failed(error: RunError) -> None:
        raise InputError(error.message, span=error.span, help=error.help)

    request = Request(given, Options(), {}, kernels=(pattern,))
    files = read(paths, request, Stopwatch(), failed)
    for (_, kernel), task in zip(chosen(files, request), tasks(files, request), strict=True):
        yield Subject(kernel, task.contract)


def _mir(subject: Subject) -> str:
    kernel = subject.loaded
    return "\n\n".join(item.text for item in kernel.mir.items if item.name == kernel.path)


def _ir(subject: Subject) -> str:
    return kernel_text(subject.kernel)


STAGES: tuple[Stage, ...] = (
    Stage("mir", "the text that rustc prints of the kernel's body", _mir),
    Stage("ir", "typed IR after lowering", _ir),
)
BY_NAME = {stage.name: stage for stage in STAGES}

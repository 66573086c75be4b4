"""What the front end hands on: files, and the kernels in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cuq.base.kernel_name import kernel_path
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.checks.result import Obstacle
from cuq.contract import Contract, Launch, Relation
from cuq.ir.module import Kernel, ObjectKind
from cuq.toolchain.answers import Answers

if TYPE_CHECKING:
    from cuq.mir.file import MirFile
    from cuq.toolchain.cargo import Unit


@dataclass(frozen=True, slots=True)
class LoadedKernel:
    """An entry point. `kernel` is the obstacle instead when it could not be lowered.

    `names`: what contracts may call it, the shortest first, rustc's path last. `mir`: where its body is.
    """

    names: tuple[str, ...]
    span: Span
    kernel: Kernel | Obstacle
    mir: MirFile
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def base_name(self) -> str:
        """The name without the arguments of an instance."""
        return self.name.partition("::<")[0]

    @property
    def path(self) -> str:
        """With the modules that it is in, as the source spells them."""
        return kernel_path(self.names[-1])

    @property
    def params(self) -> tuple[str, ...]:
        return () if isinstance(self.kernel, Obstacle) else tuple(param.name for param in self.kernel.params)

    @property
    def statics(self) -> tuple[str, ...]:
        if isinstance(self.kernel, Obstacle):
            return ()
        kinds = (ObjectKind.STATIC, ObjectKind.SHARED)
        return tuple(obj.name for obj in self.kernel.objects if obj.kind in kinds)


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """An input file: its kernels, the contracts of its comments; if there was a compiler, its release and what it
    was asked; how the crate's host code launches kernels, and the relations that attributes of kernels ask for. `functions`: what all
    its functions are called, where others than kernels were asked for. `unit`: how cargo compiles it, if it is the root of a crate."""

    path: Path
    kernels: tuple[LoadedKernel, ...]
    contracts: tuple[Contract, ...]
    rustc: str | None = None
    answers: Answers = Answers()
    launches: tuple[Launch, ...] = ()
    relations: tuple[Relation, ...] = ()
    functions: tuple[str, ...] = ()
    unit: Unit | None = None

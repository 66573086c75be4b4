"""What a kernel says of its launches by calls of marker functions."""

from __future__ import annotations

from math import prod

from cuq.base.records import dataclass
from cuq.ir.dialects.model import BlockSize, MaxThreads
from cuq.ir.module import LaunchMarkers
from cuq.mir.types import ConstArg, Path


@dataclass(slots=True)
class Launch:
    """The markers met so far."""

    block: tuple[int, int, int] | None = None
    max_threads: int | None = None

    def add(self, meaning: BlockSize | MaxThreads, path: Path) -> None:
        """Takes note of a marker; one whose arguments are no numbers says nothing."""
        numbers = [arg.value for arg in path.args if isinstance(arg, ConstArg)]
        sizes = [n for n in numbers if n is not None]
        if len(sizes) < len(numbers) or not sizes or min(sizes[:1]) < 1:
            return
        if isinstance(meaning, MaxThreads):
            self.max_threads = min(sizes[0], self.max_threads or sizes[0])
        elif len(sizes) == 3 and min(sizes) >= 1 and prod(sizes) <= 1024:
            self.block = (sizes[0], sizes[1], sizes[2])

    def markers(self) -> LaunchMarkers:
        return LaunchMarkers(self.block, self.max_threads)

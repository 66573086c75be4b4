"""Barriers of lanes of a warp (`coq/theories/Gpu/Warps.v`): who meets where, and data for proofs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from cuq.analysis.evaluate import ALL_LANES
from cuq.analysis.transfer import WARP
from cuq.base.records import dataclass


@dataclass(frozen=True, slots=True)
class Meeting:
    """A place where each lane of a warp waits for the others in its mask. `ordering`: accesses get ordered there."""

    site: int
    masks: tuple[int, ...]
    ordering: bool

    def text(self) -> str:
        """Its entry in the table of groups."""
        head = "Lanes" if self.ordering else "Exchange"
        return f"({self.site}%nat, {head} [{'; '.join(map(str, self.masks))}])"


def barriers(meetings: Iterable[Meeting]) -> str:
    """The definition `barriers : sites`; all other barriers are those of the block."""
    return f"Definition barriers : sites := [{'; '.join(m.text() for m in meetings)}]."


def classes(meetings: Iterable[Meeting]) -> str:
    """The definition `lane_classes : list class`: pairs of lanes by the smallest mask that both are in."""
    masks = {mask for m in meetings for mask in m.masks} | {ALL_LANES}
    found = (f"mkClass {mask} [{_runs(mask)}] []" for mask in sorted(masks, key=int.bit_count))
    return f"Definition lane_classes : list class := [{'; '.join(found)}]."


def _runs(mask: int) -> str:
    """The lanes of a mask, as intervals."""
    members = [lane for lane in range(WARP) if mask >> lane & 1]
    runs = [[lane for _, lane in run] for _, run in groupby(enumerate(members), lambda p: p[1] - p[0])]
    return "; ".join(f"({run[0]}, {run[-1]})" for run in runs)

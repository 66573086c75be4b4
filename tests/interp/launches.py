"""Run a kernel of the mini language and say what came out in terms of its marks."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cuq.ir.interp import Coord, InOrder, Interpreter, LaunchConfig, Race, Report, Schedule, Site, ThreadCoord
from tests.interp.mini import marks, mini

IN_ORDER = InOrder()


def launch(
    text: str,
    block: int | Coord = 4,
    grid: int | Coord = 1,
    *,
    params: Mapping[str, int] | None = None,
    memory: Mapping[str, bytes] | None = None,
    lengths: Mapping[str, int] | None = None,
    aliases: Mapping[str, tuple[str, int]] | None = None,
    schedule: Schedule = IN_ORDER,
    only: Collection[ThreadCoord] | None = None,
    trace: bool = False,
) -> Report:
    """Interpret a kernel; block and grid may be given by their x extent alone."""
    config = LaunchConfig(
        block if isinstance(block, tuple) else (block, 1, 1),
        grid if isinstance(grid, tuple) else (grid, 1, 1),
        params or {},
        {name: ((0, data),) for name, data in (memory or {}).items()},
        lengths=lengths or {},
        aliases=aliases or {},
    )
    return Interpreter(mini(text)).run(config, schedule=schedule, only_threads=only, trace=trace)


def mark(text: str, site: Site) -> str:
    """The word that the line of a site is marked with."""
    line = site.loc.span.line
    return marks(text).get(line, f"line {line}")


def raced(text: str, report: Report) -> set[str]:
    """The racing pairs: `A-B`, with `*` behind it when the race is between blocks."""
    return {_pair(text, race) for race in report.races}


def _pair(text: str, race: Race) -> str:
    pair = "-".join(sorted((mark(text, race.first.site), mark(text, race.second.site))))
    return pair + ("*" if race.crosses_blocks else "")


def thread(x: int, block: int = 0) -> ThreadCoord:
    return ThreadCoord((block, 0, 0), (x, 0, 0))


def words(*values: int, width: int = 4) -> bytes:
    """Memory contents: little-endian words."""
    return b"".join((v & ((1 << 8 * width) - 1)).to_bytes(width, "little") for v in values)

"""Data races in a recorded execution.

Two accesses race when they are by different threads, share a byte, at least one writes, they are not both
atomic with scopes that include each other and equal ranges, and nothing orders them: for threads of one
block, a barrier; in kernels with release and acquire operations, happens-before. The search is complete
for the recorded execution: if any pair of accesses of two sites races, the pair of sites is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator

from cuq.ir.interp.log import Cell, Epoch, Log, Range, Word
from cuq.ir.interp.memory import Instance
from cuq.ir.interp.report import Access, Race
from cuq.ir.interp.sites import AccessClass, Site

Recorded = tuple[Epoch, Word | None]
"""Who accessed, and the value moved."""

Part = tuple[Site, AccessClass]
Group = list[Recorded]
Groups = dict[Part, Group]
"""The accesses to one range, by what made them."""

Keep = Callable[[Epoch, Site], bool]
Key = tuple[str, Site, Site, bool]


def find_races(instances: Iterable[Instance], clocks: bool, keep: Keep | None = None) -> list[Race]:
    """The races among the recorded accesses (those that `keep` selects), one for each `Key`.

    `clocks`: epochs carry vector clocks, which then decide alone what is ordered.
    """
    found: dict[Key, Race] = {}
    for instance in instances:
        if instance.log is not None:
            _Search(instance.obj.name, clocks, found).run(instance.log, keep)
    return sorted(found.values(), key=_rank)


def _rank(race: Race) -> tuple[object, ...]:
    return race.obj, race.first.site.index, race.second.site.index, race.crosses_blocks


class _Search:
    """The search through one object's log; results go to `found`."""

    def __init__(self, obj: str, clocks: bool, found: dict[Key, Race]) -> None:
        self.obj = obj
        self.clocks = clocks
        self.found = found

    def run(self, log: Log, keep: Keep | None) -> None:
        if keep is None:
            cells = log.cells
        else:
            cells = {
                where: {e: word for e, word in cell.items() if keep(e[0], e[1])}
                for where, cell in log.cells.items()
            }
        for where, cell in cells.items():
            if len(cell) > 1 and _contested(cell):
                groups = _grouped(cell)
                self.pair(where, groups, where, groups)
        for a, b in _overlaps(cells):
            if _contested(cells[a], cells[b]):
                self.pair(a, _grouped(cells[a]), b, _grouped(cells[b]))

    def pair(self, where_a: Range, a: Groups, where_b: Range, b: Groups) -> None:
        """Races between the accesses to two ranges that overlap, or to one."""
        same = where_a == where_b
        for i, (part_a, group_a) in enumerate(a.items()):
            for j, (part_b, group_b) in enumerate(b.items()):
                if same and j < i:
                    continue
                for crossing in (False, True):
                    if _conflict(part_a[1], part_b[1], same, crossing):
                        self.conflict(where_a, part_a, group_a, where_b, part_b, group_b, crossing)

    def conflict(
        self, where_a: Range, a: Part, group_a: Group, where_b: Range, b: Part, group_b: Group, crossing: bool
    ) -> None:
        """Record a race of two conflicting groups, unless an example as good as this one is known."""
        sites = (a[0], b[0]) if a[0].index <= b[0].index else (b[0], a[0])
        key = (self.obj, *sites, crossing)
        known = self.found.get(key)
        if known is not None and not known.same_value:
            return
        may_agree = where_a == where_b and a[1].writes and b[1].writes
        best: tuple[Recorded, Recorded] | None = None
        agree = True
        words = {int(w) if isinstance(w, int) else None for _, w in (*group_a, *group_b)}
        for x, y in self.unordered(group_a, group_b, crossing):
            agree = may_agree and _equal(x[1], y[1])
            best = best if best and agree else (x, y)
            if not agree or len(words) == 1:
                break
        if best is None or (known is not None and agree):
            return
        first = _access(best[0], a, where_a)
        second = _access(best[1], b, where_b)
        if (b[0].index, best[1][0].number) < (a[0].index, best[0][0].number):
            first, second = second, first
        self.found[key] = Race(self.obj, first, second, max(where_a[0], where_b[0]), agree)

    def unordered(self, a: Group, b: Group, crossing: bool) -> Iterator[tuple[Recorded, Recorded]]:
        """Pairs by different threads, of different blocks or of one, that nothing orders."""
        by_block: dict[int, Group] = defaultdict(list)
        by_interval: dict[tuple[int, int], Group] = defaultdict(list)
        for y in b:
            by_block[y[0].block].append(y)
            by_interval[y[0].block, y[0].interval].append(y)
        for x in a:
            epoch = x[0]
            if crossing:
                partners = [y for block, group in by_block.items() if block != epoch.block for y in group]
            else:
                partners = by_interval.get((epoch.block, epoch.interval), [])
            for y in partners:
                if y[0].number == epoch.number:
                    continue
                if not self.clocks or not (epoch.before(y[0]) or y[0].before(epoch)):
                    yield x, y


def _conflict(a: AccessClass, b: AccessClass, same_range: bool, crossing: bool) -> bool:
    """One writes, and they are not morally strong."""
    if not (a.writes or b.writes):
        return False
    strong = same_range and a.atomic and b.atomic and (not crossing or (a.wide and b.wide))
    return not strong


def _contested(*cells: Cell) -> bool:
    """Several threads, and a write: worth a closer look."""
    threads = {epoch.number for cell in cells for epoch, _, _, _ in cell}
    return len(threads) > 1 and any(kind.writes for cell in cells for _, _, kind, _ in cell)


def _grouped(cell: Cell) -> Groups:
    groups: Groups = defaultdict(list)
    for (epoch, site, kind, _), value in cell.items():
        groups[site, kind].append((epoch, value))
    return groups


def _overlaps(ranges: Collection[Range]) -> Iterator[tuple[Range, Range]]:
    """Pairs of different ranges with a byte in common."""
    widths = {width for _, width in ranges}
    if len(widths) == 1 and not any(offset % width for offset, width in ranges):
        return
    active: list[Range] = []
    for current in sorted(ranges):
        active = [r for r in active if r[0] + r[1] > current[0]]
        yield from ((r, current) for r in active)
        active.append(current)


def _equal(a: Word | None, b: Word | None) -> bool:
    return isinstance(a, int) and isinstance(b, int) and a == b


def _access(recorded: Recorded, part: Part, where: Range) -> Access:
    (epoch, value), (site, kind) = recorded, part
    word = int(value) if isinstance(value, int) else None
    return Access(epoch.thread, site, kind, *where, word, epoch.interval)

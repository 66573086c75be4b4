"""`make certified`: what Coq proves of the fixtures without help, and that it proves nothing false; docs/certified.md."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter

from cuq.base.errors import Unsupported
from cuq.base.files import write_atomic
from cuq.checks.options import Options
from cuq.checks.result import Obstacle, Property, Verdict
from cuq.checks.session import Session
from cuq.coq.certify import PROVABLE
from cuq.coq.coqc import find_coqc, theories
from cuq.coq.prove import Level, Status, prove
from tests import record
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES, Fixture

PAGE = Path(__file__).resolve().parents[2] / "docs/certified.md"
TIMEOUT = 20.0
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One property of one fixture. `true`: whether it holds; `reason`: why it was not proved, empty if it was.

    `level`: what the theorem is about; `lower`: why it is not about the program. `seconds`: what `cuq check --certify`
    takes for the kernel, or what the attempt at its false properties takes.
    """

    name: str
    prop: Property
    true: bool
    reason: str
    level: Level
    lower: str
    seconds: float

    @property
    def proved(self) -> bool:
        return not self.reason


def rows(fixture: Fixture) -> list[Row]:
    """Tries to prove what is true of a fixture, and what is false of it. What is unknown is left out."""
    task = task_of(load(fixture), Options())
    known = {
        p: fixture.verdicts[p] is Verdict.VERIFIED
        for p in PROVABLE
        if fixture.verdicts[p] is not Verdict.UNKNOWN
    }
    if isinstance(task.kernel, Obstacle) or not known:
        return []
    return [
        row
        for true in (True, False)
        if (props := tuple(p for p in known if known[p] is true))
        for row in _tried(fixture.name, Session(task.kernel, task.contract, Options()), props, true)
    ]


def _tried(name: str, session: Session, props: tuple[Property, ...], true: bool) -> list[Row]:
    since = perf_counter()
    try:
        found = prove(session, props, timeout=TIMEOUT, fall_back=true)
    except Unsupported as error:
        seconds = perf_counter() - since
        return [Row(name, p, true, error.message, Level.SUMMARY, error.message, seconds) for p in props]
    seconds = perf_counter() - since
    return [
        Row(
            name,
            result.property,
            true,
            "" if result.status is Status.PROVED else result.reason or "no proof was found",
            result.level,
            result.lower,
            seconds,
        )
        for result in found
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", type=Path, help="where results are kept, to go on after an interruption")
    parser.add_argument(
        "--recorded", action="store_true", help="write the page about what the record has so far"
    )
    args = parser.parse_args()
    kept: Path | None = args.record
    theories(find_coqc())
    done = _recorded(kept) if kept else {}
    left = [f for f in FIXTURES if f.name not in done and not args.recorded]
    with get_context("fork").Pool(WORKERS) as pool:
        for name, part in pool.imap_unordered(_named_rows, left):
            done[name] = part
            print(f"{name}: {len(part)} results", file=sys.stderr, flush=True)
            if kept:
                _append(kept, name, part)
    found = [row for f in FIXTURES for row in done.get(f.name, ())]
    write_atomic(PAGE, "".join(f"{line}\n" for line in page(found, len(done))))
    wrong = [row for row in found if row.proved and not row.true]
    for row in wrong:
        print(f"proved, though it is false: {row.name}: {row.prop.value}", file=sys.stderr)
    return 1 if wrong else 0


def _named_rows(fixture: Fixture) -> tuple[str, list[Row]]:
    return fixture.name, rows(fixture)


def _recorded(path: Path) -> dict[str, list[Row]]:
    """Results by fixture."""
    return {
        name: [
            Row(n, Property(p), true, why, Level(level), low, s) for n, p, true, why, level, low, s in rows
        ]
        for name, rows in record.read(path)
    }


def _append(path: Path, name: str, part: list[Row]) -> None:
    rows = [[r.name, r.prop.value, r.true, r.reason, r.level.value, r.lower, r.seconds] for r in part]
    record.append(path, [name, rows])


def page(found: list[Row], fixtures: int) -> Iterator[str]:
    yield from ["# What Coq certifies", ""]
    yield f"Written by `make certified`: `cuq check --certify` on all fixtures, {WORKERS} at a time, {TIMEOUT:g} s a theorem."
    yield "Level `program`: the theorem is about the IR that cuq read, for all launches of the contract; level `summary`:"
    yield "about the summary that cuq made of it. A result that is certified for the program counts for both. Of what is"
    yield "false, the program is tried, and the summary where the program cannot be stated. Times are those of `cuq check"
    yield "--certify`, which tries what is true only."
    if fixtures < len(FIXTURES):
        yield f"The run was interrupted: these are results of {fixtures} of the {len(FIXTURES)} fixtures."
    yield ""
    yield "| property | true | certified | share | of the program | share | false | proved |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for props in ((Property.RACE,), (Property.DIVERGENCE,), PROVABLE):
        true = [row for row in found if row.prop in props and row.true]
        false = [row for row in found if row.prop in props and not row.true]
        proved = [row for row in true if row.proved]
        programs = [row for row in proved if row.level is Level.PROGRAM]
        name = props[0].value if len(props) == 1 else "both"
        cells = [name, len(true), len(proved), f"{len(proved) / len(true):.0%}"]
        cells += [
            len(programs),
            f"{len(programs) / len(true):.0%}",
            len(false),
            sum(row.proved for row in false),
        ]
        yield f"| {' | '.join(map(str, cells))} |"
    yield ""
    for which, props in (("of which something", PROVABLE), ("of which race freedom", (Property.RACE,))):
        times = {row.name: row.seconds for row in found if row.true and row.proved and row.prop in props}
        yield f"A kernel {which} is certified: {_median(times)}"
    yield ""
    missing = [(row, row.reason) for row in found if row.true and not row.proved]
    lower = [(row, row.lower) for row in found if row.true and row.proved and row.level is Level.SUMMARY]
    yield from _reasons("Not certified", missing)
    yield from _reasons("Certified for the summary only", lower)


def _median(times: dict[str, float]) -> str:
    return f"median {median(times.values()):.1f} s, slowest {max(times.values()):.1f} s."


def _reasons(title: str, those: list[tuple[Row, str]]) -> Iterator[str]:
    yield from [f"## {title}", "", "| why | results |", "|---|--:|"]
    why = Counter(_cell(reason) for _, reason in those)
    yield from (f"| {reason} | {count} |" for reason, count in why.most_common())
    yield from ["", "| kernel | property | why |", "|---|---|---|"]
    yield from (f"| {row.name} | {row.prop.value} | {_cell(reason)} |" for row, reason in those)
    yield ""


def _cell(reason: str) -> str:
    return reason[:100].replace("|", chr(92) + "|")


if __name__ == "__main__":
    sys.exit(main())

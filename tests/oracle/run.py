"""All fixtures on the host, beside verdicts and interpreter: `python -m tests.oracle.run`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from cuq.base.files import write_atomic
from cuq.checks.result import Property
from tests.fixtures.table import FIXTURES
from tests.oracle.build import missing
from tests.oracle.compare import LAUNCHES, Row, compared
from tests.oracle.source import REPLACED

PAGE = Path(__file__).resolve().parents[2] / "docs" / "oracle.md"
_TOOLS_MISSING = 5

INTRODUCTION = f"""\
# The host as a third judge

Written by `make oracle`. The source of each fixture is compiled by rustc for the host, with ThreadSanitizer's
instrumentation (`-Zsanitizer=thread`) and without optimisation (`tests/oracle/build.py` has the flags with their
reasons), and linked with a driver of our own (`tests/oracle/host.c`) that answers its calls. The driver runs the threads of a block as coroutines from
barrier to barrier, keeps a history of each byte, and reports races, barriers that not all threads reach, panics, and
accesses outside of slices. It shares nothing with cuq's reading of MIR, its IR, its interpreter, or its solver; the
launch and the list of parameters are what it is given.

Each kernel runs in {LAUNCHES} small launches of its contract, with threads and blocks in order and in reverse, and in
the launch of each refutation (in order, then with threads that take turns at atomic accesses). Three things must hold, and the command fails where one does not:

- what is `verified` never happens on the host;
- what is `refuted` happens on the host at the launch of the finding, races on the same two source lines;
- host and interpreter agree launch by launch: on the set of pairs of source lines that race, and on whether there is
  a divergence, a panic, an access out of bounds. Launches that either could not run to the end are not compared.

What the host cannot judge: atomics order nothing there, so kernels with acquire, release or fences are left out, and
undefined behaviour of arithmetic is looked for only at the launches of its refutations (`-Zub-checks`). What is
replaced in a source before it is compiled, without moving a line: {"; ".join(why for _, _, why in REPLACED)}.

"""


def table(rows: Iterable[Row]) -> Iterator[str]:
    rows = list(rows)
    run = [row for row in rows if not row.reason]
    yield (
        f"{len(run)} of {len(rows)} kernels run on the host, in {sum(r.launches for r in run)} launches, "
        f"{sum(r.compared for r in run)} of them compared with the interpreter. "
        f"{sum(len(r.witnesses) for r in run)} refutations shown at their launch, "
        f"{sum(len(r.left) for r in run)} not run. Disagreements: {sum(len(r.wrong) for r in run)}."
    )
    yield ""
    yield "| kernel | launches | compared | seen in small launches | refuted, and seen at that launch | not run |"
    yield "|---|---:|---:|---|---|---|"
    for row in run:
        cells = (_names(row.seen), _names(row.witnesses), "; ".join(row.left))
        yield f"| `{row.fixture}` | {row.launches} | {row.compared} | {' | '.join(cells)} |"
    yield ""
    yield "## Not on the host"
    yield ""
    yield "| kernel | why |"
    yield "|---|---|"
    yield from (f"| `{row.fixture}` | {row.reason} |" for row in rows if row.reason)
    counted = Counter(row.reason for row in rows if row.reason)
    yield ""
    yield "; ".join(f"{count} × {reason}" for reason, count in counted.most_common()) + "."


def _names(properties: Iterable[Property]) -> str:
    return ", ".join(prop.value for prop in Property if prop in set(properties))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fixture", action="append", help="only these; the page is not written")
    args = parser.parse_args()
    reason = missing()
    if reason is not None:
        print(f"error: {reason}", file=sys.stderr)
        return _TOOLS_MISSING
    chosen = [f for f in FIXTURES if not args.fixture or f.name in args.fixture]
    rows: list[Row] = []
    with ProcessPoolExecutor(args.jobs) as pool:
        for row in pool.map(compared, chosen):
            rows.append(row)
            print(f"{row.fixture}: {row.reason or f'{row.launches} launches'}", file=sys.stderr, flush=True)
            for wrong in row.wrong:
                print(f"{row.fixture}: {wrong}", flush=True)
    text = "".join(f"{line}\n" for line in table(rows))
    if args.fixture:
        print(text)
    else:
        write_atomic(PAGE, INTRODUCTION + text)
    return any(row.wrong for row in rows)


if __name__ == "__main__":
    sys.exit(main())

"""Many random kernels in parallel, with a table of what came out: `python -m tests.soundness.run N`.

With `--record FILE` outcomes are kept, and seeds that are in the file are not run again.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

from cuq.base.files import write_atomic
from cuq.checks.options import Options
from cuq.checks.result import Property, Verdict
from tests.soundness import record
from tests.soundness.judge import PATIENT, QUICK
from tests.soundness.outcome import Outcome, outcome

INTRODUCTION = """\
# Random kernels

Written by `make soundness N={count}{quick} REPORT=docs/random-kernels.md`. Each kernel is generated from a seed
(`tests/soundness/generate.py`: loops, nested branches, barriers, shared and global memory, mixed widths, atomics,
one- and two-dimensional launches, contracts), checked by the engine for all launches, and executed by the
reference interpreter in up to 40 small launches. A contradiction is a `verified` property that a launch
violates, or a `refuted` one whose launch does not show the violation again. Solver budget: {timeout} ms for a
query, {budget} ms for a kernel; what is not decided within it is `unknown`.

"""


def outcomes(seeds: Sequence[int], jobs: int, options: Options) -> Iterator[Outcome]:
    one = partial(outcome, options=options)
    if jobs == 1:
        yield from map(one, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(one, seeds, chunksize=8)


def table(found: Iterable[Outcome]) -> str:
    """Verdicts by property, and how often small launches agree, as markdown."""
    found = list(found)
    lines = [
        "| property | verified | refuted | potential | unknown | violated in a small launch |",
        "|---|" + "---:|" * 5,
    ]
    judged = [o for o in found if o.verdicts]
    for prop in filter(lambda prop: prop.is_of_source, Property):
        verdicts = Counter(o.verdicts[prop] for o in judged if prop in o.verdicts)
        counts = " | ".join(str(verdicts[v]) for v in Verdict)
        lines.append(f"| {prop.value} | {counts} | {sum(prop in o.observed for o in judged)} |")
    clean = [o for o in judged if Property.RACE not in o.observed]
    lost = sum(o.verdicts[Property.RACE] in (Verdict.UNKNOWN, Verdict.POTENTIAL) for o in clean)
    lines += [
        "",
        f"{len(found)} kernels, {sum(o.runs for o in found)} launches interpreted, "
        f"{sum(bool(o.contradictions) for o in found)} kernels with a contradiction, "
        f"{sum(bool(o.rejected) for o in found)} rejected, {sum(bool(o.crash) for o in found)} crashes.",
        f"{lost} of {len(clean)} kernels without a race in any small launch stay undecided.",
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="the solver budget of the test suite")
    parser.add_argument("--record", type=Path, help="keep outcomes in this file, and go on from it")
    parser.add_argument("--report", type=Path, help="write the table there, as a page")
    args = parser.parse_args()
    options = QUICK if args.quick else PATIENT
    seeds = range(args.first, args.first + args.count)
    known = record.read(args.record) if args.record else {}
    found = [known[seed] for seed in seeds if seed in known]
    missing = [seed for seed in seeds if seed not in known]
    start = perf_counter()
    for done, one in enumerate(outcomes(missing, args.jobs, options), 1):
        found.append(one)
        if args.record:
            record.append(args.record, one)
        if one.contradictions or one.crash:
            print(f"\nseed {one.seed}: {one.crash or one.contradictions[0]}", flush=True)
        if done % 20 == 0:
            rate = done / (perf_counter() - start)
            print(f"\r{len(found)}/{args.count} kernels, {rate:.1f}/s", end="", file=sys.stderr, flush=True)
    print(f"\n{table(found)}")
    if args.report:
        quick = " QUICK=1" if args.quick else ""
        said = INTRODUCTION.format(
            count=args.count, quick=quick, timeout=options.timeout_ms, budget=options.budget_ms
        )
        write_atomic(args.report, f"{said}{table(found)}\n")
    return any(o.contradictions or o.crash for o in found)


if __name__ == "__main__":
    sys.exit(main())

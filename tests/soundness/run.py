"""Many random kernels in parallel, with a table of what came out: `python -m tests.soundness.run N`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter

from cuq.base.errors import CuqError
from cuq.checks.options import Options
from cuq.checks.result import Property, Verdict
from cuq.ir.verify import verify
from tests.soundness.generate import generate
from tests.soundness.judge import PATIENT, judge
from tests.soundness.lower import contract_of, kernel_of


@dataclass(slots=True)
class Outcome:
    """What one seed gave. `crash`: an error of the engine that is no verdict."""

    seed: int
    verdicts: dict[Property, Verdict] = field(default_factory=dict)
    observed: set[Property] = field(default_factory=set)
    contradictions: list[str] = field(default_factory=list)
    runs: int = 0
    rejected: str = ""
    crash: str = ""
    seconds: float = 0.0


def outcome(seed: int, options: Options = PATIENT, most: int = 40) -> Outcome:
    start = perf_counter()
    program = generate(seed)
    found = Outcome(seed)
    try:
        kernel = kernel_of(program)
        verify(kernel)
        judgement = judge(kernel, contract_of(program), seed, options, most)
        found.verdicts, found.observed = judgement.verdicts, judgement.observed
        found.runs = judgement.runs
        found.contradictions = [f"{c.property.value}: {c.what} {c.launch}" for c in judgement.contradictions]
    except CuqError as error:
        found.rejected = str(error)
    except Exception as error:  # noqa: BLE001  # a crash is a result of this experiment
        found.crash = f"{type(error).__name__}: {error}"
    found.seconds = perf_counter() - start
    return found


def outcomes(seeds: Iterable[int], jobs: int) -> Iterable[Outcome]:
    if jobs == 1:
        yield from map(outcome, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(outcome, seeds, chunksize=8)


def table(found: list[Outcome]) -> str:
    """Verdicts by property, and how often small launches agree, as markdown."""
    lines = [
        "| property | verified | refuted | potential | unknown | violated in a small launch |",
        "|---|" + "---|" * 5,
    ]
    judged = [o for o in found if o.verdicts]
    for prop in Property:
        verdicts = Counter(o.verdicts[prop] for o in judged if prop in o.verdicts)
        counts = " | ".join(str(verdicts[v]) for v in Verdict)
        lines.append(f"| {prop.value} | {counts} | {sum(prop in o.observed for o in judged)} |")
    clean = [o for o in judged if Property.RACE not in o.observed]
    lost = sum(o.verdicts[Property.RACE] in (Verdict.UNKNOWN, Verdict.POTENTIAL) for o in clean)
    lines += [
        "",
        f"{len(found)} kernels, {sum(o.runs for o in found)} launches interpreted, "
        f"{sum(bool(o.contradictions) for o in found)} kernels with a contradiction, "
        f"{sum(bool(o.rejected) for o in found)} rejected, {sum(bool(o.crash) for o in found)} crashes. "
        f"{lost} of {len(clean)} kernels without a race in any small launch stay undecided.",
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    found: list[Outcome] = []
    start = perf_counter()
    for one in outcomes(range(args.first, args.first + args.count), args.jobs):
        found.append(one)
        if one.contradictions or one.crash:
            print(f"\nseed {one.seed}: {one.crash or one.contradictions[0]}", flush=True)
        if len(found) % 20 == 0:
            rate = len(found) / (perf_counter() - start)
            print(f"\r{len(found)}/{args.count} kernels, {rate:.1f}/s", end="", file=sys.stderr, flush=True)
    print(f"\n{table(found)}")
    return any(o.contradictions or o.crash for o in found)


if __name__ == "__main__":
    sys.exit(main())

"""Automatic mutants of the safe fixtures, judged by small launches: `python -m tests.mutation.run`.

A mutant that a launch shows to race, diverge, or go out of bounds must not be `verified` for that property.
The table goes into docs/mutation.md.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from cuq.base.errors import CuqError
from cuq.base.files import write_atomic
from cuq.checks.options import Options
from cuq.checks.result import Property, Verdict
from cuq.ir.interp import Limits
from cuq.ir.module import Kernel
from cuq.ir.verify import verify
from tests import record
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import FIXTURES, Fixture
from tests.mutation.operators import mutants
from tests.soundness.judge import judge

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mutation.md"
OPTIONS = Options(timeout_ms=500, budget_ms=2_000)
LIMITS = Limits(thread_steps=2_000, launch_steps=60_000)
LAUNCHES = 12
SAFE = tuple(f for f in FIXTURES if f.is_safe)

INTRODUCTION = f"""\
# Mutants of the safe fixtures

Written by `make mutation`. Each safe kernel is changed in one place of its IR, in every way that the operators
allow (`tests/mutation/operators.py`), checked for all launches of its contract, and executed in up to {LAUNCHES} small
ones. *Broken* mutants are those that a launch shows to violate a property; *missed* are broken ones that were
`verified` for that very property, and there must be none. Of mutants that no small launch breaks, many mean the
same as the original, or go wrong only in launches that are not small.

"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant. `missed`: properties that are `verified` and violated, with the launch that shows it."""

    fixture: str
    operator: str
    what: str
    broken: bool
    verified: bool
    missed: tuple[str, ...]
    error: str = ""


def judged(fixture: Fixture, only: slice = slice(None)) -> list[Judged]:
    """Each mutant of a fixture (or those in `only`), with its verdicts and what launches show."""
    task = task_of(load(fixture), OPTIONS)
    assert isinstance(task.kernel, Kernel)
    found: list[Judged] = []
    for number, mutant in enumerate(list(mutants(task.kernel))[only]):
        about = (fixture.name, mutant.operator, mutant.what)
        try:
            verify(mutant.kernel)
            judgement = judge(mutant.kernel, task.contract, number, OPTIONS, LAUNCHES, LIMITS)
        except CuqError as error:
            found.append(Judged(*about, broken=False, verified=False, missed=(), error=str(error)))
            continue
        missed = tuple(f"{c.property.value}: {c.what} {c.launch}" for c in judgement.contradictions)
        race = judgement.verdicts.get(Property.RACE) is Verdict.VERIFIED
        aligned = judgement.verdicts.get(Property.DIVERGENCE) is Verdict.VERIFIED
        found.append(Judged(*about, bool(judgement.observed), race and aligned, missed))
    return found


def recorded(path: Path) -> dict[str, list[Judged]]:
    """Results by fixture."""
    fixtures = [
        [Judged(**{**one, "missed": tuple(one["missed"])}) for one in some] for some in record.read(path)
    ]
    return {some[0].fixture: some for some in fixtures}


def table(found: Iterable[Judged]) -> Iterator[str]:
    rows = list(found)
    yield "| operator | mutants | broken in a small launch | of these missed | not broken there, still verified |"
    yield "|---|---:|---:|---:|---:|"
    operators = list(dict.fromkeys(j.operator for j in rows))
    for operator in [*operators, "all"]:
        these = [j for j in rows if not j.error and operator in (j.operator, "all")]
        broken = [j for j in these if j.broken]
        same = sum(j.verified and not j.broken for j in these)
        yield f"| {operator} | {len(these)} | {len(broken)} | {sum(bool(j.missed) for j in these)} | {same} |"
    refused = Counter(j.error for j in rows if j.error)
    yield ""
    yield f"{len({j.fixture for j in rows})} kernels; {sum(refused.values())} changes gave no kernel and were left out."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--record", type=Path, help="where results are kept, to go on after an interruption")
    parser.add_argument("--fixture", action="append", help="only these; the page is not written")
    args = parser.parse_args()
    chosen = [f for f in SAFE if not args.fixture or f.name in args.fixture]
    done = recorded(args.record) if args.record else {}
    with ProcessPoolExecutor(args.jobs) as pool:
        left = [pool.submit(judged, f) for f in chosen if f.name not in done]
        for future in as_completed(left):
            some = future.result()
            if not some:
                continue
            name = some[0].fixture
            print(f"{name}: {len(some)} mutants", file=sys.stderr, flush=True)
            for one in some:
                for missed in one.missed:
                    print(f"{one.fixture}: {one.operator}: {one.what}: {missed}", flush=True)
            done[name] = some
            if args.record:
                record.append(args.record, [asdict(one) for one in some])
    rows = [one for fixture in chosen for one in done.get(fixture.name, ())]
    text = "".join(f"{line}\n" for line in table(rows))
    print(text)
    if not args.fixture:
        write_atomic(PAGE, INTRODUCTION + text)
    return any(one.missed for one in rows)


if __name__ == "__main__":
    sys.exit(main())

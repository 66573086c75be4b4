"""`make certified-mutants`: Coq certifies no mutant of a safe fixture that a launch breaks; docs/certified-mutants.md."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from cuq.base.errors import CuqError, Unsupported
from cuq.base.files import write_atomic
from cuq.checks.options import Options
from cuq.checks.result import Property
from cuq.checks.session import Session
from cuq.contract import Contract
from cuq.coq.certify import PROVABLE
from cuq.coq.coqc import find_coqc, theories
from cuq.coq.prove import Status, prove
from cuq.ir.interp import Interpreter
from cuq.ir.interp.inputs import initial_fills
from cuq.ir.module import Kernel
from cuq.ir.verify import verify
from tests import record
from tests.fixtures.pipeline import load, task_of
from tests.fixtures.table import Fixture
from tests.mutation.operators import Mutant, mutants
from tests.mutation.run import LAUNCHES, LIMITS, SAFE
from tests.soundness.judge import violations
from tests.soundness.launches import launches

PAGE = Path(__file__).resolve().parents[2] / "docs/certified-mutants.md"
TIMEOUT = 20.0
WORKERS = 2

INTRODUCTION = f"""\
# Mutants and certificates

Written by `make certified-mutants`. Of a safe fixture, mutants (as in [mutation.md](mutation.md)) are drawn until one or
more are found that race or diverge in a small launch in which nothing else goes wrong. Coq is asked to prove of them
what that launch shows to be false, of the program and of the summary, for {TIMEOUT:g} s each. It must not.

"""


@dataclass(frozen=True, slots=True)
class Tried:
    """A broken mutant of a fixture, and whether Coq certified it to be free of what a launch showed."""

    fixture: str
    operator: str
    what: str
    prop: str
    certified: bool


def tried(fixture: Fixture, most: int) -> list[Tried]:
    """Up to `most` broken mutants."""
    task = task_of(load(fixture), Options())
    assert isinstance(task.kernel, Kernel)
    found: list[Tried] = []
    for mutant, prop in _broken(task.kernel, task.contract, fixture.name, most):
        certified = _is_certified(Session(mutant.kernel, task.contract, Options()), prop)
        found.append(Tried(fixture.name, mutant.operator, mutant.what, prop.value, certified))
    return found


def _broken(kernel: Kernel, contract: Contract, seed: str, most: int) -> Iterator[tuple[Mutant, Property]]:
    """Mutants that a launch breaks, in a random order of operators and of the mutants of each."""
    rng = random.Random(seed)
    drawn = list(mutants(kernel))
    rng.shuffle(drawn)
    found = 0
    for mutant in drawn:
        shown = _shown(mutant.kernel, contract, rng)
        if shown is not None:
            yield mutant, shown
            found += 1
        if found == most:
            return


def _shown(kernel: Kernel, contract: Contract, rng: random.Random) -> Property | None:
    """What a launch without any fault violates: of others, theorems that assume accesses in bounds say nothing."""
    try:
        verify(kernel)
        interpreter, initial = Interpreter(kernel), initial_fills(kernel, contract)
        for config in launches(kernel, contract, rng, LAUNCHES):
            report = interpreter.run(replace(config, fills={**config.fills, **initial}), limits=LIMITS)
            if not report.faults and report.finished:
                for prop in violations(report):
                    if prop in PROVABLE:
                        return prop
    except CuqError:
        return None  # no kernel, or nothing that the interpreter can run
    return None


def _is_certified(session: Session, prop: Property) -> bool:
    try:
        (result,) = prove(session, (prop,), timeout=TIMEOUT)
    except Unsupported:
        return False
    return result.status is Status.PROVED


def _table(found: Iterable[Tried]) -> Iterator[str]:
    rows = list(found)
    yield "| operator | broken mutants | certified |"
    yield "|---|--:|--:|"
    for operator in [*dict.fromkeys(row.operator for row in rows), "all"]:
        these = [row for row in rows if operator in (row.operator, "all")]
        yield f"| {operator} | {len(these)} | {sum(row.certified for row in these)} |"
    yield ""
    yield f"They are mutants of {len({row.fixture for row in rows})} of the {len(SAFE)} safe fixtures."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1, help="broken mutants of each fixture")
    parser.add_argument("--record", type=Path, help="where results are kept, to go on after an interruption")
    parser.add_argument(
        "--recorded", action="store_true", help="write the page about what the record has so far"
    )
    args = parser.parse_args()
    theories(find_coqc())
    done = (
        {name: [Tried(**one) for one in some] for name, some in record.read(args.record)}
        if args.record
        else {}
    )
    left = [f for f in SAFE if f.name not in done and not args.recorded]
    with get_context("fork").Pool(WORKERS) as pool:
        for fixture, some in zip(left, pool.imap(partial(tried, most=args.most), left), strict=True):
            done[fixture.name] = some
            print(f"{fixture.name}: {len(some)} broken mutants", file=sys.stderr, flush=True)
            if args.record:
                record.append(args.record, [fixture.name, [asdict(one) for one in some]])
    rows = [one for f in SAFE for one in done.get(f.name, ())]
    write_atomic(PAGE, INTRODUCTION + "".join(f"{line}\n" for line in _table(rows)))
    wrong = [row for row in rows if row.certified]
    for row in wrong:
        print(f"certified, though a launch breaks it: {row}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

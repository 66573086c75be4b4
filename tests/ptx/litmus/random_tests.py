"""Random litmus tests on which the two engines have to agree: `make litmus-random N=…` writes docs/litmus-engines.md."""

from __future__ import annotations

import argparse
import signal
import sys
from collections import Counter
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter

from cuq.base.files import write_atomic
from cuq.base.records import dataclass
from cuq.ptx.litmus import parse_litmus
from cuq.ptx.litmus.engines import Engine, decide
from cuq.ptx.litmus.result import Outcome, Undecidable
from cuq.ptx.models import model
from tests import record
from tests.ptx.litmus.generator import Generator

PAGE = Path(__file__).resolve().parents[3] / "docs/litmus-engines.md"
MODELS = ("ptx-6.0", "ptx-7.5", "ptx-7.5+", "rc11")
"""`ptx-7.5+`: tests with proxies, under PTX 7.5."""
MOST_SECONDS = 20.0
WORKERS = 2
TOO_LONG, UNDECIDABLE = "too long", "only enumeration"


@dataclass(frozen=True, slots=True)
class Compared:
    """What the engines said of a test, and how long they took in seconds."""

    model: str
    text: str
    enumerated: Outcome
    solved: Outcome
    seconds: tuple[float, float]

    @property
    def agree(self) -> bool:
        return _answer(self.enumerated) == _answer(self.solved)


def _answer(outcome: Outcome) -> tuple[object, ...]:
    return outcome.holds, outcome.terminates, frozenset(outcome.states), frozenset(outcome.flags)


def written(seed: int) -> tuple[str, str, int]:
    """The model, the text and the bound of a seed's test."""
    name = MODELS[seed % len(MODELS)]
    return name, Generator(seed, proxies=name.endswith("+")).text(), 1 + seed // len(MODELS) % 2


def compare(seed: int) -> Compared:
    """Both engines on the test of a seed."""
    name, text, bound = written(seed)
    test = parse_litmus(text, f"random-{seed}")
    rules = model(name.removesuffix("+"))
    start = perf_counter()
    enumerated = decide(test, rules, bound, Engine.ENUMERATION)
    middle = perf_counter()
    solved = decide(test, rules, bound, Engine.SMT)
    return Compared(name, text, enumerated, solved, (middle - start, perf_counter() - middle))


@dataclass(frozen=True, slots=True)
class Line:
    """What is kept of a comparison. `agree` is None where there is none: then `kind` says why."""

    seed: int
    model: str
    agree: bool | None
    kind: str
    seconds: tuple[float, float] = (0.0, 0.0)


class _TooLongError(Exception):
    pass


def _stop(*_: object) -> None:
    raise _TooLongError


def line(seed: int) -> Line:
    """The comparison of one seed, within the limit of time."""
    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    name, _, _ = written(seed)
    try:
        one = compare(seed)
    except _TooLongError:
        return Line(seed, name, None, TOO_LONG)
    except Undecidable:
        return Line(seed, name, None, UNDECIDABLE)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return Line(seed, name, one.agree, _kind(one.enumerated), one.seconds)


def recorded(path: Path) -> dict[int, Line]:
    """By seed."""
    lines = (Line(**{**entry, "seconds": tuple(entry["seconds"])}) for entry in record.read(path))
    return {one.seed: one for one in lines}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--record", type=Path, help="where results are kept, to go on after an interruption")
    given = parser.parse_args(argv)
    done = recorded(given.record) if given.record else {}
    with get_context("fork").Pool(WORKERS) as pool:
        for one in pool.imap(line, [seed for seed in range(given.count) if seed not in done], chunksize=4):
            done[one.seed] = one
            if given.record:
                record.append(given.record, asdict(one))
    found = [done[seed] for seed in range(given.count)]
    write_atomic(PAGE, page(found))
    wrong = [one for one in found if one.agree is False]
    for one in wrong:
        print(f"seed {one.seed}: the engines disagree\n{written(one.seed)[1]}")
    return 1 if wrong else 0


def _kind(outcome: Outcome) -> str:
    if outcome.flags:
        return "data race"
    return {True: "reachable", False: "not reachable", None: "undecided"}[outcome.holds]


def page(found: list[Line]) -> str:
    rows = []
    for name in MODELS:
        mine = [one for one in found if one.model == name]
        ended = [one for one in mine if one.agree is not None]
        if not ended:
            continue
        kinds = Counter(one.kind for one in ended)
        times = [f"{median(one.seconds[i] for one in ended) * 1e3:.1f} ms" for i in (0, 1)]
        left_out = Counter(one.kind for one in mine if one.agree is None)
        cells = [name, len(ended), *(left_out[why] for why in (TOO_LONG, UNDECIDABLE))]
        cells.append(sum(not one.agree for one in ended))
        cells += [kinds[k] for k in ("reachable", "not reachable", "undecided", "data race")]
        rows.append(f"| {' | '.join(map(str, [*cells, *times]))} |")
    return "\n".join(
        [
            "# Two engines, the same answers",
            "",
            f"`make litmus-random N={len(found)}` made {len(found)} random litmus tests and asked both engines of",
            "`cuq litmus` for the condition, all final states, termination and data races. They have the parsers of tests",
            "and models and the types of results in common, and nothing else (`tests/ptx/litmus/test_independence.py`).",
            f"`ptx-7.5+` has accesses by other proxies. Tests that take both engines longer than {MOST_SECONDS:g} s are",
            "left out, and tests that z3 is not asked ([memory-model.md](memory-model.md)).",
            "",
            "| model | compared | left out: too long | left out: only enumeration | disagreements "
            "| reachable | not reachable | undecided | data race | enumeration, median | z3, median |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

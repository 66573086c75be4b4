"""Reading litmus tests, and judging them under one model or two."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

import click

from cuq.base.errors import InputError, UsageError
from cuq.base.files import read_text
from cuq.base.records import dataclass
from cuq.ptx.litmus import Litmus, parse_litmus
from cuq.ptx.litmus.engines import Engine, decide
from cuq.ptx.litmus.result import Undecidable
from cuq.ptx.models import model
from cuq.report.litmus import Judged, quantity_text

SUFFIX = ".litmus"


@dataclass(frozen=True, slots=True)
class Tests:
    """The tests that could be read, in the order of the input. `code`: 3 if one could not be."""

    read: tuple[tuple[str, Litmus], ...]
    code: int


@dataclass(frozen=True, slots=True)
class Rules:
    """A model by name or file, with other readings of its text."""

    model: str
    readings: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        return "+".join((self.model, *sorted(self.readings)))


def rules(text: str, readings: Sequence[str] = ()) -> Rules:
    """From `MODEL[+READING…]` and more readings."""
    name, *more = text.split("+")
    return Rules(name, frozenset((*more, *readings)))


def tests(paths: Sequence[str]) -> Tests:
    """Read all tests. What is wrong with one is said on standard error; the others go on.

    Raises UsageError for a path that does not exist, and when there is no test at all.
    """
    read: list[tuple[str, Litmus]] = []
    code = 0
    files = [file for path in paths for file in _files(Path(path))]
    if not files:
        raise UsageError(
            f"no litmus test found in {', '.join(paths)}", help=f"tests are files named *{SUFFIX}"
        )
    for file in dict.fromkeys(files):
        try:
            read.append((str(file), parse_litmus(read_text(file), str(file))))
        except InputError as error:
            code = error.exit_code
            help = f"\n  = help: {error.help}" if error.help else ""
            click.echo(f"error: {error}{help}", err=True)
    return Tests(tuple(read), code)


def judge(found: Tests, under: Rules, bound: int, engine: Engine) -> list[Judged]:
    """Each test under the model."""
    chosen = model(under.model, under.readings)
    judged = []
    for path, test in found.read:
        start = perf_counter()
        try:
            outcome = decide(test, chosen, bound, engine)
        except Undecidable as error:
            raise InputError(f"{path}: {error}", help=error.help) from error
        judged.append(Judged(path, test, under.title, bound, outcome, (perf_counter() - start) * 1e3))
    return judged


def differences(found: Tests, both: tuple[Rules, Rules], bound: int, engine: Engine, form: str) -> str:
    """The tests on which two models differ: in what they answer, or in the states that they allow."""
    if form == "dot":
        raise UsageError("--compare has no graphs: choose text or json")
    pairs = zip(*(judge(found, under, bound, engine) for under in both), strict=True)
    differing = [pair for pair in pairs if _answer(pair[0]) != _answer(pair[1])]
    if form == "json":
        return json.dumps([_entry(a, b) for a, b in differing], indent=2) + "\n"
    lines = [line for a, b in differing for line in _lines(a, b)]
    lines.append(f"{both[0].title} and {both[1].title} differ on {len(differing)} of {len(found.read)} tests")
    return "".join(f"{line}\n" for line in lines)


def _answer(judged: Judged) -> tuple[object, ...]:
    outcome = judged.outcome
    return outcome.holds, outcome.terminates, frozenset(outcome.states), outcome.flags


def _only(a: Judged, b: Judged) -> list[dict[str, int]]:
    """Final states that only the first model allows."""
    states = sorted(a.outcome.states.keys() - b.outcome.states.keys(), key=lambda s: [v for _, v in s])
    return [{quantity_text(q, a.test): v for q, v in state} for state in states]


def _entry(a: Judged, b: Judged) -> dict[str, object]:
    return {
        "test": a.path,
        "condition": f"{a.test.quantifier.value} {a.test.text}",
        "models": {
            one.model: {
                "holds": one.outcome.holds,
                "termination": one.outcome.terminates,
                "flags": list(one.outcome.flags),
                "only": _only(one, other),
            }
            for one, other in ((a, b), (b, a))
        },
    }


def _lines(a: Judged, b: Judged) -> Iterator[str]:
    words = {True: "Ok", False: "No", None: "undecided"}
    yield f"{a.test.name}: {a.test.quantifier.value} {a.test.text}"
    for one, other in ((a, b), (b, a)):
        flags = f", {', '.join(one.outcome.flags)}" if one.outcome.flags else ""
        yield f"  {one.model}: {words[one.outcome.holds]}{flags}"
        for state in _only(one, other):
            yield f"    only here: {' '.join(f'{name}={value};' for name, value in state.items())}"


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.rglob(f"*{SUFFIX}"))
    if not path.exists():
        raise UsageError(f"no such file or folder: {path}")
    return [path]

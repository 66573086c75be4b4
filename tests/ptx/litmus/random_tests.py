"""Random litmus tests on which the two engines have to agree: `make litmus-random N=…` writes docs/litmus-engines.md."""

from __future__ import annotations

import random
import signal
import sys
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter

from cuq.base.files import write_atomic
from cuq.base.records import dataclass
from cuq.ptx.litmus import Litmus, parse_litmus
from cuq.ptx.litmus.engines import Engine, decide
from cuq.ptx.litmus.result import Outcome
from cuq.ptx.models import model
from tests.ptx.litmus.shapes import litmus

PAGE = Path(__file__).resolve().parents[3] / "docs/litmus-engines.md"
SCOPES = ("cta", "cluster", "gpu", "sys")
PLACES = (
    "cta 0,gpu 0",
    "cta 0,gpu 0",
    "cta 1,gpu 0",
    "cta 1,gpu 1",
    "cta 2,cluster 1,gpu 0",
    "cta 3,cluster 1,gpu 0",
)
LOCATIONS = ("x", "y", "z")
ALIASES = "; t @ texture aliases x; s @ surface aliases x; c @ constant aliases y; w @ generic aliases y"
MODELS = ("ptx-6.0", "ptx-7.5", "ptx-7.5+", "rc11")
"""`ptx-7.5+`: tests with proxies, under PTX 7.5."""
BOUND = 1
MOST_SECONDS = 20.0
WORKERS = 2


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


class Generator:
    """One random test."""

    def __init__(self, seed: int, name: str) -> None:
        self._random = random.Random(seed)
        self._seed = seed
        self._proxies = name == "ptx-7.5+"
        self._registers: list[str] = []
        self._fresh = 0

    def text(self) -> str:
        pick = self._random
        threads = pick.choice((1, 2, 2, 2, 2, 3, 3))
        self._locations = LOCATIONS[: pick.choice((1, 2, 2, 2, 3))]
        columns = []
        for number in range(threads):
            self._mine: list[str] = []
            columns.append((pick.choice(PLACES), self._thread(pick.randint(1, 4 if threads == 2 else 3))))
            self._registers += [f"P{number}:{r}" for r in self._mine]
        initial = "; ".join(f"{x} = {pick.choice((0, 0, 0, 1))}" for x in self._locations)
        if self._proxies:
            initial = "x = 0; y = 0" + ALIASES
        return litmus(f"random-{self._seed}", "", columns, self._condition(), initial)

    def _condition(self) -> str:
        pick = self._random
        terms = [*self._registers, *self._locations]
        chosen = pick.sample(terms, min(len(terms), pick.randint(1, 3)))
        glue = pick.choice((" /\\ ", " /\\ ", " \\/ "))
        return glue.join(f"{q} {pick.choice(('==', '==', '!='))} {pick.randint(0, 2)}" for q in chosen)

    def _thread(self, length: int) -> list[str]:
        code: list[str] = []
        for _ in range(length):
            code += self._step(len(code))
        return code

    def _step(self, at: int) -> list[str]:
        pick = self._random
        kind = pick.choices(
            ("load", "store", "atomic", "fence", "barrier", "branch", "spin", "proxy"),
            (8, 8, 4, 4, 2, 2, 1, 6 if self._proxies else 0),
        )[0]
        match kind:
            case "load":
                return [self._load()]
            case "store":
                return [f"st.{self._semantics(('relaxed', 'release'))} {self._location()}, {self._value()}"]
            case "atomic":
                return [self._atomic()]
            case "fence":
                return [f"fence.{pick.choice(('acq_rel', 'sc'))}.{self._scope()}"]
            case "barrier":
                name = f"b{pick.randint(0, 1)}" if pick.random() < 0.3 else "b"
                return [
                    f"bar.cta.{pick.choice(('sync', 'sync', 'sync', 'arrive'))} {name}, {pick.choice((0, 0, 1))}"
                ]
            case "branch":
                skipped = f"st.relaxed.{self._scope()} {self._location()}, {pick.randint(1, 2)}"
                relation = pick.choice(("beq", "bne"))
                return [
                    self._load(),
                    f"{relation} {self._mine[-1]}, {pick.randint(0, 1)}, L{at}",
                    skipped,
                    f"L{at}:",
                ]
            case "spin":
                load = self._load()
                return [f"S{at}:", load, f"bne {self._mine[-1]}, {pick.choice((1, 1, 2))}, S{at}"]
            case _:
                return [self._proxy()]

    def _proxy(self) -> str:
        pick = self._random
        kind = pick.choice(("tld", "suld", "sust", "cold", "fence", "fence", "virtual"))
        match kind:
            case "tld" | "suld" | "cold":
                return f"{kind}.weak {self._register()}, {dict(tld='t', suld='s', cold='c')[kind]}"
            case "sust":
                return f"sust.weak s, {pick.randint(1, 2)}"
            case "virtual":
                return f"st.weak w, {pick.randint(1, 2)}"
            case _:
                return f"fence.proxy.{pick.choice(('alias', 'texture', 'surface', 'constant'))}"

    def _load(self) -> str:
        semantics = self._semantics(("relaxed", "acquire"))
        return f"ld.{semantics} {self._register()}, {self._location()}"

    def _atomic(self) -> str:
        pick = self._random
        head = f"atom.{pick.choice(('relaxed', 'acquire', 'release', 'acq_rel'))}.{self._scope()}"
        place, value = self._location(), pick.randint(1, 2)
        if pick.random() < 0.3:
            return f"{head}.cas {self._register()}, {place}, {pick.randint(0, 1)}, {value}"
        return f"{head}.{pick.choice(('exch', 'add'))} {self._register()}, {place}, {value}"

    def _value(self) -> str:
        """A number, or what was read before, so that there is a dependency."""
        pick = self._random
        return pick.choice(self._mine) if self._mine and pick.random() < 0.3 else str(pick.randint(1, 2))

    def _register(self) -> str:
        self._fresh += 1
        self._mine.append(f"r{self._fresh}")
        return self._mine[-1]

    def _location(self) -> str:
        return self._random.choice(self._locations)

    def _scope(self) -> str:
        return self._random.choice(SCOPES)

    def _semantics(self, orders: tuple[str, str]) -> str:
        order = self._random.choice(("weak", *orders))
        return order if order == "weak" else f"{order}.{self._scope()}"


def compare(seed: int) -> Compared:
    """Both engines on the test of a seed."""
    name = MODELS[seed % len(MODELS)]
    text = Generator(seed, name).text()
    test: Litmus = parse_litmus(text, f"random-{seed}")
    rules = model(name.removesuffix("+"))
    start = perf_counter()
    enumerated = decide(test, rules, BOUND, Engine.ENUMERATION)
    middle = perf_counter()
    solved = decide(test, rules, BOUND, Engine.SMT)
    return Compared(name, text, enumerated, solved, (middle - start, perf_counter() - middle))


@dataclass(frozen=True, slots=True)
class Line:
    """What is kept of a comparison. `agree` is None where enumeration did not end within the limit."""

    seed: int
    model: str
    agree: bool | None
    kind: str = ""
    seconds: tuple[float, float] = (0.0, 0.0)


class _TooLongError(Exception):
    pass


def _stop(*_: object) -> None:
    raise _TooLongError


def line(seed: int) -> Line:
    """The comparison of one seed, within the limit of time."""
    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        one = compare(seed)
    except _TooLongError:
        return Line(seed, MODELS[seed % len(MODELS)], None)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return Line(seed, one.model, one.agree, _kind(one.enumerated), one.seconds)


def main(argv: list[str]) -> int:
    with get_context("fork").Pool(WORKERS) as pool:
        found = list(pool.imap(line, range(int(argv[0])), chunksize=16))
    write_atomic(PAGE, page(found))
    wrong = [one for one in found if one.agree is False]
    for one in wrong:
        print(f"seed {one.seed}: the engines disagree\n{Generator(one.seed, one.model).text()}")
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
        cells = [name, len(ended), len(mine) - len(ended), sum(not one.agree for one in ended)]
        cells += [kinds[k] for k in ("reachable", "not reachable", "undecided", "data race")]
        rows.append(f"| {' | '.join(map(str, [*cells, *times]))} |")
    return "\n".join(
        [
            "# Two engines, the same answers",
            "",
            f"`make litmus-random N={len(found)}` made {len(found)} random litmus tests and asked both engines of",
            "`cuq litmus` for the condition, all final states, termination and data races. `ptx-7.5+` has accesses by",
            f"other proxies. Tests that take longer than {MOST_SECONDS:g} s to enumerate are left out.",
            "",
            "| model | compared | left out | disagreements | reachable | not reachable | undecided | data race | enumeration, median | z3, median |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

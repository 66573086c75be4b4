"""Random litmus tests: a few threads of a few instructions, of all kinds that both engines know."""

from __future__ import annotations

import random

from tests.ptx.litmus.shapes import litmus

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
WEIGHTS = {
    "load": 8,
    "store": 8,
    "atomic": 4,
    "fence": 4,
    "barrier": 2,
    "compute": 1,
    "branch": 2,
    "spin": 1,
    "loop": 0.5,
}


class Generator:
    """The test of a seed. `proxies`: with accesses by other proxies."""

    def __init__(self, seed: int, proxies: bool) -> None:
        self._random = random.Random(seed)
        self._seed = seed
        self._proxies = proxies
        self._registers: list[str] = []
        self._fresh = 0
        self._before: list[str] = []

    def text(self) -> str:
        pick = self._random
        threads = pick.choice((1, 2, 2, 2, 2, 3, 3))
        self._locations = LOCATIONS[: pick.choice((1, 2, 2, 2, 3))]
        together = pick.random() < 0.4
        self._scopes = ("gpu", "sys") if together and pick.random() < 0.7 else SCOPES
        meet = ""
        if together and pick.random() < 0.3:
            meet = f"bar.cta.sync m{pick.choice(('', '', ', 0, 2'))}"
        columns = []
        for _ in range(threads):
            self._mine: list[str] = []
            self._loaded: list[str] = []
            code = self._thread(pick.randint(1, 4 if threads == 2 else 3))
            if meet:
                code.insert(pick.randint(0, len(code)), meet)
            columns.append((PLACES[0] if together else pick.choice(PLACES), code))
            self._registers += [f"P{len(columns) - 1}:{r}" for r in self._mine]
        initial = "; ".join(f"{x} = {pick.choice((0, 0, 0, 1))}" for x in self._locations)
        if self._proxies:
            initial = "x = 0; y = 0" + ALIASES
        shown = [*self._registers, *self._locations] if pick.random() < 0.6 else []
        return litmus(f"random-{self._seed}", "", columns, self._condition(), initial, shown)

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
        weights = {**WEIGHTS, "proxy": 6 if self._proxies else 0}
        kind = pick.choices(list(weights), list(weights.values()))[0]
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
                return [self._barrier()]
            case "compute":
                return [self._compute()]
            case "branch":
                relation = pick.choice(("beq", "bne", "blt", "bge"))
                test = f"{relation} {self._known()}, {pick.randint(0, 1)}, L{at}"
                return [*self._before, test, self._skipped(), f"L{at}:"]
            case "spin":
                return self._spin(at)
            case "loop":
                return self._loop(at)
            case _:
                return [self._proxy()]

    def _known(self) -> str:
        """A register that was read; a load for it goes to `_before` if there is none, and now and then."""
        self._before = []
        if not self._mine or self._random.random() < 0.5:
            self._before = [self._load()]
        return self._mine[-1]

    def _skipped(self) -> str:
        """What is done if a branch is not taken."""
        pick = self._random
        kind = pick.choices(("store", "load", "barrier", "atomic"), (4, 2, 1, 1))[0]
        match kind:
            case "store":
                return f"st.relaxed.{self._scope()} {self._location()}, {pick.randint(1, 2)}"
            case "load":
                return self._load()
            case "barrier":
                return self._barrier()
            case _:
                return self._atomic()

    def _barrier(self) -> str:
        pick = self._random
        kind = pick.choice(("sync", "sync", "sync", "arrive"))
        name = f"b{pick.randint(0, 1)}" if pick.random() < 0.3 else "b"
        id = (
            pick.choice(self._loaded) if self._loaded and pick.random() < 0.2 else str(pick.choice((0, 0, 1)))
        )
        quorum = f", {pick.choice((1, 2, 2, 3))}" if pick.random() < 0.2 else ""
        return f"bar.cta.{kind} {name}, {id}{quorum}"

    def _compute(self) -> str:
        pick = self._random
        operands = [*self._mine, "1", "2"]
        a, b = pick.choice(operands), pick.choice(operands)
        return f"{pick.choice(('add', 'add', 'sub'))} {self._register()}, {a}, {b}"

    def _spin(self, at: int) -> list[str]:
        """A loop that waits: for a value, for two locations to be the same, for a location to stay as it was."""
        pick = self._random
        kind = pick.choices(("value", "equal", "stays"), (4, 1, 1))[0]
        match kind:
            case "value":
                return [f"S{at}:", self._load(), f"bne {self._mine[-1]}, {pick.choice((1, 1, 2))}, S{at}"]
            case "equal":
                loads = [self._load(), self._load()]
                return [f"S{at}:", *loads, f"bne {self._mine[-1]}, {self._mine[-2]}, S{at}"]
            case _:
                before = self._register()
                load = self._load()
                return [
                    f"S{at}:",
                    f"mov {before}, {self._mine[-1]}",
                    load,
                    f"bne {before}, {self._mine[-1]}, S{at}",
                ]

    def _loop(self, at: int) -> list[str]:
        """A loop that writes: an atomic operation until it reads something, or a store until something is read."""
        pick = self._random
        kind = pick.choice(("lock", "count", "store"))
        match kind:
            case "lock":
                body = [f"atom.acquire.{self._scope()}.cas {self._register()}, {self._location()}, 0, 1"]
            case "count":
                body = [f"atom.relaxed.{self._scope()}.add {self._register()}, {self._location()}, 1"]
            case _:
                body = [f"st.relaxed.{self._scope()} {self._location()}, 1", self._load()]
        return [f"S{at}:", *body, f"bne {self._mine[-1]}, {pick.choice((0, 1))}, S{at}"]

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
        self._loaded.append(self._register())
        return f"ld.{semantics} {self._loaded[-1]}, {self._location()}"

    def _atomic(self) -> str:
        pick = self._random
        head = f"atom.{pick.choice(('relaxed', 'acquire', 'release', 'acq_rel'))}.{self._scope()}"
        place, value = self._location(), pick.randint(1, 2)
        if pick.random() < 0.3:
            return f"{head}.cas {self._register()}, {place}, {pick.randint(0, 1)}, {value}"
        if pick.random() < 0.2:
            kind = pick.choice(("add", "sub", "min", "max"))
            return f"red.{pick.choice(('relaxed', 'release'))}.{self._scope()}.{kind} {place}, {value}"
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
        return self._random.choice(self._scopes)

    def _semantics(self, orders: tuple[str, str]) -> str:
        order = self._random.choice(("weak", *orders, *orders))
        return order if order == "weak" else f"{order}.{self._scope()}"

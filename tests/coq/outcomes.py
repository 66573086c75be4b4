"""Litmus tests as outcomes of the Coq model (`coq/theories/Ptx/Litmus.v`).

An outcome has all control flow and all values fixed. A test is the list of those of its outcomes that have its
condition; Coq is left with what each read reads from, and with the orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from cuq.ptx.litmus import Litmus
from cuq.ptx.litmus.result import End, Kind
from cuq.ptx.litmus.symbolic.paths import Event, Path, paths
from cuq.ptx.litmus.symbolic.terms import RELATIONS, Loaded, value
from cuq.ptx.litmus.syntax import (
    Both,
    Compares,
    Condition,
    Either,
    Final,
    Not,
    Number,
    Order,
    Proxy,
    Quantity,
    RegisterOf,
    Scope,
    Thread,
    quantities,
)

SEMANTICS = {
    None: "Weak",
    Order.WEAK: "Weak",
    Order.RELAXED: "Relaxed",
    Order.ACQUIRE: "Acquire",
    Order.RELEASE: "Release",
    Order.ACQ_REL: "AcqRel",
    Order.SC: "SeqCst",
}
SCOPES = {None: "Sys", Scope.CTA: "Cta", Scope.GPU: "Gpu", Scope.SYS: "Sys"}
KINDS = {Kind.READ: "Read", Kind.WRITE: "Write", Kind.FENCE: "Fence", Kind.BARRIER: "Barrier"}
Loads = dict[Loaded, int]
Pairs = list[tuple[int, int]]


def outcomes(test: Litmus) -> list[str] | None:
    """The outcomes of the test, as Coq terms; None if Coq's model lacks something that the test has: clusters,
    proxies, loops, barriers that do not wait or that count their threads."""
    if any(x.virtual != x.physical for x in test.locations):
        return None
    unfolded = [paths(t, n, 1, _observed(test, n)) for n, t in enumerate(test.threads)]
    flat = [path for of in unfolded for path in of]
    if not all(map(_sayable, flat)):
        return None
    complete = [[path for path in of if path.end is End.DONE] for of in unfolded]
    return [term for chosen in product(*complete) for term in _Candidate(test, chosen).terms()]


def _observed(test: Litmus, thread: int) -> frozenset[str]:
    asked = quantities(test.condition)
    return frozenset(q.name for q in asked if isinstance(q, RegisterOf) and q.thread == thread)


def _sayable(path: Path) -> bool:
    return path.end in (End.DONE, End.BLOCKED) and all(
        event.kind in KINDS
        and event.scope in SCOPES
        and event.proxy in (None, Proxy.GENERIC)
        and (event.barrier is None or (event.barrier.waits and event.quorum is None))
        for event in path.events
    )


@dataclass(frozen=True, slots=True)
class _Node:
    """An event of a thread; `position`: in its thread."""

    thread: int
    position: int
    event: Event

    @property
    def read(self) -> Loaded:
        return Loaded(self.thread, self.position)


class _Candidate:
    """A path for each thread. Events are numbered as in Coq: initial writes, then thread after thread."""

    def __init__(self, test: Litmus, chosen: tuple[Path, ...]) -> None:
        self._test, self._paths = test, chosen
        self._numbers = {x.name: n for n, x in enumerate(test.locations)}
        self._nodes = [_Node(t, at, e) for t, path in enumerate(chosen) for at, e in enumerate(path.events)]
        first = len(test.locations)
        self._index = {(n.thread, n.position): at for at, n in enumerate(self._nodes, first)}

    def terms(self) -> Iterator[str]:
        for loads in self._loads():
            for last in self._last(loads):
                yield self._term(loads, last)

    def _of(self, kind: Kind) -> list[_Node]:
        return [n for n in self._nodes if n.event.kind is kind]

    def _written(self, loads: Mapping[Loaded, int]) -> dict[str, dict[int, int]]:
        """What each write to a location stores, by number of the event; the initial one too."""
        written = {x.name: {self._numbers[x.name]: x.initial} for x in self._test.locations}
        for node in self._of(Kind.WRITE):
            assert node.event.location is not None
            assert node.event.value is not None
            stored = value(node.event.value, loads)
            written[node.event.location][self._index[node.thread, node.position]] = stored
        return written

    def _loads(self) -> Iterator[Loads]:
        """Values of the reads that writes of the location store, and that lead along the paths; those that the
        condition names may come out of thin air."""
        reads = self._of(Kind.READ)
        guesses = _numbers(self._test.condition)
        values = {x.name: guesses | {x.initial} for x in self._test.locations}
        for _ in range(1 + len(reads)):
            for loads in self._choices(reads, values):
                for name, stored in self._written(loads).items():
                    values[name] = values[name] | set(stored.values())
        for loads in self._choices(reads, values):
            written = self._written(loads)
            constraints = [c for path in self._paths for c in path.constraints]
            if all(loads[n.read] in written[str(n.event.location)].values() for n in reads) and all(
                RELATIONS[c.relation](value(c.a, loads), value(c.b, loads)) is c.holds for c in constraints
            ):
                yield loads

    @staticmethod
    def _choices(reads: list[_Node], values: Mapping[str, Iterable[int]]) -> list[Loads]:
        possible = [sorted(values[str(n.event.location)]) for n in reads]
        return [dict(zip((n.read for n in reads), choice, strict=True)) for choice in product(*possible)]

    def _last(self, loads: Loads) -> Iterator[list[int]]:
        """Writes that may be the last ones to the locations of the condition, so that it holds."""
        condition = self._test.condition
        asked = [q.location for q in quantities(condition) if isinstance(q, Final)]
        written = self._written(loads)
        known: dict[Quantity, int] = {
            RegisterOf(t, name): value(term, loads)
            for t, path in enumerate(self._paths)
            for name, term in path.registers
        }
        for choice in product(*(written[name].items() for name in asked)):
            held = {Final(name): stored for name, (_, stored) in zip(asked, choice, strict=True)}
            if _holds(condition, known | held):
                yield [number for number, _ in choice]

    def _term(self, loads: Loads, last: list[int]) -> str:
        labels = [
            f"Label Write Weak Sys (Loc {n} 0 4) None {x.initial}" for n, x in enumerate(self._test.locations)
        ]
        labels += [self._label(node, loads) for node in self._nodes]
        rmw: Pairs = []
        dep: Pairs = []
        for (thread, position), at in self._index.items():
            event = self._paths[thread].events[position]
            rmw += [(at - 1, at)] if event.rmw else []
            # A control dependency is on every later event, of which only accesses matter to the model.
            dep += [(self._index[r.thread, r.position], at) for r in event.data | event.control]
        lists = [_coq_pairs(pairs) for pairs in (rmw, dep, self._barriers(loads))]
        return f"Outcome [{'; '.join(labels)}] {' '.join(lists)} [{'; '.join(map(str, last))}]"

    def _label(self, node: _Node, loads: Loads) -> str:
        event, thread = node.event, self._test.threads[node.thread]
        owner = f"(Some (Thread {thread.gpu} {thread.cta} {node.thread}))"
        location = self._numbers[event.location] if event.location else 0
        match event.kind:
            case Kind.READ:
                of = loads[node.read]
            case Kind.WRITE:
                assert event.value is not None
                of = value(event.value, loads)
            case _:
                of = 0
        kind, order, scope = KINDS[event.kind], SEMANTICS[event.order], SCOPES[event.scope]
        return f"Label {kind} {order} {scope} (Loc {location} 0 4) {owner} {of}"

    def _barriers(self, loads: Loads) -> Pairs:
        """Arrivals at one barrier by threads of one block."""

        def group(node: _Node, of: Thread) -> tuple[object, ...]:
            assert node.event.barrier is not None
            assert node.event.value is not None
            return of.gpu, of.cta, node.event.barrier.instance, value(node.event.value, loads)

        threads = self._test.threads
        meets = [(n, group(n, threads[n.thread])) for n in self._of(Kind.BARRIER)]
        return [
            (self._index[a.thread, a.position], self._index[b.thread, b.position])
            for (a, here), (b, there) in product(meets, meets)
            if here == there and a.thread != b.thread
        ]


def _numbers(condition: Condition) -> set[int]:
    match condition:
        case Compares(left=left, right=right):
            return {q.value for q in (left, right) if isinstance(q, Number)}
        case Not(of=inner):
            return _numbers(inner)
        case Both(left=one, right=other) | Either(left=one, right=other):
            return _numbers(one) | _numbers(other)


def _coq_pairs(pairs: Pairs) -> str:
    return f"[{'; '.join(f'({a}, {b})' for a, b in sorted(set(pairs)))}]"


def _holds(condition: Condition, known: Mapping[Quantity, int]) -> bool:
    def of(quantity: Quantity) -> int:
        return quantity.value if isinstance(quantity, Number) else known.get(quantity, 0)

    match condition:
        case Compares(relation=relation, left=left, right=right):
            return RELATIONS[relation](of(left), of(right))
        case Not(of=inner):
            return not _holds(inner, known)
        case Both(left=one, right=other):
            return _holds(one, known) and _holds(other, known)
        case Either(left=one, right=other):
            return _holds(one, known) or _holds(other, known)

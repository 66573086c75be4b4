"""The events of one choice of paths, numbered, with everything a model may ask about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cuq.base.records import dataclass
from cuq.ptx.cat.evaluate import Environment, Stage
from cuq.ptx.cat.relations import relation
from cuq.ptx.litmus.paths import Event, Kind, Path
from cuq.ptx.litmus.syntax import Litmus, Location, Order, Proxy, Scope, Thread
from cuq.ptx.litmus.terms import Constant, Loaded, Term

SETS = frozenset(
    {
        *(kind.value for kind in (Kind.READ, Kind.WRITE, Kind.FENCE, Kind.BARRIER)),
        "I",
        "M",
        "FP",
        "ALIAS",
        "ANY",
        *(order.name for order in Order),
        *(scope.name for scope in Scope),
        *(proxy.name for proxy in Proxy),
    }
)
"""I: initial writes. M: reads and writes. FP: proxy fences, with the set of their proxy, or ALIAS."""

RELATIONS = {
    **dict.fromkeys(
        (
            "po",
            "loc",
            "vloc",
            "rmw",
            "data",
            "ctrl",
            "id",
            "same-thread",
            "same-cta",
            "same-cluster",
            "same-gpu",
        ),
        Stage.EVENTS,
    ),
    "rf": Stage.READS,
    "bar-sync": Stage.READS,
}


@dataclass(frozen=True, slots=True)
class Node:
    """An event of the execution; `thread` is None for the initial writes."""

    thread: int | None
    position: int
    event: Event | None
    physical: str | None
    virtual: str | None
    value: Term | None

    @property
    def is_write(self) -> bool:
        return self.event is None or self.event.kind is Kind.WRITE

    @property
    def is_read(self) -> bool:
        return self.event is not None and self.event.kind is Kind.READ


@dataclass(frozen=True, slots=True)
class Events:
    """`nodes`: initial writes first, then the events of the threads in order. `index`: of each read, its node."""

    litmus: Litmus
    paths: tuple[Path, ...]
    nodes: tuple[Node, ...]
    index: dict[Loaded, int]
    base: Environment

    @property
    def size(self) -> int:
        return len(self.nodes)


def events_of(litmus: Litmus, paths: Sequence[Path]) -> Events:
    """The events of the threads on these paths, after an initial write for each location."""
    locations = {x.name: x for x in litmus.locations}
    initial = {x.physical: x.initial for x in litmus.locations if x.name == x.physical}
    nodes = [Node(None, 0, None, name, None, Constant(value)) for name, value in initial.items()]
    index: dict[Loaded, int] = {}
    for number, path in enumerate(paths):
        for position, event in enumerate(path.events):
            if event.kind is Kind.READ:
                index[Loaded(number, position)] = len(nodes)
            nodes.append(_node(number, position, event, locations))
    made = tuple(nodes)
    return Events(litmus, tuple(paths), made, index, _base(litmus.threads, made, index))


def _node(thread: int, position: int, event: Event, locations: dict[str, Location]) -> Node:
    if event.location is None:
        return Node(thread, position, event, None, None, event.value)
    place = locations[event.location]
    return Node(thread, position, event, place.physical, place.virtual, event.value)


def _base(threads: tuple[Thread, ...], nodes: tuple[Node, ...], index: dict[Loaded, int]) -> Environment:
    n = len(nodes)
    env: Environment = dict.fromkeys(SETS, 0)

    def put(name: str, i: int) -> None:
        word = env[name]
        assert isinstance(word, int)
        env[name] = word | 1 << i

    for i, node in enumerate(nodes):
        put("ANY", i)
        event = node.event
        if event is None:
            for name in ("I", "W", "M"):
                put(name, i)
            continue
        if event.kind is Kind.PROXY_FENCE:
            put("FP", i)
            put(event.proxy.name if event.proxy else "ALIAS", i)
            continue
        put(event.kind.value, i)
        if event.kind in (Kind.READ, Kind.WRITE):
            put("M", i)
        for tag in (event.order, event.scope, event.proxy):
            if tag is not None:
                put(tag.name, i)

    def where(related: Callable[[int, int], bool]) -> tuple[int, ...]:
        return relation(((i, j) for i in range(n) for j in range(n) if related(i, j)), n)

    def place(of: Callable[[Thread], object]) -> tuple[int, ...]:
        keys = [None if node.thread is None else (of(threads[node.thread]),) for node in nodes]
        return where(lambda i, j: keys[i] is not None and keys[i] == keys[j])

    def depends(which: Callable[[Event], frozenset[Loaded]]) -> tuple[int, ...]:
        found = [(index[read], i) for i, node in enumerate(nodes) if node.event for read in which(node.event)]
        return relation(found, n)

    env["po"] = where(
        lambda i, j: i < j and nodes[i].thread is not None and nodes[i].thread == nodes[j].thread
    )
    env["loc"] = where(lambda i, j: nodes[i].physical is not None and nodes[i].physical == nodes[j].physical)
    env["vloc"] = where(
        lambda i, j: (
            nodes[i].physical is not None
            and nodes[i].physical == nodes[j].physical
            and (nodes[i].virtual == nodes[j].virtual or None in (nodes[i].virtual, nodes[j].virtual))
        )
    )
    env["rmw"] = where(lambda i, j: j == i + 1 and (event := nodes[j].event) is not None and event.rmw)
    env["data"] = depends(lambda event: event.data)
    env["ctrl"] = depends(lambda event: event.control)
    env["id"] = where(lambda i, j: i == j)
    env["same-thread"] = place(lambda t: t.name)
    env["same-gpu"] = place(lambda t: t.gpu)
    env["same-cluster"] = place(lambda t: (t.gpu, t.cluster))
    env["same-cta"] = place(lambda t: (t.gpu, t.cluster, t.cta))
    return env

"""The events of one choice of paths, numbered, with everything a model may ask about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cuq.base.records import dataclass
from cuq.ptx.litmus.result import Kind
from cuq.ptx.litmus.symbolic.paths import Event, Path
from cuq.ptx.litmus.symbolic.terms import Constant, Loaded, Term
from cuq.ptx.litmus.syntax import Litmus, Location, Thread
from cuq.ptx.litmus.vocabulary import SETS

Base = dict[str, tuple[bool, ...] | tuple[tuple[bool, ...], ...]]
"""By name: whether each event is in a set, whether each pair of events is in a relation."""


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
    base: Base

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


def _base(threads: tuple[Thread, ...], nodes: tuple[Node, ...], index: dict[Loaded, int]) -> Base:
    n = len(nodes)
    tags = [_tags(node) for node in nodes]
    env: Base = {name: tuple(name in mine for mine in tags) for name in SETS}

    def where(related: Callable[[int, int], bool]) -> tuple[tuple[bool, ...], ...]:
        return tuple(tuple(related(i, j) for j in range(n)) for i in range(n))

    def place(of: Callable[[Thread], object]) -> tuple[tuple[bool, ...], ...]:
        keys = [None if node.thread is None else (of(threads[node.thread]),) for node in nodes]
        return where(lambda i, j: keys[i] is not None and keys[i] == keys[j])

    def depends(which: Callable[[Event], frozenset[Loaded]]) -> tuple[tuple[bool, ...], ...]:
        found = {(index[read], i) for i, node in enumerate(nodes) if node.event for read in which(node.event)}
        return where(lambda i, j: (i, j) in found)

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


def _tags(node: Node) -> set[str]:
    """The sets that an event is in."""
    event = node.event
    if event is None:
        return {"ANY", "I", "W", "M"}
    found = {"ANY", event.kind.value}
    if event.kind is Kind.PROXY_FENCE:
        return found | {event.proxy.name if event.proxy else "ALIAS"}
    if event.kind in (Kind.READ, Kind.WRITE):
        found.add("M")
    return found | {tag.name for tag in (event.order, event.scope, event.proxy) if tag is not None}

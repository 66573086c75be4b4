"""The events of traces that do the same, whatever the values: numbered, with all that a model may ask of them but
who reads from whom and how barriers synchronize."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cuq.base.records import dataclass
from cuq.ptx.litmus.enumeration.evaluate import Environment
from cuq.ptx.litmus.enumeration.machine import Action
from cuq.ptx.litmus.enumeration.relations import Relation, bits
from cuq.ptx.litmus.result import Kind
from cuq.ptx.litmus.syntax import Thread
from cuq.ptx.litmus.vocabulary import SETS

Actions = tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Initial writes come first, in the order of `initial`, then the threads' actions one thread after the other.

    `starts`: the number of each thread's first event. `writes`: by physical location. `base`: sets and relations.
    """

    initial: tuple[str, ...]
    starts: tuple[int, ...]
    size: int
    reads: tuple[tuple[int, str], ...]
    writes: dict[str, tuple[int, ...]]
    base: Environment

    def number(self, thread: int, position: int) -> int:
        return self.starts[thread] + position


def frame(threads: Sequence[Thread], actions: Sequence[Actions], initial: tuple[str, ...]) -> Frame:
    """`actions`: of each thread. `initial`: the physical locations."""
    starts = []
    size = len(initial)
    for mine in actions:
        starts.append(size)
        size += len(mine)
    events = [(start + p, a) for start, mine in zip(starts, actions, strict=True) for p, a in enumerate(mine)]
    writes = {name: [number] for number, name in enumerate(initial)}
    for number, action in events:
        if action.kind is Kind.WRITE and action.physical is not None:
            writes[action.physical].append(number)
    reads = [
        (number, action.physical)
        for number, action in events
        if action.kind is Kind.READ and action.physical is not None
    ]
    base = (
        _sets(events, len(initial)) | _within(actions, starts, size) | _places(threads, actions, starts, size)
    )
    base |= _locations(events, initial, size)
    return Frame(
        initial=initial,
        starts=tuple(starts),
        size=size,
        reads=tuple(reads),
        writes={name: tuple(numbers) for name, numbers in writes.items()},
        base=base,
    )


def _sets(events: Sequence[tuple[int, Action]], initial: int) -> Environment:
    first = (1 << initial) - 1
    found = dict.fromkeys(SETS, 0) | dict.fromkeys(("I", "W", "M", "ANY"), first)
    for number, action in events:
        names = ["ANY", action.kind.value]
        if action.kind in (Kind.READ, Kind.WRITE):
            names.append("M")
        if action.kind is Kind.PROXY_FENCE and action.proxy is None:
            names.append("ALIAS")
        names += [tag.name for tag in (action.order, action.scope, action.proxy) if tag is not None]
        for name in names:
            found[name] |= 1 << number
    return dict(found)


def _within(actions: Sequence[Actions], starts: Sequence[int], size: int) -> Environment:
    """Relations of one thread: program order, the halves of atomic operations, dependencies."""
    po, rmw, data, ctrl = ([0] * size for _ in range(4))
    for mine, start in zip(actions, starts, strict=True):
        end = start + len(mine)
        for number, action in enumerate(mine, start):
            po[number] = (1 << end) - (2 << number)
            if action.rmw:
                rmw[number - 1] = 1 << number
            for position in bits(action.data):
                data[start + position] |= 1 << number
            for position in bits(action.control):
                ctrl[start + position] |= 1 << number
    return {
        "po": tuple(po),
        "rmw": tuple(rmw),
        "data": tuple(data),
        "ctrl": tuple(ctrl),
        "id": tuple(1 << number for number in range(size)),
    }


def _places(
    threads: Sequence[Thread], actions: Sequence[Actions], starts: Sequence[int], size: int
) -> Environment:
    found: Environment = {}
    for name, keys in (
        ("same-thread", list(range(len(threads)))),
        ("same-cta", [(t.gpu, t.cluster, t.cta) for t in threads]),
        ("same-cluster", [(t.gpu, t.cluster) for t in threads]),
        ("same-gpu", [t.gpu for t in threads]),
    ):
        classes: dict[object, list[int]] = {}
        for key, start, mine in zip(keys, starts, actions, strict=True):
            classes.setdefault(key, []).extend(range(start, start + len(mine)))
        found[name] = _equivalence(classes.values(), size)
    return found


def _locations(events: Sequence[tuple[int, Action]], initial: tuple[str, ...], size: int) -> Environment:
    """The initial write of a location is there under each of its virtual addresses."""
    same: dict[str, list[int]] = {name: [number] for number, name in enumerate(initial)}
    virtual: dict[tuple[str, str | None], list[int]] = {}
    for number, action in events:
        if action.physical is not None:
            same[action.physical].append(number)
            virtual.setdefault((action.physical, action.virtual), []).append(number)
    vloc = list(_equivalence(virtual.values(), size))
    for number, name in enumerate(initial):
        for other in same[name]:
            vloc[number] |= 1 << other
            vloc[other] |= 1 << number
    return {"loc": _equivalence(same.values(), size), "vloc": tuple(vloc)}


def _equivalence(classes: Iterable[Iterable[int]], size: int) -> Relation:
    rows = [0] * size
    for members in classes:
        word = 0
        for member in (listed := list(members)):
            word |= 1 << member
        for member in listed:
            rows[member] = word
    return tuple(rows)

"""Happens-before through release and acquire operations and fences: the causality order of PTX.

PTX ISA, "Memory Consistency Model": a *release pattern* is a release operation, or one that is followed by
a strong write to the same location, or a fence followed by a strong write; an *acquire pattern* mirrors it.
A release pattern synchronizes with an acquire pattern when its write precedes the other's read in
observation order (reads-from between morally strong operations, extended through read-modify-writes), and
the first operation of the one and the last of the other are morally strong. Sequentially consistent fences
synchronize in the order in which they execute. Orderings are taken at the meaning of the source: a `SeqCst`
access acquires and releases and no more.

Two operations at one location with equal width are morally strong when their scopes include each other:
both threads in one block, or both scopes reaching beyond it.
"""

from __future__ import annotations

from dataclasses import field, replace

from cuq.base.records import dataclass
from cuq.ir.interp.log import Epoch, Range, View
from cuq.ir.interp.memory import Instance
from cuq.ir.interp.sites import AccessClass
from cuq.ir.ops import Fence
from cuq.ir.types import Order, Scope

Reach = tuple[int, bool]
"""Block of the thread that performs an operation, and whether the operation's scope leaves the block."""

Messages = dict[Reach, View]
"""What a reader may learn: for the first operation of a release pattern, all that happened before it."""

Location = tuple[Instance, Range]


def _strong(a: Reach, b: Reach) -> bool:
    return a[0] == b[0] or (a[1] and b[1])


def _adds(view: View, known: View) -> bool:
    return view is not known and any(known.get(thread, 0) < clock for thread, clock in view.items())


def _joined(a: View, b: View) -> View:
    return {**a, **{thread: clock for thread, clock in b.items() if a.get(thread, 0) < clock}}


def _merge(into: Messages, messages: Messages) -> None:
    for reach, view in messages.items():
        known = into.get(reach, {})
        # Views in messages are shared, so they are replaced and never changed.
        if _adds(view, known):
            into[reach] = _joined(known, view) if known else view


@dataclass(slots=True)
class ThreadClock:
    """What a thread's fences and atomics so far mean for its next ones."""

    epoch: Epoch
    fenced: Messages = field(default_factory=dict)
    released: dict[Location, Messages] = field(default_factory=dict)
    observed: dict[Location, Messages] = field(default_factory=dict)

    def advance(self, view: View) -> None:
        """Start a new epoch that knows `view`."""
        self.epoch = replace(self.epoch, clock=self.epoch.clock + 1, view=view)

    def publish(self) -> View:
        """All that happened in this thread up to now; what comes next belongs to a new epoch."""
        view = {**self.epoch.view, self.epoch.number: self.epoch.clock}
        self.advance(self.epoch.view)
        return view

    def learn(self, messages: Messages, reach: Reach) -> None:
        """Synchronize with the release patterns that are morally strong with an operation of this thread."""
        view = self.epoch.view
        for sender, told in messages.items():
            if _strong(sender, reach) and _adds(told, view):
                view = _joined(view, told)
        if view is not self.epoch.view:
            self.advance(view)


class Clocks:
    """The synchronisation state of a launch: the last atomic write of each location, and what it carries."""

    def __init__(self) -> None:
        self._writes: dict[Instance, dict[Range, tuple[Reach, Messages]]] = {}
        self._fences: Messages = {}

    def read(self, thread: ThreadClock, instance: Instance, where: Range, kind: AccessClass) -> None:
        """An atomic read, before it is recorded."""
        reach = thread.epoch.block, kind.wide
        last = self._writes.get(instance, {}).get(where)
        observed = thread.observed.setdefault((instance, where), {})
        if last is not None and _strong(last[0], reach):
            _merge(observed, last[1])
        if kind.acquires:
            thread.learn(observed, reach)

    def write(
        self, thread: ThreadClock, instance: Instance, where: Range, kind: AccessClass, update: bool
    ) -> None:
        """Any write, after it is recorded; `update`: it is the second half of a read-modify-write."""
        writes = self._writes.setdefault(instance, {})
        last = writes.get(where)
        offset, width = where
        for other in [r for r in writes if r[0] < offset + width and offset < r[0] + r[1]]:
            del writes[other]
        if not kind.atomic:
            return
        reach = thread.epoch.block, kind.wide
        if kind.releases:
            _merge(thread.released.setdefault((instance, where), {}), {reach: thread.publish()})
        messages: Messages = {}
        _merge(messages, thread.released.get((instance, where), {}))
        _merge(messages, thread.fenced)
        if update and last is not None and _strong(last[0], reach):
            _merge(messages, last[1])
        writes[where] = reach, messages

    def fence(self, thread: ThreadClock, fence: Fence) -> None:
        """A fence; one that releases is the first operation of the release patterns that follow."""
        reach = thread.epoch.block, fence.scope in (Scope.GPU, Scope.SYS)
        if fence.order is not Order.RELEASE:
            for messages in thread.observed.values():
                thread.learn(messages, reach)
        if fence.order is Order.SC:
            thread.learn(self._fences, reach)
            _merge(self._fences, {reach: thread.publish()})
        if fence.order is not Order.ACQUIRE:
            _merge(thread.fenced, {reach: thread.publish()})

    def barrier(self, threads: list[ThreadClock]) -> None:
        """A block barrier: all that its threads know and did so far happened before all that follows."""
        view: View = {}
        seen: set[int] = set()
        for thread in threads:
            # After a barrier the threads share one view, so most need not be joined twice.
            if id(thread.epoch.view) not in seen:
                seen.add(id(thread.epoch.view))
                view = _joined(view, thread.epoch.view)
        view = {**view, **{thread.epoch.number: thread.epoch.clock for thread in threads}}
        for thread in threads:
            thread.advance(view)

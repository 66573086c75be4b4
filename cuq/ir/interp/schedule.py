"""Which thread goes next."""

from __future__ import annotations

import random
from collections import deque
from typing import Protocol

from cuq.base.records import dataclass
from cuq.ir.interp.launch import ThreadCoord
from cuq.ir.interp.thread import Thread


class Queue(Protocol):
    """The threads that can go on."""

    def add(self, thread: Thread) -> None: ...

    def take(self) -> Thread: ...

    def __len__(self) -> int: ...


class Schedule(Protocol):
    """A strategy. `interleave`: threads change at memory operations, not only where they must wait.

    `reverse`: blocks and threads start from the last.
    """

    @property
    def interleave(self) -> bool: ...

    @property
    def reverse(self) -> bool: ...

    def queue(self) -> Queue: ...


@dataclass(frozen=True, slots=True)
class InOrder:
    """A thread runs until it waits or ends; then the next one by linear id, or the one before it."""

    reverse: bool = False

    @property
    def interleave(self) -> bool:
        return False

    def queue(self) -> Queue:
        return _Line()


@dataclass(frozen=True, slots=True)
class Interleaved:
    """Before each memory operation, a thread drawn from all that can go on; `seed` decides."""

    seed: int = 0

    @property
    def interleave(self) -> bool:
        return True

    @property
    def reverse(self) -> bool:
        return False

    def queue(self) -> Queue:
        return _Lottery(random.Random(self.seed))


@dataclass(frozen=True, slots=True)
class Explicit:
    """The named threads go on by one memory operation each, in this order; then the others, in order.

    Turns of threads that wait or have ended are skipped.
    """

    turns: tuple[ThreadCoord, ...]

    @property
    def interleave(self) -> bool:
        return True

    @property
    def reverse(self) -> bool:
        return False

    def queue(self) -> Queue:
        return _Script(deque(self.turns))


class _Line:
    def __init__(self) -> None:
        self.threads: deque[Thread] = deque()

    def add(self, thread: Thread) -> None:
        self.threads.append(thread)

    def take(self) -> Thread:
        return self.threads.popleft()

    def __len__(self) -> int:
        return len(self.threads)


class _Lottery:
    def __init__(self, generator: random.Random) -> None:
        self.generator = generator
        self.threads: list[Thread] = []

    def add(self, thread: Thread) -> None:
        self.threads.append(thread)

    def take(self) -> Thread:
        i = self.generator.randrange(len(self.threads))
        self.threads[i], self.threads[-1] = self.threads[-1], self.threads[i]
        return self.threads.pop()

    def __len__(self) -> int:
        return len(self.threads)


class _Script:
    def __init__(self, turns: deque[ThreadCoord]) -> None:
        self.turns = turns
        self.threads: dict[ThreadCoord, Thread] = {}

    def add(self, thread: Thread) -> None:
        self.threads[thread.coord] = thread

    def take(self) -> Thread:
        while self.turns:
            thread = self.threads.pop(self.turns.popleft(), None)
            if thread is not None:
                return thread
        return self.threads.pop(next(iter(self.threads)))

    def __len__(self) -> int:
        return len(self.threads)

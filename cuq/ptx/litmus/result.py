"""What an engine says of a litmus test under a model. Each engine makes these by itself."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from cuq.base.errors import InputError
from cuq.base.records import dataclass
from cuq.ptx.litmus.syntax import Barrier, Order, Proxy, Quantifier, Quantity, Scope

State = tuple[tuple[Quantity, int], ...]
"""Values of registers and locations at the end."""

Pairs = frozenset[tuple[int, int]]
"""A relation between events, which are named by their numbers."""


class Undecidable(InputError):
    """A test that the engine cannot decide, though another one can."""

    def __init__(self, what: str, help: str) -> None:
        super().__init__(f"this engine cannot decide {what}", help=help)


class Kind(Enum):
    READ = "R"
    WRITE = "W"
    FENCE = "F"
    PROXY_FENCE = "FP"
    BARRIER = "B"


class End(Enum):
    """How a thread ends. DONE: at the end of the program. SPINS, BLOCKED: for ever. CUT: at the bound."""

    DONE = "done"
    SPINS = "spins"
    BLOCKED = "blocked"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Event:
    """An event of an execution. `thread` is None for the initial writes, `location` is as the test names it.

    `value`: what is read or written, or the id of a barrier. `proxy`: None for an alias fence.
    """

    thread: int | None
    kind: Kind
    location: str | None = None
    value: int | None = None
    order: Order | None = None
    scope: Scope | None = None
    proxy: Proxy | None = None
    barrier: Barrier | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """An execution: its events, initial writes first and threads one after the other, relations by name, how
    each thread ends, and the final state; that is empty if some thread does not come to its end."""

    events: tuple[Event, ...]
    relations: Mapping[str, Pairs]
    ends: tuple[End, ...]
    state: State


@dataclass(frozen=True, slots=True)
class Outcome:
    """`states`: final states of executions that end, with the number of executions found for each.

    `holds`: for `exists` whether the condition is reachable, for `~exists` and `forall` whether no execution
    violates it; None when executions beyond the bound could decide otherwise. `witness` shows what decided.
    `terminates`: whether every fair execution ends; None when the bound decides nothing.
    """

    states: Mapping[State, int]
    satisfying: int
    violating: int
    holds: bool | None
    terminates: bool | None
    witness: Witness | None
    stuck: Witness | None
    flags: tuple[str, ...] = ()


def verdict(quantifier: Quantifier, satisfying: int, violating: int, cut: bool) -> bool | None:
    """Whether the quantified condition holds, from the executions that (do not) satisfy it.

    `cut`: there are executions beyond the bound.
    """
    match quantifier:
        case Quantifier.EXISTS:
            return True if satisfying else None if cut else False
        case Quantifier.NOT_EXISTS:
            return False if satisfying else None if cut else True
        case Quantifier.FORALL:
            return False if violating else None if cut else True

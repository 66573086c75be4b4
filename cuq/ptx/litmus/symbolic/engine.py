"""The second engine: one question to z3 for each choice of paths.

What each read reads, the orders that the model leaves open and all values are unknowns; the model's relations are
matrices of formulas over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from cuq.ptx.cat import Model
from cuq.ptx.cat.check import check
from cuq.ptx.cat.syntax import Check
from cuq.ptx.litmus.result import End, Kind, Outcome, State, Witness, verdict
from cuq.ptx.litmus.symbolic.barriers import synchronizations
from cuq.ptx.litmus.symbolic.events import Events, events_of
from cuq.ptx.litmus.symbolic.limits import unsolvable
from cuq.ptx.litmus.symbolic.paths import Path, paths
from cuq.ptx.litmus.symbolic.question import Question
from cuq.ptx.litmus.symbolic.terms import Loaded, loads_of, value
from cuq.ptx.litmus.syntax import Litmus, Number, RegisterOf, quantities
from cuq.ptx.litmus.vocabulary import COHERENCE, RELATIONS, SETS


def solve_executions(litmus: Litmus, model: Model, bound: int) -> Outcome:
    """Decides the condition and termination, as `enumerate_executions` does. Each state is counted once.

    Raises Undecidable for what only enumeration can decide.
    """
    check(model, SETS, RELATIONS, COHERENCE)
    asked = tuple(dict.fromkeys((*quantities(litmus.condition), *litmus.shown)))
    asked = tuple(q for q in asked if not isinstance(q, Number))
    observed = [
        frozenset(q.name for q in asked if isinstance(q, RegisterOf) and q.thread == number)
        for number, _ in enumerate(litmus.threads)
    ]
    unfolded = [paths(t, i, bound, observed[i]) for i, t in enumerate(litmus.threads)]
    states: dict[State, bool] = {}
    witnesses: dict[bool, Witness] = {}
    stuck: Witness | None = None
    cut = False
    flags: set[str] = set()
    known = {s.name for s in model.statements if isinstance(s, Check) and s.flag}
    for chosen in product(*unfolded):
        ends = {path.end for path in chosen}
        if flags == known and ends != {End.DONE} and (cut if End.CUT in ends else stuck):
            continue
        for question in _questions(litmus, chosen, model):
            # What a thread does before it is stuck or cut it also does in executions that go on.
            if flags != known:
                flags.update(question.flags())
            if ends == {End.DONE}:
                for state, holds, witness in question.states(asked):
                    states.setdefault(state, holds)
                    witnesses.setdefault(holds, witness)
            elif End.CUT in ends:
                cut = cut or question.is_possible()
            elif stuck is None:
                stuck = question.stuck()
    satisfying = sum(states.values())
    violating = len(states) - satisfying
    holds_ = verdict(litmus.quantifier, satisfying, violating, cut)
    terminates = False if stuck is not None else None if cut else True
    shown = witnesses.get(litmus.quantifier.value != "forall")
    return Outcome(
        dict.fromkeys(states, 1),
        satisfying,
        violating,
        holds_,
        terminates,
        shown,
        stuck,
        tuple(sorted(flags)),
    )


def _questions(litmus: Litmus, chosen: tuple[Path, ...], model: Model) -> Iterator[Question]:
    """One for each way in which barriers may meet; ids that are read from memory are guessed."""
    events = events_of(litmus, chosen)
    open_: set[Loaded] = set()
    for node in events.nodes:
        if node.event is not None and node.event.kind is Kind.BARRIER:
            for term in (node.event.value, node.event.quorum):
                open_ |= loads_of(term) if term is not None else frozenset()
    circular = _may_be_circular(events)
    reads = sorted(open_, key=lambda r: (r.thread, r.position))
    for values in product(*(_stored(events, read, circular) for read in reads)):
        guessed = dict(zip(reads, values, strict=True))
        for sync in synchronizations(events, guessed):
            question = Question(events, model, sync, guessed)
            if circular and question.has_circles():
                raise unsolvable("values that depend on themselves, which may be any number")
            yield question


def _stored(events: Events, read: Loaded, circular: bool) -> list[int]:
    """What writes to the location of a read may store, whatever the model says."""
    place = events.nodes[events.index[read]].physical
    found: set[int] = set()
    for node in events.nodes:
        if node.is_write and node.physical == place:
            assert node.value is not None
            needed = sorted(loads_of(node.value), key=lambda r: (r.thread, r.position))
            if needed and circular:
                raise unsolvable("barriers whose id or number of threads depends on values that may go round")
            for values in product(*(_stored(events, other, circular) for other in needed)):
                found.add(value(node.value, dict(zip(needed, values, strict=True))))
    return sorted(found)


def _may_be_circular(events: Events) -> bool:
    """Whether what is written may depend on what is read of it, whatever the model says."""
    nodes = list(enumerate(events.nodes))
    leads = {(events.index[d], i) for i, node in nodes if node.event is not None for d in node.event.data}
    leads |= {
        (w, r) for w, a in nodes if a.is_write for r, b in nodes if b.is_read and a.physical == b.physical
    }
    left = {i for i, _ in nodes}
    while left:
        ends = left - {i for i, j in leads if j in left}
        if not ends:
            return True
        left -= ends
    return False

"""All executions of a litmus test, one by one: paths, what each read reads, and the orders that a model leaves open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType

from cuq.base.records import dataclass
from cuq.ptx.cat import Model
from cuq.ptx.cat.evaluate import Program
from cuq.ptx.cat.relations import Relation, bits, relation
from cuq.ptx.litmus.barriers import synchronizations
from cuq.ptx.litmus.events import RELATIONS, SETS, Events, events_of
from cuq.ptx.litmus.paths import Constraint, End, Path, paths, satisfied
from cuq.ptx.litmus.result import Outcome, State, Witness, evaluate, verdict
from cuq.ptx.litmus.syntax import Final, Litmus, Number, Quantity, RegisterOf, quantities
from cuq.ptx.litmus.terms import Constant, Loaded, Term, loads_of, numbers, value

EMPTY: Mapping[Loaded, int] = MappingProxyType({})
COHERENCE = "co"
"""The relation that says which writes a location may hold at the end: those without a later one."""


@dataclass(frozen=True, slots=True)
class _Execution:
    events: Events
    loads: Mapping[Loaded, int]
    relations: Mapping[str, Relation]
    flags: tuple[str, ...]


def enumerate_executions(litmus: Litmus, model: Model, bound: int) -> Outcome:
    """Decides the condition and termination. `bound`: how often the same loop body is taken."""
    program = Program(model, SETS, RELATIONS)
    asked = tuple(dict.fromkeys((*quantities(litmus.condition), *litmus.shown)))
    asked = tuple(q for q in asked if not isinstance(q, Number))
    observed = [
        frozenset(q.name for q in asked if isinstance(q, RegisterOf) and q.thread == number)
        for number, _ in enumerate(litmus.threads)
    ]
    unfolded = [paths(t, i, bound, observed[i]) for i, t in enumerate(litmus.threads)]
    states: Counter[State] = Counter()
    counts = [0, 0]
    witnesses: list[Witness | None] = [None, None]
    stuck: Witness | None = None
    cut = False
    flags: dict[str, None] = {}
    for chosen in product(*unfolded):
        ends = {path.end for path in chosen}
        # Of executions that do not end it is enough to know one of each kind.
        if End.CUT in ends:
            cut = cut or next(_executions(litmus, chosen, program), None) is not None
        elif ends != {End.DONE}:
            if stuck is None:
                stuck = next(_stuck(litmus, chosen, program, asked), None)
        else:
            for execution in _executions(litmus, chosen, program):
                flags.update(dict.fromkeys(execution.flags))
                for state in _states(execution, asked):
                    states[state] += 1
                    holds = evaluate(litmus.condition, dict(state))
                    counts[holds] += 1
                    if witnesses[holds] is None:
                        witnesses[holds] = _witness(execution, state)
    violating, satisfying = counts
    holds_ = verdict(litmus.quantifier, satisfying, violating, cut)
    shown = witnesses[litmus.quantifier.value != "forall"]
    terminates = False if stuck is not None else None if cut else True
    return Outcome(states, satisfying, violating, holds_, terminates, shown, stuck, tuple(flags))


def _stuck(
    litmus: Litmus, chosen: tuple[Path, ...], program: Program, asked: tuple[Quantity, ...]
) -> Iterator[Witness]:
    """Executions in which nothing more happens: spinning threads read what stays for ever."""
    for execution in _executions(litmus, chosen, program):
        events = execution.events
        last = _last_writes(events, execution.relations)
        reads = relation_sources(execution.relations["rf"])
        spinning = [
            events.index[Loaded(thread, position)]
            for thread, path in enumerate(chosen)
            for position in path.spinning
        ]
        if all(reads[i] in last.get(events.nodes[i].physical or "", ()) for i in spinning):
            yield _witness(execution, ())


def relation_sources(rel: Relation) -> dict[int, int]:
    """For a relation like rf: the source of each target."""
    return {j: i for i, row in enumerate(rel) for j in bits(row)}


def _executions(litmus: Litmus, chosen: tuple[Path, ...], program: Program) -> Iterator[_Execution]:
    """The executions along these paths that the model allows."""
    events = events_of(litmus, chosen)
    prepared = program.prepare(events.base, events.size)
    if prepared is None:
        return
    circular = not program.is_acyclic(frozenset(("rf", "data")))
    for rf, loads in _reads(events, circular):
        for sync in synchronizations(events, loads):
            reads = {"rf": rf, "bar-sync": sync}
            for completion in program.complete(prepared, reads, events.size):
                found = {k: v for k, v in completion.relations.items() if not isinstance(v, int)}
                yield _Execution(events, loads, found, completion.flags)


def _reads(events: Events, circular: bool) -> Iterator[tuple[Relation, dict[Loaded, int]]]:
    """What each read reads, such that all values fit the paths.

    `circular`: also where a value depends on itself.
    """
    constraints = [c for path in events.paths for c in path.constraints]
    reads = list(events.index.items())
    needs = [frozenset() if node.value is None else loads_of(node.value) for node in events.nodes]
    sources = {
        read: [
            w
            for w, node in enumerate(events.nodes)
            if node.is_write and node.physical == events.nodes[i].physical
        ]
        for read, i in reads
    }

    def choose(at: int, chosen: dict[Loaded, int]) -> Iterator[dict[Loaded, int]]:
        if at == len(reads):
            yield dict(chosen)
            return
        read = reads[at][0]
        for source in sources[read]:
            chosen[read] = source
            if (circular or not _depends_on_itself(read, chosen, needs)) and _fits(
                events, chosen, constraints
            ):
                yield from choose(at + 1, chosen)
            del chosen[read]

    for chosen in choose(0, {}):
        rf = relation(((source, events.index[read]) for read, source in chosen.items()), events.size)
        for loads in _values(events, chosen):
            if all(satisfied(c, loads) for c in constraints):
                yield rf, loads


def _depends_on_itself(read: Loaded, chosen: Mapping[Loaded, int], needs: list[frozenset[Loaded]]) -> bool:
    pending, seen = [read], set[Loaded]()
    while pending:
        source = chosen.get(pending.pop())
        for needed in needs[source] if source is not None else ():
            if needed == read:
                return True
            if needed not in seen:
                seen.add(needed)
                pending.append(needed)
    return False


def _fits(events: Events, chosen: Mapping[Loaded, int], constraints: list[Constraint]) -> bool:
    """Whether no constraint speaks against the choice so far, as far as its values are known."""
    known = _known(events, chosen)
    return all(
        satisfied(c, known)
        for c in constraints
        if loads_of(c.a) <= known.keys() and loads_of(c.b) <= known.keys()
    )


def _known(
    events: Events, chosen: Mapping[Loaded, int], guessed: Mapping[Loaded, int] = EMPTY
) -> dict[Loaded, int]:
    """Values of the reads that follow from the choice and the guesses; not of those in a circle."""
    known = dict(guessed)
    pending = {read: source for read, source in chosen.items() if read not in known}
    changed = True
    while changed and pending:
        changed = False
        for read, source in list(pending.items()):
            term = _stored(events, source)
            if loads_of(term) <= known.keys():
                known[read] = value(term, known)
                del pending[read]
                changed = True
    return known


def _values(
    events: Events, chosen: Mapping[Loaded, int], guessed: Mapping[Loaded, int] = EMPTY
) -> Iterator[dict[Loaded, int]]:
    """Values for all reads. Where they depend on each other in a circle, any numbers of the test that fit."""
    known = _known(events, chosen, guessed)
    open_ = next((read for read in chosen if read not in known), None)
    if open_ is not None:
        for number in sorted(_numbers(events)):
            yield from _values(events, chosen, {**guessed, open_: number})
    elif all(known[read] == value(_stored(events, chosen[read]), known) for read in guessed):
        yield known


def _stored(events: Events, node: int) -> Term:
    term = events.nodes[node].value
    assert term is not None
    return term


def _numbers(events: Events) -> set[int]:
    """The numbers that the test speaks of."""
    terms = [node.value for node in events.nodes if node.value is not None]
    terms += [side for path in events.paths for c in path.constraints for side in (c.a, c.b)]
    return {0, 1}.union(*map(numbers, terms))


def _last_writes(events: Events, relations: Mapping[str, Relation]) -> dict[str, list[int]]:
    """The writes to each location that no other write to it follows in coherence order."""
    order = relations[COHERENCE]
    found: dict[str, list[int]] = {}
    for i, node in enumerate(events.nodes):
        if node.is_write and node.physical is not None and not order[i]:
            found.setdefault(node.physical, []).append(i)
    return found


def _states(execution: _Execution, asked: tuple[Quantity, ...]) -> Iterator[State]:
    """Final states; a location may hold the value of any of its last writes."""
    events = execution.events
    last = _last_writes(events, execution.relations)
    choices: list[list[int]] = []
    for quantity in asked:
        match quantity:
            case RegisterOf(thread=thread, name=name):
                term = dict(events.paths[thread].registers).get(name, Constant(0))
                choices.append([value(term, execution.loads)])
            case Final(location=location):
                physical = events.litmus.location(location).physical
                values = {value(_stored(events, w), execution.loads) for w in last.get(physical, ())}
                choices.append(sorted(values))
            case Number():
                raise AssertionError("numbers are not asked for")
    for values_ in product(*choices):
        yield tuple(zip(asked, values_, strict=True))


def _witness(execution: _Execution, state: State) -> Witness:
    values = {
        i: value(node.value, execution.loads)
        for i, node in enumerate(execution.events.nodes)
        if node.value is not None
    }
    values |= {execution.events.index[read]: number for read, number in execution.loads.items()}
    return Witness(execution.events, values, execution.relations, state)

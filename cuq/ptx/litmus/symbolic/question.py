"""The executions along chosen paths as constraints of a solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

import z3

from cuq.ptx.cat import Model
from cuq.ptx.litmus.result import Event, Kind, State, Witness
from cuq.ptx.litmus.symbolic import bools as b
from cuq.ptx.litmus.symbolic.barriers import Synchronization
from cuq.ptx.litmus.symbolic.bools import Formula
from cuq.ptx.litmus.symbolic.events import Events, Node
from cuq.ptx.litmus.symbolic.limits import unsolvable
from cuq.ptx.litmus.symbolic.model import Relations
from cuq.ptx.litmus.symbolic.paths import Constraint
from cuq.ptx.litmus.symbolic.terms import Computed, Constant, Loaded, Term
from cuq.ptx.litmus.syntax import Both, Compares, Condition, Either, Final, Not, Number, Quantity, RegisterOf
from cuq.ptx.litmus.vocabulary import COHERENCE, SETS


class Question:
    """The executions along some paths. `sync`: how barriers synchronize; `guessed`: values that this rests on."""

    def __init__(
        self, events: Events, model: Model, sync: Synchronization, guessed: Mapping[Loaded, int]
    ) -> None:
        self._events = events
        self._solver = z3.SolverFor("QF_LIA")
        self._relations = Relations(events.size, self._assert)
        self._values = {read: z3.Int(f"v{i}") for read, i in events.index.items()}
        for read, number in guessed.items():
            self._solver.add(self._values[read] == number)
        self._base(sync)
        for path in events.paths:
            for constraint in path.constraints:
                self._solver.add(self._constraint(constraint))
        self._relations.add(model)

    # --- answers -------------------------------------------------------------------------------------

    def is_possible(self) -> bool:
        """Raises Undecidable when z3 does not know."""
        answer = self._solver.check()
        if answer == z3.unknown:
            raise unsolvable(f"it: {self._solver.reason_unknown()}")
        return bool(answer == z3.sat)

    def has_circles(self) -> bool:
        """Whether what is written depends on itself in some execution."""
        self._solver.push()
        flow = b.union(self._relations.matrix("rf"), self._relations.matrix("data"))
        self._assert(b.negation(b.is_irreflexive(b.plus(flow))))
        found = self.is_possible()
        self._solver.pop()
        return found

    def flags(self) -> Iterator[str]:
        """Names of flags that some execution raises."""
        for name, holds in self._relations.flags.items():
            self._solver.push()
            self._assert(b.negation(holds))
            if self.is_possible():
                yield name
            self._solver.pop()

    def states(self, asked: tuple[Quantity, ...]) -> Iterator[tuple[State, bool, Witness]]:
        """All final states, each with whether the condition holds in it and an execution that ends so."""
        self._solver.push()
        finals = {q: self._quantity(q) for q in asked}
        condition = self._condition(self._events.litmus.condition, finals)
        while self.is_possible():
            found = self._solver.model()
            state = tuple((q, found.eval(v, model_completion=True).as_long()) for q, v in finals.items())
            holds = z3.is_true(found.eval(condition, model_completion=True))
            yield state, holds, self._witness(found, state)
            if not asked:
                break
            self._solver.add(z3.Or([finals[q] != value for q, value in state]))
        self._solver.pop()

    def stuck(self) -> Witness | None:
        """An execution in which nothing more happens: spinning threads read what stays for ever."""
        for thread, path in enumerate(self._events.paths):
            for position in path.spinning:
                read = self._events.index[Loaded(thread, position)]
                sources = [
                    b.both(self._relations.matrix("rf")[w][read], self._is_last(w))
                    for w, node in enumerate(self._events.nodes)
                    if node.is_write
                ]
                self._assert(b.disjunction(sources))
        return self._witness(self._solver.model(), ()) if self.is_possible() else None

    # --- executions ----------------------------------------------------------------------------------

    def _assert(self, formula: Formula) -> None:
        self._solver.add(z3.BoolVal(formula) if isinstance(formula, bool) else formula)

    def _base(self, sync: Synchronization) -> None:
        n = self._events.size
        self._relations.env |= self._events.base
        self._relations.env["bar-sync"] = tuple(tuple((i, j) in sync for j in range(n)) for i in range(n))
        rows: list[list[Formula]] = [[False] * n for _ in range(n)]
        nodes = self._events.nodes
        for read, r in self._events.index.items():
            sources = [
                w for w, node in enumerate(nodes) if node.is_write and node.physical == nodes[r].physical
            ]
            choice = [z3.Bool(f"rf{w}.{r}") for w in sources]
            self._solver.add(z3.PbEq([(c, 1) for c in choice], 1))
            for w, chosen in zip(sources, choice, strict=True):
                rows[w][r] = chosen
                stored = nodes[w].value
                assert stored is not None
                self._solver.add(z3.Implies(chosen, self._values[read] == self._term(stored)))
        self._relations.env["rf"] = tuple(map(tuple, rows))

    def _constraint(self, constraint: Constraint) -> z3.BoolRef:
        holds = _compared(constraint.relation, self._term(constraint.a), self._term(constraint.b))
        return holds if constraint.holds else z3.Not(holds)

    def _term(self, term: Term) -> z3.ArithRef:
        match term:
            case Constant(value=number):
                return z3.IntVal(number)
            case Loaded():
                return self._values[term]
            case Computed(op="cas", args=(old, expected, new)):
                before = self._term(old)
                return z3.If(before == self._term(expected), self._term(new), before)
            case Computed(op=op, args=(left, right)):
                return _computed(op, self._term(left), self._term(right))
            case Computed():
                raise AssertionError(f"{term.op} of {len(term.args)}")
            case _:
                assert_never(term)

    def _is_last(self, write: int) -> Formula:
        """No later write in coherence order."""
        return b.conjunction(b.negation(x) for x in self._relations.matrix(COHERENCE)[write])

    def _quantity(self, quantity: Quantity) -> z3.ArithRef:
        match quantity:
            case RegisterOf(thread=thread, name=name):
                registers = dict(self._events.paths[thread].registers)
                return self._term(registers.get(name, Constant(0)))
            case Final(location=location):
                physical = self._events.litmus.location(location).physical
                final = z3.Int(f"final.{physical}")
                choices = []
                for w, node in enumerate(self._events.nodes):
                    if node.is_write and node.physical == physical:
                        assert node.value is not None
                        last = self._is_last(w)
                        equal = final == self._term(node.value)
                        choices.append(b.both(last, equal))
                self._assert(b.disjunction(choices))
                return final
            case Number(value=value):
                return z3.IntVal(value)
            case _:
                assert_never(quantity)

    def _condition(self, condition: Condition, finals: Mapping[Quantity, z3.ArithRef]) -> z3.BoolRef:
        match condition:
            case Compares(relation=name, left=left, right=right):
                sides = [z3.IntVal(q.value) if isinstance(q, Number) else finals[q] for q in (left, right)]
                return _compared(name, *sides)
            case Not(of=of):
                return z3.Not(self._condition(of, finals))
            case Both(left=left_, right=right_):
                return z3.And(self._condition(left_, finals), self._condition(right_, finals))
            case Either(left=left_, right=right_):
                return z3.Or(self._condition(left_, finals), self._condition(right_, finals))
            case _:
                assert_never(condition)

    def _witness(self, found: z3.ModelRef, state: State) -> Witness:
        def truth(formula: Formula) -> bool:
            if isinstance(formula, bool):
                return formula
            return bool(z3.is_true(found.eval(formula, model_completion=True)))

        relations = {
            name: frozenset((i, j) for i, row in enumerate(value) for j, x in enumerate(row) if truth(x))
            for name, value in self._relations.relations()
            if name not in SETS
        }

        def number(node: Node) -> int | None:
            term = node.value
            if node.is_read and node.thread is not None:
                term = Loaded(node.thread, node.position)
            return None if term is None else found.eval(self._term(term), model_completion=True).as_long()

        shown = tuple(_shown(node, number(node)) for node in self._events.nodes)
        ends = tuple(path.end for path in self._events.paths)
        return Witness(shown, relations, ends, state)


def _shown(node: Node, value: int | None) -> Event:
    event = node.event
    if event is None:
        return Event(None, Kind.WRITE, node.physical, value)
    return Event(
        thread=node.thread,
        kind=event.kind,
        location=event.location,
        value=value,
        order=event.order,
        scope=event.scope,
        proxy=event.proxy,
        barrier=event.barrier,
    )


def _compared(name: str, a: z3.ArithRef, c: z3.ArithRef) -> z3.BoolRef:
    match name:
        case "eq":
            return a == c
        case "ne":
            return a != c
        case "lt":
            return a < c
        case "le":
            return a <= c
        case "gt":
            return a > c
        case "ge":
            return a >= c
        case _:
            raise AssertionError(name)


def _computed(op: str, a: z3.ArithRef, c: z3.ArithRef) -> z3.ArithRef:
    match op:
        case "add":
            return a + c
        case "sub":
            return a - c
        case "min":
            return z3.If(a <= c, a, c)
        case "max":
            return z3.If(a >= c, a, c)
        case "mul" | "div" | "and" | "or" | "xor":
            raise unsolvable(f"`{op}` of values that are read")
        case _:
            raise AssertionError(op)

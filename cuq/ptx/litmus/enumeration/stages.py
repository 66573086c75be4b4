"""A model's statements in the order in which they are run, and what can be said of them without running them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cuq.base.errors import InputError
from cuq.ptx.cat.syntax import (
    Binary,
    Binding,
    Check,
    Choose,
    Expr,
    Let,
    Model,
    Name,
    Operator,
    Property,
    Statement,
)
from cuq.ptx.litmus.enumeration.growth import Growth
from cuq.ptx.litmus.result import Undecidable

LATE = frozenset(("rf", "bar-sync"))
"""Relations that are known only when it is chosen what is read."""


class Stages:
    """A model whose names are checked already.

    `early`: statements about the events alone. `late`: those that need what is read, and all choices of orders, which
    multiply what comes after them. Raises Undecidable for models in which it is not enough to know the least orders,
    and InputError for a recursion without a least value.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self.functions: dict[str, Binding] = {}
        self.early: list[Statement] = []
        self.late: list[Statement] = []
        self._reads = Growth(LATE, self.functions)
        """Of what is read, and of the orders."""
        self._orders = Growth((), self.functions)
        """Of the orders alone."""
        for statement in model.statements:
            self._add(statement)

    def _add(self, statement: Statement) -> None:
        match statement:
            case Let(bindings=bindings, rec=rec):
                self.functions |= {b.name: b for b in bindings if b.params}
                values = tuple(b for b in bindings if not b.params)
                if not values:
                    return
                named = {b.name: b.value for b in values}
                if rec and not all(map(Growth(named, self.functions).grows, named.values())):
                    raise InputError(f"`{values[0].name}` takes itself away", span=statement.span)
                self._reads.define(named)
                self._orders.define(named)
                is_late = any(map(self._reads.depends, named.values()))
                statement = Let(values, rec, statement.span)
            case Choose(name=name, lower=lower, total=total):
                self._ordered(name, lower, total)
                is_late = True
                self._orders.choose(name)
                self._reads.choose(name)
                self._reads.define({name: lower})
            case Check(value=value, name=name, flag=flag):
                self._ordered(name, value)
                if flag and self._orders.depends(value):
                    raise _undecidable(f"the flag `{name}` speaks of a chosen order")
                is_late = self._reads.depends(value)
            case _:
                assert_never(statement)
        (self.late if is_late else self.early).append(statement)

    def _ordered(self, where: str, *values: Expr) -> None:
        """Larger orders than the least ones may only break more axioms."""
        if not all(map(self._orders.grows, values)):
            raise _undecidable(f"`{where}` takes pairs of a chosen order away")

    def grows(self, expr: Expr) -> bool:
        """Whether the value only gets more if more is read and ordered."""
        return self._reads.grows(expr)

    def is_acyclic(self, names: frozenset[str]) -> bool:
        """Whether an axiom says that the union of these relations of executions is acyclic, plain to see.

        Dependencies are in program order.
        """
        bound = {b.name: b.value for s in self._model.statements if isinstance(s, Let) for b in s.bindings}

        def united(expr: Expr) -> Iterator[str]:
            match expr:
                case Binary(op=Operator.UNION, left=left, right=right):
                    yield from united(left)
                    yield from united(right)
                case Name(name=name) if name in bound:
                    yield from united(bound[name])
                case Name(name="po"):
                    yield from ("po", "data", "ctrl")
                case Name(name=name):
                    yield name
                case _:
                    return

        return any(
            isinstance(s, Check)
            and s.property is Property.ACYCLIC
            and not s.flag
            and names <= set(united(s.value))
            for s in self._model.statements
        )


def _undecidable(why: str) -> Undecidable:
    return Undecidable(f"a model in which {why}: it knows the least orders only", "ask z3: --engine smt")

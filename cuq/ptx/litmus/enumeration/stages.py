"""A model's statements in the order in which they are run, and what can be said of them without running them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cuq.ptx.cat.syntax import (
    Binary,
    Binding,
    Call,
    Check,
    Choose,
    Complement,
    Expr,
    Identity,
    Let,
    Model,
    Name,
    Nothing,
    Operator,
    Postfix,
    Property,
    Statement,
)

LATE = frozenset(("rf", "bar-sync"))
"""Relations that are known only when it is chosen what is read."""
NO_NAMES: frozenset[str] = frozenset()


class Stages:
    """A model whose names are checked already.

    `early`: statements about the events alone. `late`: those that need what is read, and all choices, which multiply
    what comes after them.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self.functions: dict[str, Binding] = {}
        self.early: list[Statement] = []
        self.late: list[Statement] = []
        self._late_names = set(LATE)
        self._growing = set(LATE)
        """Late names whose relations only get more pairs if more is read and ordered."""
        for statement in model.statements:
            self._add(statement)

    def _add(self, statement: Statement) -> None:
        match statement:
            case Let(bindings=bindings, rec=rec):
                self.functions |= {b.name: b for b in bindings if b.params}
                values = tuple(b for b in bindings if not b.params)
                if not values:
                    return
                names = {b.name for b in values}
                is_late = any(self._is_late(b.value) for b in values)
                if is_late:
                    self._late_names |= names
                    self._growing |= names
                    if not all(self.grows(b.value) for b in values):
                        self._growing -= names
                statement = Let(values, rec, statement.span)
            case Choose(name=name, lower=lower):
                is_late = True
                self._late_names.add(name)
                if self.grows(lower):
                    self._growing.add(name)
            case Check(value=value):
                is_late = self._is_late(value)
            case _:
                assert_never(statement)
        (self.late if is_late else self.early).append(statement)

    def _is_late(self, expr: Expr, params: frozenset[str] = NO_NAMES) -> bool:
        return any(name in self._late_names or name in params for name in self._names(expr, NO_NAMES))

    def _names(self, expr: Expr, bound: frozenset[str]) -> Iterator[str]:
        """The names in an expression, and in the functions that it calls, that are not parameters."""
        match expr:
            case Name(name=name):
                if name not in bound:
                    yield name
            case Call(function=function, args=args):
                for arg in args:
                    yield from self._names(arg, bound)
                binding = self.functions[function]
                yield from self._names(binding.value, frozenset(binding.params))
            case Binary(left=left, right=right):
                yield from self._names(left, bound)
                yield from self._names(right, bound)
            case Postfix(of=of) | Complement(of=of) | Identity(of=of):
                yield from self._names(of, bound)
            case Nothing():
                return
            case _:
                assert_never(expr)

    def grows(self, expr: Expr, params: frozenset[str] = NO_NAMES) -> bool:
        """Whether the value only gets more if more is read and ordered: nothing late is taken away.

        `params`: of the function that the expression is in; they may stand for anything late.
        """
        match expr:
            case Name(name=name):
                return name in params or name not in self._late_names or name in self._growing
            case Call(function=function, args=args):
                binding = self.functions[function]
                body = self.grows(binding.value, frozenset(binding.params))
                return body and all(self.grows(arg, params) for arg in args)
            case Binary(op=Operator.DIFFERENCE, left=left, right=right):
                return self.grows(left, params) and not self._is_late(right, params)
            case Binary(left=left, right=right):
                return self.grows(left, params) and self.grows(right, params)
            case Complement(of=of):
                return not self._is_late(of, params)
            case Postfix(of=of) | Identity(of=of):
                return self.grows(of, params)
            case Nothing():
                return True
            case _:
                assert_never(expr)

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

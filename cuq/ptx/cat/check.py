"""Whether a model means something: every name is defined, and sets and relations are not mixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, assert_never

from cuq.base.errors import InputError
from cuq.base.span import Span
from cuq.base.suggest import did_you_mean
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
    Statement,
)


def check(model: Model, sets: frozenset[str], relations: frozenset[str], order: str) -> None:
    """`sets`, `relations`: the names that executions bring along. `order`: a relation that the model has to define.

    Raises InputError for names that nothing defines and for mixed kinds.
    """
    checker = _Checker(sets, relations)
    for statement in model.statements:
        checker.statement(statement)
    if not checker.is_known_relation(order):
        raise InputError(
            f"the model defines no relation `{order}`", help="it says which writes memory ends with"
        )


class _Checker:
    def __init__(self, sets: frozenset[str], relations: frozenset[str]) -> None:
        self._functions: dict[str, Binding] = {}
        self._kinds: dict[str, bool] = {**dict.fromkeys(sets, False), **dict.fromkeys(relations, True)}
        """Of each name, whether it is a relation."""
        self._called: list[str] = []

    def statement(self, statement: Statement) -> None:
        match statement:
            case Let(bindings=bindings, rec=rec):
                for b in bindings:
                    self._new(b.name, b.span)
                self._functions |= {b.name: b for b in bindings if b.params}
                values = [b for b in bindings if not b.params]
                if rec:
                    self._kinds |= dict.fromkeys((b.name for b in values), True)
                for b in values:
                    self._kinds[b.name] = self._is_relation(b.value, {})
            case Choose(name=name, lower=lower, total=total):
                self._new(name, statement.span)
                self._relation_wanted(lower)
                self._relation_wanted(total)
                self._kinds[name] = True
            case Check(value=value):
                self._relation_wanted(value)
            case _:
                assert_never(statement)

    def is_known_relation(self, name: str) -> bool:
        return self._kinds.get(name, False)

    def _new(self, name: str, span: Span) -> None:
        """Engines compute statements in an order of their own, so a name has one meaning."""
        if name in self._kinds or name in self._functions:
            raise InputError(f"`{name}` is defined already", span=span)

    def _relation_wanted(self, expr: Expr) -> None:
        if not self._is_relation(expr, {}):
            _mixed(expr, "a relation")

    def _is_relation(self, expr: Expr, bound: Mapping[str, bool]) -> bool:
        match expr:
            case Name(name=name):
                kind = bound[name] if name in bound else self._kinds.get(name)
                if kind is None:
                    help = did_you_mean(name, sorted(self._kinds))
                    raise InputError(f"nothing is called `{name}`", span=expr.span, help=help)
                return kind
            case Call(function=function, args=args):
                binding = self._functions.get(function)
                if binding is None or len(binding.params) != len(args):
                    what = "function" if binding is None else f"function of {len(args)}"
                    raise InputError(f"there is no {what} `{function}`", span=expr.span)
                if function in self._called:
                    raise InputError(f"the function `{function}` calls itself", span=expr.span)
                given = [self._is_relation(a, bound) for a in args]
                self._called.append(function)
                kind = self._is_relation(binding.value, dict(zip(binding.params, given, strict=True)))
                self._called.pop()
                return kind
            case Binary(op=op, left=left, right=right):
                sides = self._is_relation(left, bound), self._is_relation(right, bound)
                if op is Operator.TIMES:
                    if any(sides):
                        _mixed(expr, "sets")
                    return True
                if op is Operator.SEQ and not all(sides):
                    _mixed(expr, "relations")
                if sides[0] is not sides[1]:
                    _mixed(expr, "two sets or two relations")
                return sides[0]
            case Postfix(of=of):
                if not self._is_relation(of, bound):
                    _mixed(expr, "a relation")
                return True
            case Complement(of=of):
                return self._is_relation(of, bound)
            case Identity(of=of):
                if self._is_relation(of, bound):
                    _mixed(expr, "a set")
                return True
            case Nothing():
                return True
            case _:
                assert_never(expr)


def _mixed(expr: Expr, wanted: str) -> NoReturn:
    raise InputError(f"this needs {wanted}", span=expr.span)

"""A memory model over matrices of formulas: what its relations are, and what its axioms and choices ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count, product
from typing import assert_never

import z3

from cuq.ptx.cat import Model
from cuq.ptx.cat.syntax import (
    Binary,
    Binding,
    Call,
    Check,
    Choose,
    Closure,
    Complement,
    Expr,
    Identity,
    Let,
    Name,
    Nothing,
    Operator,
    Postfix,
    Property,
)
from cuq.ptx.litmus.symbolic import bools as b
from cuq.ptx.litmus.symbolic.bools import Formula, Matrix, Row
from cuq.ptx.litmus.symbolic.limits import unsolvable

Value = Row | Matrix
"""A set of events, or a relation between them."""


class Relations:
    """The sets and relations of one question by name. `require` is told what holds of every execution."""

    def __init__(self, size: int, require: Callable[[Formula], None]) -> None:
        self._n = size
        self._require = require
        self._fresh = count()
        self._functions: dict[str, Binding] = {}
        self.env: dict[str, Value] = {}
        self.flags: dict[str, Formula] = {}

    def matrix(self, name: str) -> Matrix:
        return _matrix(self.env[name])

    def relations(self) -> Iterator[tuple[str, Matrix]]:
        """Those that are not sets."""
        for name, value in self.env.items():
            if not value or isinstance(value[0], tuple):
                yield name, _matrix(value)

    def add(self, model: Model) -> None:
        """Raises Undecidable for what this engine cannot say."""
        for statement in model.statements:
            self._statement(statement)

    def _statement(self, statement: Let | Choose | Check) -> None:
        match statement:
            case Let(bindings=bindings, rec=rec):
                if rec:
                    raise unsolvable("`let rec`: say it with ^+ or ^*")
                for binding in bindings:
                    if binding.params:
                        self._functions[binding.name] = binding
                    else:
                        self.env[binding.name] = self._value(binding.value, {})
            case Choose(name=name, lower=lower, total=total):
                self.env[name] = self._order(self._relation(lower), self._relation(total))
            case Check(property=prop, value=value, name=name, flag=flag):
                holds = self._holds(prop, self._relation(value))
                if flag:
                    self.flags[name] = holds
                else:
                    self._require(holds)
            case _:
                assert_never(statement)

    def _holds(self, prop: Property, value: Matrix) -> Formula:
        match prop:
            case Property.ACYCLIC:
                return b.is_irreflexive(b.plus(value))
            case Property.IRREFLEXIVE:
                return b.is_irreflexive(value)
            case Property.EMPTY:
                return b.is_empty(value)
            case _:
                assert_never(prop)

    def _order(self, lower: Matrix, total: Matrix) -> Matrix:
        """A strict partial order that contains `lower` and relates the pairs of `total`.

        Pairs that neither relates, even by way of others, are left out.
        """
        n = self._n
        related = b.union(lower, b.union(total, b.inverse(total)))
        may = b.plus(tuple(tuple(x is not False for x in row) for row in related))
        number = next(self._fresh)
        order: Matrix = tuple(
            tuple(
                z3.Bool(f"order{number}.{i}.{j}") if i != j and may[i][j] is True else False for j in range(n)
            )
            for i in range(n)
        )
        for i, j in product(range(n), repeat=2):
            self._require(b.implication(lower[i][j], order[i][j]))
            if i != j:
                self._require(b.implication(total[i][j], b.either(order[i][j], order[j][i])))
                self._require(b.negation(b.both(order[i][j], order[j][i])))
        closed = b.compose(order, order)
        for i, j in product(range(n), repeat=2):
            self._require(b.implication(closed[i][j], order[i][j]))
        return order

    def _relation(self, expr: Expr) -> Matrix:
        return _matrix(self._value(expr, {}))

    def _value(self, expr: Expr, bound: Mapping[str, Value]) -> Value:
        match expr:
            case Name(name=name):
                return bound[name] if name in bound else self.env[name]
            case Call(function=function, args=args):
                binding = self._functions[function]
                given = [self._value(a, bound) for a in args]
                return self._value(binding.value, dict(zip(binding.params, given, strict=True)))
            case Binary(op=op, left=left, right=right):
                return _binary(op, self._value(left, bound), self._value(right, bound))
            case Postfix(op=op, of=of):
                return self._closure(op, _matrix(self._value(of, bound)))
            case Complement(of=of):
                value = self._value(of, bound)
                if value and isinstance(value[0], tuple):
                    return b.complement(_matrix(value))
                return tuple(map(b.negation, _row(value)))
            case Identity(of=of):
                return b.identity(_row(self._value(of, bound)))
            case Nothing():
                return ((False,) * self._n,) * self._n
            case _:
                assert_never(expr)

    def _closure(self, op: Closure, value: Matrix) -> Matrix:
        everything = b.identity((True,) * self._n)
        match op:
            case Closure.INVERSE:
                return b.inverse(value)
            case Closure.PLUS:
                return b.plus(value)
            case Closure.STAR:
                return b.union(b.plus(value), everything)
            case Closure.OPTIONAL:
                return b.union(value, everything)
            case _:
                assert_never(op)


def _matrix(value: Value) -> Matrix:
    return value


def _row(value: object) -> Row:
    assert isinstance(value, tuple)
    return value


def _binary(op: Operator, left: Value, right: Value) -> Value:
    is_set = not (left and isinstance(left[0], tuple))
    match op:
        case Operator.UNION:
            if is_set:
                return tuple(map(b.either, _row(left), _row(right)))
            return b.union(_matrix(left), _matrix(right))
        case Operator.INTERSECTION:
            if is_set:
                return tuple(map(b.both, _row(left), _row(right)))
            return b.intersection(_matrix(left), _matrix(right))
        case Operator.DIFFERENCE:
            if is_set:
                return tuple(b.both(x, b.negation(y)) for x, y in zip(_row(left), _row(right), strict=True))
            return b.intersection(_matrix(left), b.complement(_matrix(right)))
        case Operator.SEQ:
            return b.compose(_matrix(left), _matrix(right))
        case Operator.TIMES:
            return b.product(_row(left), _row(right))
        case _:
            assert_never(op)

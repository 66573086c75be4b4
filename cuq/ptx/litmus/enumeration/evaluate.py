"""What a model says of executions: which relations it can be completed with, and which axioms hold.

A model is read once (`Program`). Its statements are then run on an execution in two stages, so that what does not
depend on what is read is computed once for all ways to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import assert_never

from cuq.base.records import dataclass
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
    Model,
    Name,
    Nothing,
    Operator,
    Postfix,
    Property,
    Statement,
)
from cuq.ptx.litmus.enumeration import relations as r
from cuq.ptx.litmus.enumeration.relations import Relation

Value = int | Relation
Environment = dict[str, Value]


LATE = frozenset(("rf", "bar-sync"))
"""Relations that are known only when it is chosen what is read."""


@dataclass(frozen=True, slots=True)
class Completion:
    """An execution that the model allows, with all relations that it defines, and the flags it raises."""

    relations: Mapping[str, Value]
    flags: tuple[str, ...]


class Program:
    """A model that is ready to be run, whose names are checked already."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._functions: dict[str, Binding] = {}
        self._late_names = set(LATE)
        self._early: list[Statement] = []
        self._late: list[Statement] = []
        for statement in model.statements:
            self._resolve(statement)

    def _resolve(self, statement: Statement) -> None:
        match statement:
            case Let(bindings=bindings, rec=rec):
                self._functions |= {b.name: b for b in bindings if b.params}
                values = tuple(b for b in bindings if not b.params)
                if not values:
                    return
                is_late = any(self._is_late(b.value) for b in values)
                if is_late:
                    self._late_names |= {b.name for b in values}
                statement = Let(values, rec, statement.span)
            case Choose(name=name):
                # A choice multiplies what comes after it: it is made for each way to read.
                is_late = True
                self._late_names.add(name)
            case Check(value=value):
                is_late = self._is_late(value)
            case _:
                assert_never(statement)
        (self._late if is_late else self._early).append(statement)

    def _is_late(self, expr: Expr) -> bool:
        return not self._late_names.isdisjoint(self._names(expr, frozenset()))

    def _names(self, expr: Expr, bound: frozenset[str]) -> Iterator[str]:
        """The names in an expression, and in the functions that it calls, that are not parameters."""
        match expr:
            case Name(name=name):
                if name not in bound:
                    yield name
            case Call(function=function, args=args):
                for arg in args:
                    yield from self._names(arg, bound)
                binding = self._functions[function]
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

    def is_acyclic(self, names: frozenset[str]) -> bool:
        """Whether an axiom says that the union of these relations of executions is acyclic, plain to see.

        Dependencies are in program order.
        """
        bound = {b.name: b.value for s in self.model.statements if isinstance(s, Let) for b in s.bindings}

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
            for s in self.model.statements
        )

    def prepare(self, execution: Environment, n: int) -> Environment | None:
        """What holds of the events alone; None if an axiom about them fails."""
        env = dict(execution)
        for statement in self._early:
            if not self._run(statement, env, n, []):
                return None
        return env

    def complete(self, prepared: Environment, reads: Mapping[str, Value], n: int) -> Iterator[Completion]:
        """The ways to complete an execution, given what is read, so that all axioms hold."""
        yield from self._from(0, {**prepared, **reads}, n, [])

    def _from(self, at: int, env: Environment, n: int, flags: list[str]) -> Iterator[Completion]:
        for index in range(at, len(self._late)):
            statement = self._late[index]
            if isinstance(statement, Choose):
                lower, total = (_rel(self._value(e, env, n)) for e in (statement.lower, statement.total))
                for order in r.orders(lower, total):
                    yield from self._from(index + 1, {**env, statement.name: order}, n, list(flags))
                return
            if not self._run(statement, env, n, flags):
                return
        yield Completion(env, tuple(flags))

    def _run(self, statement: Statement, env: Environment, n: int, flags: list[str]) -> bool:
        match statement:
            case Let(bindings=bindings, rec=rec):
                if rec:
                    self._least(bindings, env, n)
                else:
                    for b in bindings:
                        env[b.name] = self._value(b.value, env, n)
                return True
            case Check(property=prop, value=value, name=name, flag=flag):
                holds = _HOLDS[prop](_rel(self._value(value, env, n)))
                if not holds and flag:
                    flags.append(name)
                return holds or flag
            case Choose():
                raise AssertionError("choices are made in `_from`")
            case _:
                assert_never(statement)

    def _least(self, bindings: tuple[Binding, ...], env: Environment, n: int) -> None:
        """The least fixed point, from below."""
        for b in bindings:
            env[b.name] = (0,) * n
        changed = True
        while changed:
            changed = False
            for b in bindings:
                value = self._value(b.value, env, n)
                if value != env[b.name]:
                    env[b.name], changed = value, True

    def _value(self, expr: Expr, env: Mapping[str, Value], n: int) -> Value:
        match expr:
            case Name(name=name):
                return env[name]
            case Call(function=function, args=args):
                binding = self._functions[function]
                given = {p: self._value(a, env, n) for p, a in zip(binding.params, args, strict=True)}
                return self._value(binding.value, {**env, **given}, n)
            case Binary(op=op, left=left, right=right):
                return _binary(op, self._value(left, env, n), self._value(right, env, n), n)
            case Postfix(op=op, of=of):
                return _closure(op, _rel(self._value(of, env, n)), n)
            case Complement(of=of):
                everything = (1 << n) - 1
                value = self._value(of, env, n)
                if isinstance(value, int):
                    return everything & ~value
                return tuple([everything & ~row for row in value])
            case Identity(of=of):
                return r.identity(_set(self._value(of, env, n)), n)
            case Nothing():
                return (0,) * n
            case _:
                assert_never(expr)


_HOLDS: dict[Property, Callable[[Relation], bool]] = {
    Property.ACYCLIC: r.is_acyclic,
    Property.IRREFLEXIVE: r.is_irreflexive,
    Property.EMPTY: lambda rel: not any(rel),
}


def _binary(op: Operator, a: Value, b: Value, n: int) -> Value:
    match op:
        case Operator.UNION:
            return a | b if isinstance(a, int) and isinstance(b, int) else r.union(_rel(a), _rel(b))
        case Operator.INTERSECTION:
            return a & b if isinstance(a, int) and isinstance(b, int) else r.intersection(_rel(a), _rel(b))
        case Operator.DIFFERENCE:
            return a & ~b if isinstance(a, int) and isinstance(b, int) else r.difference(_rel(a), _rel(b))
        case Operator.SEQ:
            return r.compose(_rel(a), _rel(b))
        case Operator.TIMES:
            return r.product(_set(a), _set(b), n)
        case _:
            assert_never(op)


def _closure(op: Closure, a: Relation, n: int) -> Relation:
    match op:
        case Closure.INVERSE:
            return r.inverse(a)
        case Closure.PLUS:
            return r.plus(a)
        case Closure.STAR:
            return r.union(r.plus(a), r.identity((1 << n) - 1, n))
        case Closure.OPTIONAL:
            return r.union(a, r.identity((1 << n) - 1, n))
        case _:
            assert_never(op)


def _rel(value: Value) -> Relation:
    assert not isinstance(value, int)
    return value


def _set(value: Value) -> int:
    assert isinstance(value, int)
    return value

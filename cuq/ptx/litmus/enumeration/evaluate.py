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
from cuq.ptx.litmus.enumeration.stages import Stages

Value = int | Relation
Environment = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Completion:
    """An execution that the model allows, with all relations that it defines, and the flags it raises."""

    relations: Mapping[str, Value]
    flags: tuple[str, ...]


class Program:
    """A model that is ready to be run, whose names are checked already."""

    def __init__(self, model: Model) -> None:
        self._stages = Stages(model)
        self.flags = {s.name for s in model.statements if isinstance(s, Check) and s.flag}
        """Names of those that executions may raise."""

    def is_acyclic(self, names: frozenset[str]) -> bool:
        """Whether an axiom says, plain to see, that the union of these relations of executions is acyclic."""
        return self._stages.is_acyclic(names)

    def prepare(self, execution: Environment, n: int) -> Environment | None:
        """What holds of the events alone; None if an axiom about them fails."""
        env = dict(execution)
        for statement in self._stages.early:
            if not self._run(statement, env, n, []):
                return None
        return env

    def complete(self, prepared: Environment, reads: Mapping[str, Value], n: int) -> Iterator[Completion]:
        """The ways to complete an execution, given what is read, so that all axioms hold."""
        yield from self._from(0, {**prepared, **reads}, n, [])

    def refutes(self, prepared: Environment, reads: Mapping[str, Value], n: int) -> bool:
        """Whether all executions in which at least this is read break an axiom.

        Only what gets more when more is read is looked at; of orders it is only known what they have to contain.
        """
        env = {**prepared, **reads}
        for statement in self._stages.late:
            match statement:
                case Choose(name=name, lower=lower):
                    least = (0,) * n
                    if self._stages.grows(lower):
                        least = r.plus(_rel(self._value(lower, env, n)))
                    if not r.is_irreflexive(least):
                        return True
                    env[name] = least
                case Check(value=value, flag=flag):
                    if not flag and self._stages.grows(value) and not self._run(statement, env, n, []):
                        return True
                case Let():
                    self._run(statement, env, n, [])
                case _:
                    assert_never(statement)
        return False

    def _from(self, at: int, env: Environment, n: int, flags: list[str]) -> Iterator[Completion]:
        for index in range(at, len(self._stages.late)):
            statement = self._stages.late[index]
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
                binding = self._stages.functions[function]
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

"""What a model says of executions: which relations it can be completed with, and which axioms hold.

A model is read once (`Program`), with every name resolved and typed. Its statements are then run on an
execution in stages, so that what does not depend on the values of reads is computed once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from typing import NoReturn, assert_never

from cuq.base.errors import InputError
from cuq.base.records import dataclass
from cuq.base.suggest import did_you_mean
from cuq.ptx.cat import relations as r
from cuq.ptx.cat.relations import Relation
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
)

Value = int | Relation
Environment = dict[str, Value]


class Stage(IntEnum):
    """When a value is known: for all executions of the same events, or for one choice of what is read."""

    EVENTS = 0
    READS = 1


@dataclass(frozen=True, slots=True)
class Completion:
    """An execution that the model allows, with all relations that it defines, and the flags it raises."""

    relations: Mapping[str, Value]
    flags: tuple[str, ...]


class Program:
    """A model that is ready to be run. Raises InputError for names that nothing defines and for mixed kinds."""

    def __init__(self, model: Model, sets: frozenset[str], base: Mapping[str, Stage]) -> None:
        """`sets` and `base`: the names of the sets and relations that executions bring along."""
        self.model = model
        self._functions: dict[str, Binding] = {}
        self._stages: dict[str, Stage] = {**dict.fromkeys(sets, Stage.EVENTS), **base}
        self._kinds: dict[str, bool] = {**dict.fromkeys(sets, False), **dict.fromkeys(base, True)}
        self._early: list[Let | Choose | Check] = []
        self._late: list[Let | Choose | Check] = []
        for statement in model.statements:
            self._resolve(statement)

    # --- reading -------------------------------------------------------------------------------------

    def _resolve(self, statement: Let | Choose | Check) -> None:
        match statement:
            case Let(bindings=bindings, rec=rec):
                functions = [b for b in bindings if b.params]
                for function in functions:
                    self._functions[function.name] = function
                values = tuple(b for b in bindings if not b.params)
                if not values:
                    return
                if rec:
                    self._kinds |= dict.fromkeys((b.name for b in values), True)
                    self._stages |= dict.fromkeys((b.name for b in values), Stage.EVENTS)
                stage = max(self._stage(b.value) for b in values)
                for b in values:
                    self._kinds[b.name] = self._is_relation(b.value)
                    self._stages[b.name] = stage if rec else self._stage(b.value)
                statement = Let(values, rec, statement.span)
            case Choose(name=name, lower=lower, total=total):
                stage = max(self._stage(lower), self._stage(total))
                for part in (lower, total):
                    self._relation_wanted(part)
                # A choice multiplies what comes after it: it is made for each way to read.
                stage = Stage.READS
                self._kinds[name], self._stages[name] = True, stage
            case Check(value=value):
                self._relation_wanted(value)
                stage = self._stage(value)
            case _:
                assert_never(statement)
        (self._early if stage is Stage.EVENTS else self._late).append(statement)

    def _stage(self, expr: Expr) -> Stage:
        return max((self._stages[n] for n in self._names(expr)), default=Stage.EVENTS)

    def _names(self, expr: Expr, bound: frozenset[str] = frozenset()) -> Iterator[str]:
        match expr:
            case Name(name=name):
                if name not in bound:
                    if name not in self._kinds:
                        help = did_you_mean(name, sorted(self._kinds))
                        raise InputError(f"nothing is called `{name}`", span=expr.span, help=help)
                    yield name
            case Call(function=function, args=args):
                binding = self._functions.get(function)
                if binding is None or len(binding.params) != len(args):
                    what = "function" if binding is None else f"function of {len(args)}"
                    raise InputError(f"there is no {what} `{function}`", span=expr.span)
                for arg in args:
                    yield from self._names(arg, bound)
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

    def _is_relation(self, expr: Expr, bound: Mapping[str, bool] | None = None) -> bool:
        """The kind of an expression: relation, or set. Raises InputError where kinds are mixed."""
        kinds = bound or {}
        match expr:
            case Name(name=name):
                return kinds[name] if name in kinds else self._kinds[name]
            case Call(function=function, args=args):
                binding = self._functions[function]
                given = [self._is_relation(a, kinds) for a in args]
                return self._is_relation(binding.value, dict(zip(binding.params, given, strict=True)))
            case Binary(op=op, left=left, right=right):
                sides = self._is_relation(left, kinds), self._is_relation(right, kinds)
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
                if not self._is_relation(of, kinds):
                    _mixed(expr, "a relation")
                return True
            case Complement(of=of):
                return self._is_relation(of, kinds)
            case Identity(of=of):
                if self._is_relation(of, kinds):
                    _mixed(expr, "a set")
                return True
            case Nothing():
                return True
            case _:
                assert_never(expr)

    def _relation_wanted(self, expr: Expr) -> None:
        list(self._names(expr))
        if not self._is_relation(expr):
            _mixed(expr, "a relation")

    def is_acyclic(self, names: frozenset[str]) -> bool:
        """Whether an axiom says that the union of these relations of executions is acyclic, plain to see."""
        bound = {b.name: b.value for s in self.model.statements if isinstance(s, Let) for b in s.bindings}

        def united(expr: Expr) -> Iterator[str]:
            match expr:
                case Binary(op=Operator.UNION, left=left, right=right):
                    yield from united(left)
                    yield from united(right)
                case Name(name=name) if name in bound:
                    yield from united(bound[name])
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

    # --- running -------------------------------------------------------------------------------------

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

    def _run(self, statement: Let | Choose | Check, env: Environment, n: int, flags: list[str]) -> bool:
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


def _mixed(expr: Expr, wanted: str) -> NoReturn:
    raise InputError(f"this needs {wanted}", span=expr.span)

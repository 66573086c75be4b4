"""Which names of a model depend on something that is chosen, and which of those only get more if more is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from cuq.ptx.cat.syntax import (
    Binary,
    Binding,
    Call,
    Complement,
    Expr,
    Identity,
    Name,
    Nothing,
    Operator,
    Postfix,
)

NO_NAMES: frozenset[str] = frozenset()


class Growth:
    """`chosen`: the names that stand for what is chosen. `functions`: those of the model, as far as it is read."""

    def __init__(self, chosen: Iterable[str], functions: Mapping[str, Binding]) -> None:
        self._functions = functions
        self._depending = set(chosen)
        self._growing = set(self._depending)

    def choose(self, name: str) -> None:
        """The name stands for something that is chosen, too."""
        self._depending.add(name)
        self._growing.add(name)

    def define(self, values: Mapping[str, Expr]) -> None:
        """Names with their values, which may speak of each other."""
        if any(map(self.depends, values.values())):
            self._depending |= values.keys()
            self._growing |= values.keys()
            if not all(map(self.grows, values.values())):
                self._growing -= values.keys()

    def depends(self, expr: Expr, params: frozenset[str] = NO_NAMES) -> bool:
        """Whether the value depends on what is chosen, or on parameters of the function that it is in."""
        return any(name in self._depending or name in params for name in self._names(expr, NO_NAMES))

    def grows(self, expr: Expr, params: frozenset[str] = NO_NAMES) -> bool:
        """Whether the value only gets more if more is chosen: nothing that depends on it is taken away.

        `params`: of the function that the expression is in; they may stand for anything.
        """
        match expr:
            case Name(name=name):
                return name in params or name not in self._depending or name in self._growing
            case Call(function=function, args=args):
                binding = self._functions[function]
                body = self.grows(binding.value, frozenset(binding.params))
                return body and all(self.grows(arg, params) for arg in args)
            case Binary(op=Operator.DIFFERENCE, left=left, right=right):
                return self.grows(left, params) and not self.depends(right, params)
            case Binary(left=left, right=right):
                return self.grows(left, params) and self.grows(right, params)
            case Complement(of=of):
                return not self.depends(of, params)
            case Postfix(of=of) | Identity(of=of):
                return self.grows(of, params)
            case Nothing():
                return True
            case _:
                assert_never(expr)

    def _names(self, expr: Expr, bound: frozenset[str]) -> Iterator[str]:
        """The names in an expression, and in the functions that it calls, that are not bound there."""
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

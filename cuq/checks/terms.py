"""Contract terms as terms of the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from cuq.analysis.evaluate import parameter_symbols
from cuq.analysis.expr import FALSE, TRUE, Cond, Poly, all_of, any_of, at_most, eq, less, lift, negate
from cuq.analysis.ranges import range_of
from cuq.analysis.terms import choose, divide, modulo, signed
from cuq.analysis.transfer import Geometry, bits_of
from cuq.base.errors import UsageError
from cuq.contract import Condition, IntTerm
from cuq.contract import terms as t
from cuq.ir.module import Kernel
from cuq.ir.types import PtrType, Special


class Scope:
    """What the names of a contract stand for, for one kernel."""

    def __init__(self, kernel: Kernel, geometry: Geometry, lengths: Mapping[str, IntTerm]) -> None:
        self.geometry, self.lengths = geometry, lengths
        self.params: dict[str, Poly] = {}
        symbols = parameter_symbols(kernel)
        for param in kernel.params:
            flags = param.signed or (False,) * len(param.regs)
            for reg, name, is_signed in zip(param.regs, param.names, flags, strict=True):
                if not isinstance(reg.type, PtrType):
                    word = lift(symbols[reg])
                    self.params[name] = signed(word, bits_of(reg.type)) if is_signed else word

    def poly(self, term: IntTerm) -> Poly:
        match term:
            case t.Int(value=value):
                return lift(value)
            case t.Param(name=name):
                if name not in self.params:
                    raise UsageError(f"`{name}` is not a number", span=term.span)
                return self.params[name]
            case t.Dim(of=of, axis=axis):
                return self.geometry.special(Special(f"{'ntid' if of == 'block' else 'nctaid'}.{axis}"))
            case t.Len(param=param):
                return self._length(term, param)
            case t.Neg(operand=operand):
                return -self.poly(operand)
            case t.Arith(op=op, left=left, right=right):
                return self._arithmetic(term, op, self.poly(left), self.poly(right))
            case _:
                assert_never(term)

    def _length(self, term: t.Len, param: str) -> Poly:
        known = self.params.get(f"{param}.len")
        if known is not None:
            return known
        if param in self.lengths:
            return self.poly(self.lengths[param])
        raise UsageError(
            f"the length of `{param}` is not known",
            span=term.span,
            help=f'add `len.{param}="…"` to the contract',
        )

    @staticmethod
    def _arithmetic(term: t.Arith, op: t.Arithmetic, left: Poly, right: Poly) -> Poly:
        match op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/" | "%":
                if any((low := range_of(side)[0]) is None or low < 0 for side in (left, right)):
                    raise UsageError(f"`{op}` is only understood for non-negative terms", span=term.span)
                value = divide(left, right) if op == "/" else modulo(left, right)
                return choose(eq(right), lift(0) if op == "/" else left, value)
            case _:
                assert_never(op)

    def cond(self, condition: Condition) -> Cond:
        match condition:
            case t.Bool(value=value):
                return TRUE if value else FALSE
            case t.Not(operand=operand):
                return negate(self.cond(operand))
            case t.Logic(op=op, left=left, right=right):
                return (all_of if op == "&&" else any_of)(self.cond(left), self.cond(right))
            case t.Compare(op=op, left=left, right=right):
                return _compare(op, self.poly(left), self.poly(right))
            case _:
                assert_never(condition)


def _compare(op: t.Comparison, left: Poly, right: Poly) -> Cond:
    match op:
        case "==":
            return eq(left - right)
        case "!=":
            return negate(eq(left - right))
        case "<":
            return less(left, right)
        case "<=":
            return at_most(left, right)
        case ">":
            return less(right, left)
        case ">=":
            return at_most(right, left)
        case _:
            assert_never(op)

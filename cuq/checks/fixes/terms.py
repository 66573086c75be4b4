"""Conditions of the IR in the words of the source, where all that is in them has a name there."""

from __future__ import annotations

from cuq.ir.module import Kernel
from cuq.ir.ops import Binary, BinOp, Branch, Cast, CastKind, Compare, Const, Op, Pred, Reg, Terminator, Value
from cuq.ir.passes.rewrite import definitions

_NEGATED = {Pred.ULT: ">=", Pred.ULE: ">", Pred.SLT: ">=", Pred.SLE: ">"}
_OPERATORS = {BinOp.ADD: "+", BinOp.SUB: "-", BinOp.MUL: "*", BinOp.UDIV: "/", BinOp.UREM: "%"}


def otherwise_text(kernel: Kernel, terminator: Terminator) -> str | None:
    """`i + k >= y.len()` for a branch that is taken otherwise; None if a part of it has no name."""
    if not isinstance(terminator, Branch) or not isinstance(terminator.cond, Reg):
        return None
    names = dict(kernel.debug_names)
    for param in kernel.params:
        names |= {
            reg: f"{name}()" if name.endswith(".len") else name
            for reg, name in zip(param.regs, param.names, strict=True)
        }
    defined = definitions(kernel.blocks)
    comparison = defined.get(terminator.cond)
    if not isinstance(comparison, Compare) or comparison.pred not in _NEGATED:
        return None
    left, right = (_text(side, names, defined) for side in (comparison.a, comparison.b))
    if left is None or right is None:
        return None
    return f"{_bare(left)} {_NEGATED[comparison.pred]} {_bare(right)}"


def _bare(text: str) -> str:
    """Without the parentheses around a sum: comparisons bind weaker."""
    return text[1:-1] if text.startswith("(") else text


def _text(value: Value, names: dict[Reg, str], defined: dict[Reg, Op]) -> str | None:
    if isinstance(value, Const):
        return str(value.bits)
    if not isinstance(value, Reg):
        return None
    if value in names:
        return names[value]
    match defined.get(value):
        case Cast(kind=CastKind.ZEXT, a=a):
            return _text(a, names, defined)
        case Binary(op=op, a=a, b=b) if op in _OPERATORS:
            left, right = (_text(side, names, defined) for side in (a, b))
            return None if left is None or right is None else f"({left} {_OPERATORS[op]} {right})"
        case _:
            return None

"""Propositional formulas of z3, folded where a part is known, and matrices of them as relations.

A formula is True, False or a z3 expression. z3's own functions are called directly: its operators check and
convert each argument anew, which would take most of the time of a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import z3
from z3 import z3core

Formula = Any
"""bool or z3.BoolRef; z3 has no types."""
Matrix = tuple[tuple[Formula, ...], ...]
Row = tuple[Formula, ...]

_CONTEXT = z3.main_ctx()
_REF = _CONTEXT.ref()


def both(a: Formula, b: Formula) -> Formula:
    return conjunction((a, b))


def either(a: Formula, b: Formula) -> Formula:
    return disjunction((a, b))


def conjunction(parts: Iterable[Formula]) -> Formula:
    """All of the parts."""
    kept: list[z3.BoolRef] = []
    for part in parts:
        if part is False:
            return False
        if part is not True:
            kept.append(part)
    if len(kept) < 2:
        return kept[0] if kept else True
    return z3.BoolRef(z3core.Z3_mk_and(_REF, len(kept), _array(kept)), _CONTEXT)


def disjunction(parts: Iterable[Formula]) -> Formula:
    """One of the parts."""
    kept: list[z3.BoolRef] = []
    for part in parts:
        if part is True:
            return True
        if part is not False:
            kept.append(part)
    if len(kept) < 2:
        return kept[0] if kept else False
    return z3.BoolRef(z3core.Z3_mk_or(_REF, len(kept), _array(kept)), _CONTEXT)


def negation(a: Formula) -> Formula:
    if isinstance(a, bool):
        return not a
    return z3.BoolRef(z3core.Z3_mk_not(_REF, a.ast), _CONTEXT)


def implication(a: Formula, b: Formula) -> Formula:
    return disjunction((negation(a), b))


def _array(parts: Sequence[z3.BoolRef]) -> object:
    return (z3.Ast * len(parts))(*(part.ast for part in parts))


def union(a: Matrix, b: Matrix) -> Matrix:
    return tuple(tuple(map(either, x, y)) for x, y in zip(a, b, strict=True))


def intersection(a: Matrix, b: Matrix) -> Matrix:
    return tuple(tuple(map(both, x, y)) for x, y in zip(a, b, strict=True))


def complement(a: Matrix) -> Matrix:
    return tuple(tuple(map(negation, row)) for row in a)


def compose(a: Matrix, b: Matrix) -> Matrix:
    columns = inverse(b)
    return tuple(tuple(disjunction(map(both, row, column)) for column in columns) for row in a)


def inverse(a: Matrix) -> Matrix:
    return tuple(zip(*a, strict=True))


def plus(a: Matrix) -> Matrix:
    """Transitive closure (Warshall); exact, as a formula of the entries."""
    rows = [list(row) for row in a]
    n = len(rows)
    for k in range(n):
        through = rows[k][:]
        for i in range(n):
            via = rows[i][k]
            if via is not False:
                rows[i] = [either(old, both(via, step)) for old, step in zip(rows[i], through, strict=True)]
    return tuple(map(tuple, rows))


def identity(members: Row) -> Matrix:
    return tuple(tuple(m if i == j else False for j in range(len(members))) for i, m in enumerate(members))


def product(a: Row, b: Row) -> Matrix:
    return tuple(tuple(both(x, y) for y in b) for x in a)


def is_irreflexive(a: Matrix) -> Formula:
    return conjunction(negation(a[i][i]) for i in range(len(a)))


def is_empty(a: Matrix) -> Formula:
    return conjunction(negation(x) for row in a for x in row)

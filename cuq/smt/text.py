"""Queries as text: what is asked of the solver, for people and for other solvers."""

from __future__ import annotations

from collections.abc import Iterable

from cuq.smt.pairs import Group
from cuq.smt.problem import Problem, to_smtlib


def group_title(group: Group) -> str:
    """What a query is about."""
    names = ", ".join(group.objects)
    if not group.same_block:
        return f"two threads of different blocks on {names}"
    where = "from the start of the kernel" if group.site is None else f"after barrier {group.site}"
    return f"two threads of one block on {names}, {where}"


def queries_text(queries: Iterable[tuple[Group, Problem]]) -> str:
    """The conflict of each group as conditions over two threads (symbols of thread i end in !i)."""
    lines: list[str] = []
    for group, problem in queries:
        lines.append(f"query: {group_title(group)}")
        lines += [f"  given {fact}" for fact in problem.facts]
        for pair in group.pairs:
            first, second = pair.first, pair.second
            lines.append(
                f"  pair {first.kind.value} at {first.loc.span}, {second.kind.value} at {second.loc.span}"
            )
            lines += [f"    {cond}" for cond in pair.conds]
            lines.append(f"    {pair.low} ≤ {pair.difference} ≤ {pair.high}")
    return "\n".join(lines) + "\n"


def queries_smtlib(queries: Iterable[tuple[Group, Problem]]) -> str:
    """The same as SMT-LIB 2 scripts, one check-sat each (`unsat`: no race)."""
    parts = []
    for group, problem in queries:
        parts.append(f"; {group_title(group)}\n(reset)\n{to_smtlib(problem)}")
    return "\n".join(parts)

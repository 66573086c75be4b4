"""Sufficient conditions: launches for which a kernel that races in general is race free."""

from __future__ import annotations

from itertools import combinations

from cuq.analysis.expr import AXES, Cond, eq
from cuq.checks.session import Session
from cuq.smt.launch import FIRST_BLOCK, FIRST_GRID, SECOND_BLOCK, SECOND_GRID
from cuq.smt.pairs import Group
from cuq.smt.problem import Alternative, Answer, Problem

_QUERY_MS = 1_000


def sufficient(session: Session, suspicious: list[Group]) -> tuple[str, ...]:
    """The weakest sets of "this dimension is 1" that leave no race; at most two dimensions together.

    `suspicious` are the groups for which a race was found; all others are free of races anyway.
    """
    candidates: list[tuple[str, Cond]] = []
    for axis, block, grid in zip(AXES, session.geometry.block, session.geometry.grid, strict=True):
        if block is None:
            candidates.append((f"block.{axis} == 1", eq(session.geometry.ntid(axis) - 1)))
        if grid is None:
            candidates.append((f"grid.{axis} == 1", eq(session.geometry.nctaid(axis) - 1)))
    for size in (1, 2):
        found = [
            " && ".join(text for text, _ in chosen)
            for chosen in combinations(candidates, size)
            if not _single_thread(session, chosen)
            and _race_free(session, suspicious, tuple(c for _, c in chosen))
        ]
        if found:
            return tuple(found)
    return ()


def _single_thread(session: Session, chosen: tuple[tuple[str, Cond], ...]) -> bool:
    """Launches of one thread have no races; that is no news."""
    ones = [d == 1 for d in (*session.geometry.block, *session.geometry.grid)]
    return ones.count(False) <= len(chosen)


def _race_free(session: Session, suspicious: list[Group], condition: tuple[Cond, ...]) -> bool:
    return all(_holds(session, group, condition) for group in suspicious)


def _holds(session: Session, group: Group, condition: tuple[Cond, ...]) -> bool:
    threads = (FIRST_BLOCK, SECOND_BLOCK) if group.same_block else (FIRST_GRID, SECOND_GRID)
    facts = (*session.thread_facts(threads), *session.facts.different(*threads), *condition)
    alternatives = tuple(Alternative(p.conds, p.difference, p.low, p.high) for p in group.pairs)
    return session.ask(Problem(facts, alternatives), timeout_ms=_QUERY_MS).answer is Answer.UNSAT

"""Sufficient conditions: launches for which a kernel that races in general is race free.

The grammar: a dimension is 1; a dimension is at most, or is, the length of an array; a parameter against a dimension,
a product of dimensions, or a constant; and two of these together.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from cuq.analysis.expr import AXES, TRUE, Cond
from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.checks.session import Session
from cuq.contract.parser import parse_condition
from cuq.smt.launch import FIRST_BLOCK, FIRST_GRID, SECOND_BLOCK, SECOND_GRID
from cuq.smt.pairs import Group
from cuq.smt.problem import Alternative, Answer, Problem

_QUERY_MS = 1_000
_MOST_QUERIES = 120
_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """`text` as a contract says it. `rank`: the lower, the more launches are left."""

    text: str
    cond: Cond
    rank: int


def sufficient(session: Session, suspicious: list[Group]) -> tuple[str, ...]:
    """The conditions of the grammar that leave no race, those that leave most launches; at most three.

    `suspicious` are the groups for which a race was found; all others are free of races anyway. A condition that
    leaves launches of one thread only is no news, and one that cannot hold none at all.
    """
    search = _Search(session, suspicious)
    candidates = sorted(_candidates(session), key=lambda c: c.rank)
    singles = [c for c in candidates if search.suffices((c,))]
    if singles:
        best = [c for c in singles if c.rank == singles[0].rank]
        return tuple(c.text for c in best[:_MOST_SHOWN])
    apart = [both for both in combinations(candidates, 2) if not _says_one(*both)]
    pairs = [both for both in apart if search.suffices(both)]
    if not pairs:
        return ()
    least = min(a.rank + b.rank for a, b in pairs)
    best_pairs = [(a, b) for a, b in pairs if a.rank + b.rank == least]
    return tuple(f"{a.text} && {b.text}" for a, b in best_pairs[:_MOST_SHOWN])


def _says_one(a: Candidate, b: Candidate) -> bool:
    """Together they make a parameter 1 by way of a dimension: few kernels do anything then."""
    ones = [c.text.removesuffix(" == 1") for c in (a, b) if c.text.endswith(" == 1")]
    return any(one in c.text for one in ones for c in (a, b) if c.text != f"{one} == 1")


def _candidates(session: Session) -> Iterator[Candidate]:
    for text, rank in _texts(session):
        try:
            cond = session.scope.cond(parse_condition(text, session.contract.span))
        except UsageError:
            continue  # what the solver has no term for
        if cond != TRUE:
            yield Candidate(text, cond, rank)


def _texts(session: Session) -> Iterator[tuple[str, int]]:
    blocks = [f"block.{a}" for a, d in zip(AXES, session.geometry.block, strict=True) if d is None]
    grids = [f"grid.{a}" for a, d in zip(AXES, session.geometry.grid, strict=True) if d is None]
    totals = [f"grid.{a} * block.{a}" for a in AXES if f"block.{a}" in blocks and f"grid.{a}" in grids]
    lengths = sorted({obj.size // obj.element for obj in session.kernel.objects if obj.size and obj.element})
    numbers = [name for name in session.scope.params if not name.endswith(".len")]
    for dim in blocks:
        yield from ((f"{dim} <= {n}", 0) for n in lengths if 1 < n <= 1024)
    for name in numbers:
        yield from ((f"{name} >= {size}", 0) for size in (*totals, *blocks))
        yield from ((f"{name} <= {size}", 0) for size in (*totals, *blocks))
        yield f"{name} >= 1", 0
        yield f"{name} != 1", 0
        yield from ((f"{name} == {size}", 2) for size in (*totals, *blocks, *grids))
    for dim in (*blocks, *grids):
        yield f"{dim} == 1", 1
    if "block.x" in blocks:
        yield from ((f"block.x == {n}", 2) for n in (32, *lengths) if 1 < n <= 1024)


class _Search:
    """Questions within a limit."""

    def __init__(self, session: Session, suspicious: list[Group]) -> None:
        self._session, self._suspicious = session, suspicious
        self._left = _MOST_QUERIES

    def suffices(self, chosen: tuple[Candidate, ...]) -> bool:
        conds = tuple(c.cond for c in chosen)
        return all(self._free(group, conds) for group in self._suspicious) and self._leaves_threads(conds)

    def _free(self, group: Group, conds: tuple[Cond, ...]) -> bool:
        alternatives = tuple(Alternative(p.conds, p.difference, p.low, p.high) for p in group.pairs)
        return self._ask(group.same_block, conds, alternatives) is Answer.UNSAT

    def _leaves_threads(self, conds: tuple[Cond, ...]) -> bool:
        """Whether some launch of two threads is left."""
        return any(self._ask(same, conds, (Alternative((TRUE,)),)) is Answer.SAT for same in (True, False))

    def _ask(
        self, same_block: bool, conds: tuple[Cond, ...], alternatives: tuple[Alternative, ...]
    ) -> Answer:
        if self._left == 0:
            return Answer.UNKNOWN
        self._left -= 1
        session = self._session
        threads = (FIRST_BLOCK, SECOND_BLOCK) if same_block else (FIRST_GRID, SECOND_GRID)
        facts = (*session.thread_facts(threads), *session.facts.different(*threads), *conds)
        return session.ask(Problem(facts, alternatives), timeout_ms=_QUERY_MS).answer

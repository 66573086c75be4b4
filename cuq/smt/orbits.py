"""Carried variables that take few values: flip-flops, swapped buffers, powers of two from a constant.

If variables start from constants and their next values depend on nothing but themselves, the loop runs
through one sequence of states, which is computed. Whether the loop goes on that long does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from cuq.analysis.expr import Cond, Sym, all_of, any_of, eq, lift, syms_of
from cuq.analysis.substitute import Substitution
from cuq.analysis.summary import Carried, Form

_MOST_STATES = 80


def finite_orbits(carried: tuple[Carried, ...]) -> Iterator[tuple[Sym, Cond]]:
    """For each closed set of such variables: one of them, and the states that the set can be in."""
    candidates = {c.sym: c for c in carried if c.form is not Form.AFFINE and c.init.constant is not None}
    done: set[frozenset[Sym]] = set()
    for sym in candidates:
        members = _closure(sym, candidates)
        if members is None or frozenset(members) in done:
            continue
        done.add(frozenset(members))
        states = _states([candidates[m] for m in members])
        if states is not None:
            yield sym, any_of(*(all_of(*(eq(lift(m) - v) for m, v in s)) for s in states))


def _closure(sym: Sym, candidates: dict[Sym, Carried]) -> list[Sym] | None:
    """The variables that `sym` depends on, itself included; None if it depends on anything else."""
    members, work = [sym], [sym]
    while work:
        for used in sorted(syms_of(candidates[work.pop()].next)):
            if used not in candidates:
                return None
            if used not in members:
                members.append(used)
                work.append(used)
    return members


def _states(members: list[Carried]) -> list[list[tuple[Sym, int]]] | None:
    """All states from the first on, or None if there are too many."""
    state = [(c.sym, c.init.constant or 0) for c in members]
    states: list[list[tuple[Sym, int]]] = []
    while state not in states:
        states.append(state)
        if len(states) > _MOST_STATES:
            return None
        now = Substitution({s: lift(v) for s, v in state})
        after = [(c.sym, now.poly(c.next).constant) for c in members]
        if any(v is None for _, v in after):
            return None
        state = [(s, v) for s, v in after if v is not None]
    return states

"""Carried variables that take few values: flip-flops, swapped buffers, powers of two from a constant.

If variables start from constants and their next values depend on nothing but themselves, the loop runs
through one sequence of states, which is computed: some states once, the rest again and again. Whether the
loop goes on that long does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from cuq.analysis.expr import Cond, Poly, Sym, all_of, any_of, at_most, eq, lift, syms_of
from cuq.analysis.substitute import Substitution
from cuq.analysis.summary import Carried, Form
from cuq.analysis.terms import modulo

_MOST_STATES = 80


def finite_orbits(carried: tuple[Carried, ...], iteration: Sym) -> Iterator[tuple[Sym, Cond]]:
    """For each closed set of such variables: one of them, and the state that each iteration finds."""
    candidates = {c.sym: c for c in carried if c.form is not Form.AFFINE and c.init.constant is not None}
    done: set[frozenset[Sym]] = set()
    for sym in candidates:
        members = _closure(sym, candidates)
        if members is None or frozenset(members) in done:
            continue
        done.add(frozenset(members))
        states = _states([candidates[m] for m in members])
        if states is not None:
            yield sym, _when(*states, lift(iteration))


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


State = list[tuple[Sym, int]]


def _when(states: list[State], start: int, iteration: Poly) -> Cond:
    """The states with their iterations: those before `start` come once, the others in a cycle."""
    period = len(states) - start
    phase = modulo(iteration - start, lift(period))
    alternatives = []
    for position, state in enumerate(states):
        values = [eq(lift(sym) - value) for sym, value in state]
        if position < start:
            alternatives.append(all_of(eq(iteration - position), *values))
        else:
            moment = all_of(at_most(lift(start), iteration), eq(phase - (position - start)))
            alternatives.append(all_of(moment, *values))
    return any_of(*alternatives)


def _states(members: list[Carried]) -> tuple[list[State], int] | None:
    """All states from the first on, and where the cycle begins; None if there are too many."""
    state = [(c.sym, c.init.constant or 0) for c in members]
    states: list[State] = []
    while state not in states:
        states.append(state)
        if len(states) > _MOST_STATES:
            return None
        now = Substitution({s: lift(v) for s, v in state})
        after = [(c.sym, now.poly(c.next).constant) for c in members]
        if any(v is None for _, v in after):
            return None
        state = [(s, v) for s, v in after if v is not None]
    return states, states.index(state)

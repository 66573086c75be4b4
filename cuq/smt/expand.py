"""A summary with the closed forms of carried variables put in, ready to be instantiated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from cuq.analysis.expr import (
    TRUE,
    Cond,
    Poly,
    Sym,
    all_of,
    any_of,
    conjuncts,
    eq,
    lift,
    negate,
    syms_of,
)
from cuq.analysis.substitute import Substitution
from cuq.analysis.summary import Carried, Loop, Summary
from cuq.base.records import dataclass


@dataclass(frozen=True, slots=True)
class Expansion:
    """`closed` replaces carried variables by their closed forms, in the loop and after it."""

    summary: Summary
    loops: Mapping[int, Loop]
    closed: Substitution
    open: Mapping[int, tuple[Carried, ...]]
    """For each loop: the carried variables without a closed form."""
    gone_on: Mapping[int, Cond]
    """For each loop: in every iteration but the first, the one before went on."""
    launch: Cond
    """What the contract says of every launch."""
    left_facts: Mapping[Sym, Cond]
    """For each carried variable after its loop: what is known of it if the loop was entered."""
    renamings: dict[tuple[object, ...], Substitution] = field(default_factory=dict, compare=False, repr=False)
    """Of instances, by what decides the names in them: most share one, and terms are renamed once."""

    def poly(self, poly: Poly) -> Poly:
        return self.closed.poly(poly)

    def cond(self, cond: Cond) -> Cond:
        return self.closed.cond(cond)


def expand(summary: Summary, launch: Cond = TRUE) -> Expansion:
    """The summary with what the contract says of every launch.

    Loops are numbered outside in, so closed forms of outer loops are there when inner ones need them."""
    replacement: dict[Sym, Poly] = {}
    for loop in sorted(summary.loops, key=lambda x: x.id):
        so_far = Substitution(replacement)
        renaming = Substitution({s: lift(left) for s, left in loop.left})
        for variable in loop.carried:
            if variable.closed is not None:
                replacement[variable.sym] = so_far.poly(variable.closed)
        lefts = dict(loop.left)
        for variable in loop.carried:
            if variable.closed is not None and variable.sym in lefts:
                replacement[lefts[variable.sym]] = renaming.poly(replacement[variable.sym])
    # What a loop leaves may stand in the start value of a later one: iterate until nothing changes.
    for _ in summary.loops:
        again = Substitution(replacement)
        replacement = {s: again.poly(p) for s, p in replacement.items()}
    return Expansion(
        summary,
        {loop.id: loop for loop in summary.loops},
        Substitution(replacement),
        {loop.id: tuple(c for c in loop.carried if c.closed is None) for loop in summary.loops},
        {loop.id: _gone_on(loop) for loop in summary.loops},
        launch,
        _all_left_facts(summary),
    )


def _all_left_facts(summary: Summary) -> dict[Sym, Cond]:
    """Inner loops first: what is known after one is known after the loop around it, of its last iteration."""
    found: dict[Sym, Cond] = {}
    for loop in sorted(summary.loops, key=lambda x: -x.id):
        renaming = Substitution({s: lift(left) for s, left in loop.left})
        found |= {left: renaming.cond(found[sym]) for sym, left in loop.left if sym in found}
        found |= dict(_left_facts(loop))
    return found


def _gone_on(loop: Loop) -> Cond:
    """What closed forms say of the condition to go on, one iteration earlier."""
    before = lift(loop.iteration) - 1
    closed = {c.sym: c.closed for c in loop.carried if c.closed is not None}
    earlier = Substitution({loop.iteration: before})
    replacement = {s: earlier.poly(p) for s, p in closed.items()} | {loop.iteration: before}
    known = [
        c for c in conjuncts(loop.again) if all(s.loop != loop.id or s in replacement for s in syms_of(c))
    ]
    return any_of(eq(lift(loop.iteration)), all_of(*(Substitution(replacement).cond(c) for c in known)))


def _left_facts(loop: Loop) -> Iterator[tuple[Sym, Cond]]:
    lefts = dict(loop.left)
    renaming = Substitution({s: lift(left) for s, left in loop.left})
    for variable in loop.carried:
        if variable.sym in lefts and variable.facts != TRUE:
            yield lefts[variable.sym], any_of(negate(loop.guard), renaming.cond(variable.facts))

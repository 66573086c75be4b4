"""Facts about carried variables: proved by induction, with the solver where intervals do not decide.

Candidates for each carried variable v of a loop: v ≤ init, v ≥ init, v ≤ e for each way to go on that
says v ≠ e, and v = w for a variable w that starts with the same value. A candidate is kept if it holds at the start and survives an iteration under the candidates that
are left (Houdini: Flanagan, Leino, "Houdini, an annotation assistant for ESC/Java", FME 2001). An affine
variable whose iterations may wrap by intervals is tried as well: if going on implies that the next value is
in range, its closed form is exact.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from cuq.analysis.expr import FALSE, Cond, Ne, Sym, all_of, at_most, conjuncts, eq, lift, negate
from cuq.analysis.substitute import Substitution
from cuq.analysis.summary import Carried, Form, Item, Loop, Region, Summary
from cuq.analysis.transfer import in_range
from cuq.smt.orbits import finite_orbits
from cuq.smt.problem import Alternative, Answer
from cuq.smt.reached import Ask, bounds_by_limits, limit_of

Candidate = tuple[Sym, Cond]


def strengthen(summary: Summary, ask: Ask) -> Summary:
    """The summary with facts and exact closed forms filled in, inner loops included."""
    if not summary.loops:
        return summary
    improved: dict[int, Loop] = {}
    body = _region(summary.body, (), ask, improved)
    return replace(summary, body=body, loops=tuple(improved[loop.id] for loop in summary.loops))


def _region(region: Region, context: tuple[Cond, ...], ask: Ask, improved: dict[int, Loop]) -> Region:
    items: list[Item] = []
    for item in region.items:
        if isinstance(item, Loop):
            item = _loop(item, context, ask, improved)
        items.append(item)
    return Region(tuple(items))


def _loop(loop: Loop, context: tuple[Cond, ...], ask: Ask, improved: dict[int, Loop]) -> Loop:
    context = (*context, loop.guard)
    kept = _houdini(loop.carried, loop, context, ask)
    known = {fact for facts in kept.values() for fact in facts}
    for sym, cond in bounds_by_limits(loop, context, ask, known):
        kept.setdefault(sym, []).append(cond)
    assumed = (*context, *(fact for facts in kept.values() for fact in facts))
    carried = tuple(_exact(c, loop, assumed, ask) for c in loop.carried)
    for sym, cond in finite_orbits(carried, loop.iteration):
        kept.setdefault(sym, []).append(cond)
    carried = tuple(replace(c, facts=all_of(*kept.get(c.sym, ()))) for c in carried)
    inner = (*context, *(c.facts for c in carried))
    done = replace(loop, carried=carried, body=_region(loop.body, inner, ask, improved))
    done = replace(done, meets=_meets(done, context, ask))
    improved[loop.id] = done
    return done


def _meets(loop: Loop, context: tuple[Cond, ...], ask: Ask) -> bool:
    """Whether all threads that enter the loop come to a barrier in it."""
    if not loop.barriers:
        return False
    first = Substitution({loop.iteration: lift(0), **{c.sym: c.init for c in loop.carried}})
    early = first.cond(loop.early_exit)
    return all_of(*context, early) == FALSE or ask(context, (Alternative((early,)),)).answer is Answer.UNSAT


def _exact(variable: Carried, loop: Loop, context: tuple[Cond, ...], ask: Ask) -> Carried:
    if variable.form is not Form.AFFINE or variable.exact or variable.step is None:
        return variable
    line = lift(variable.sym) + variable.step
    wraps = negate(in_range(line, variable.bits or 64, not variable.bits))
    if ask(context, (Alternative((loop.again, wraps)),)).answer is not Answer.UNSAT:
        return variable
    return replace(variable, closed=variable.init + variable.step * lift(loop.iteration), exact=True)


def _candidates(variable: Carried, loop: Loop) -> list[Cond]:
    value = lift(variable.sym)
    found = [at_most(value, variable.init), at_most(variable.init, value)]
    for part in conjuncts(loop.again):
        if isinstance(part, Ne) and (limit := limit_of(part.poly, variable.sym)) is not None:
            found += [at_most(value, limit), at_most(limit, value)]
    return found


def _houdini(
    carried: tuple[Carried, ...], loop: Loop, context: tuple[Cond, ...], ask: Ask
) -> dict[Sym, list[Cond]]:
    start = Substitution({c.sym: c.init for c in carried})
    step = Substitution({c.sym: c.next for c in carried})
    alive = [(c.sym, cond) for c in carried for cond in _candidates(c, loop) if _worth(c)]
    alive += _equalities(carried)
    alive = _that_hold(ask, context, alive, start)
    while alive:
        known = all_of(*(c for _, c in alive))
        inductive = _that_hold(ask, (*context, known, loop.again), alive, step)
        if len(inductive) == len(alive):
            break
        alive = inductive
    kept: dict[Sym, list[Cond]] = {}
    for sym, cond in alive:
        kept.setdefault(sym, []).append(cond)
    return kept


def _equalities(carried: tuple[Carried, ...]) -> list[tuple[Sym, Cond]]:
    """Variables that start equal may stay equal: a counter and the index that goes with it."""
    return [
        (a.sym, eq(lift(a.sym) - lift(b.sym)))
        for i, a in enumerate(carried)
        for b in carried[i + 1 :]
        if a.init == b.init and a.next != b.next and a.bits == b.bits
    ]


def _worth(variable: Carried) -> bool:
    """Facts help where there is no closed form, or one whose range is not plain to see."""
    return variable.form is not Form.AFFINE or variable.step != lift(0)


def _that_hold(
    ask: Ask, facts: tuple[Cond, ...], candidates: list[Candidate], at: Substitution
) -> list[Candidate]:
    """The candidates that follow from `facts` when their variables have the values `at`.

    A model speaks against one of them; what the solver leaves open is asked for one by one.
    """
    open_, certain = [], set[int]()
    for index, (_, goal) in enumerate(candidates):
        failure = negate(at.cond(goal))
        if all_of(*facts, failure) == FALSE:
            certain.add(index)
        else:
            open_.append((index, failure))
    while open_:
        solution = ask(facts, tuple(Alternative((failure,)) for _, failure in open_))
        match solution.answer:
            case Answer.UNSAT:
                certain.update(index for index, _ in open_)
                break
            case Answer.SAT:
                assert solution.chosen is not None
                del open_[solution.chosen]
            case Answer.UNKNOWN:
                if len(open_) > 1:
                    certain.update(
                        index
                        for index, failure in open_
                        if ask(facts, (Alternative((failure,)),)).answer is Answer.UNSAT
                    )
                break
            case _:
                assert_never(solution.answer)
    return [candidate for index, candidate in enumerate(candidates) if index in certain]

"""A question to the solver: is there a launch in which one of these alternatives holds?"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from time import perf_counter

import z3

from cuq.analysis.expr import Cond, Poly, Sym
from cuq.analysis.loops import is_iteration
from cuq.analysis.substitute import Substitution
from cuq.base.records import dataclass
from cuq.smt.encode import Encoder
from cuq.smt.formula import (
    assert_all,
    at_most,
    conjunction,
    disjunction,
    full_solver,
    implication,
    integer,
    proposition,
    simple_solver,
)
from cuq.smt.lemmas import radix_lemmas

_SHARE = 5
_QUICK = 200_000
"""Of the solver's own measure of work, about 0.1 s: for the first try, by the solver without preprocessing. Most
questions are small, and preprocessing costs more than they do."""
_LIMITS = (1, 2, 3, 4, 8, 16, 64, 1024)


class Answer(Enum):
    """UNSAT is final; SAT in the linear reading may be an artefact of products left open."""

    UNSAT = "unsat"
    SAT = "sat"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Conditions that hold together; `difference` lies in [low, high] (an overlap of two accesses)."""

    conds: tuple[Cond, ...]
    difference: Poly | None = None
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """`facts` hold in every launch; one of `alternatives` is asked for."""

    facts: tuple[Cond, ...]
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """`chosen` is the index of an alternative that holds in `model`; None if there is no solution."""

    answer: Answer
    chosen: int | None = None
    model: Model | None = None
    reason: str = ""
    time_ms: float = 0.0


class Model:
    """Values of a solution."""

    def __init__(self, encoder: Encoder, model: z3.ModelRef) -> None:
        self._encoder, self._model = encoder, model

    def value(self, poly: Poly) -> int:
        value = self._model.eval(self._encoder.poly(poly), model_completion=True)
        if not isinstance(value, z3.IntNumRef):
            raise TypeError(value)
        return int(value.as_long())

    def symbols(self) -> list[Sym]:
        """Symbols that occur in the problem."""
        return sorted(self._encoder.syms)

    def tables(self) -> list[tuple[str, int, int, int]]:
        """Reads of memory that nobody writes: (object, byte offset, width, value)."""
        return sorted(
            {
                (t.obj, self.value(t.offset), t.width, self._model.eval(v, model_completion=True).as_long())
                for t, v in self._encoder.tables.items()
            }
        )


def solve(
    problem: Problem,
    *,
    exact: bool = False,
    fixed: Substitution | None = None,
    small: tuple[Sym, ...] = (),
    most_iterations: int | None = None,
    timeout_ms: int = 10_000,
    seed: int = 0,
    patient: bool = True,
) -> Solution:
    """Asks the solver. `fixed` replaces symbols (launch dimensions) by constants first.

    `small`: symbols whose values should be small in a model; it is asked with rising limits.
    `most_iterations`: leave out models in which a loop runs longer. `patient` False: only the first try, whose answer
    does not depend on how fast the machine is.
    """
    start = perf_counter()
    if not exact:
        solver = simple_solver()
        solver.set("rlimit", _QUICK)
        solution = _solved(solver, Encoder(), problem, fixed, small, most_iterations, timeout_ms, seed)
        if solution.answer is not Answer.UNKNOWN or not patient:
            return solution
    left_ms = max(1, timeout_ms - int((perf_counter() - start) * 1000))
    return _solved(full_solver(), Encoder(exact=exact), problem, fixed, small, most_iterations, left_ms, seed)


def _solved(
    solver: z3.Solver,
    encoder: Encoder,
    problem: Problem,
    fixed: Substitution | None,
    small: tuple[Sym, ...],
    most_iterations: int | None,
    timeout_ms: int,
    seed: int,
) -> Solution:
    start = perf_counter()
    solver.set("timeout", timeout_ms)
    solver.set("random_seed", seed)
    selectors = _assert(solver, encoder, problem, fixed)
    if most_iterations is not None:
        solver.add([v <= most_iterations for s, v in encoder.syms.items() if is_iteration(s)])
    result = _check(solver, list(_preferences(encoder, small)) if small else [], start + timeout_ms / 1000)
    elapsed = (perf_counter() - start) * 1000
    if result == z3.unsat:
        return Solution(Answer.UNSAT, time_ms=elapsed)
    if result == z3.unknown:
        return Solution(Answer.UNKNOWN, reason=solver.reason_unknown(), time_ms=elapsed)
    model = solver.model()
    chosen = next((i for i, s in enumerate(selectors) if z3.is_true(model.eval(s))), None)
    if chosen is None:  # stopped by the time limit while the model was made
        return Solution(Answer.UNKNOWN, reason="timeout", time_ms=elapsed)
    return Solution(Answer.SAT, chosen, Model(encoder, model), time_ms=elapsed)


def _check(solver: z3.Solver, preferences: list[list[z3.BoolRef]], deadline: float) -> z3.CheckSatResult:
    """A model that satisfies the first preference that can be; only the plain question can be unsat.

    Each preference gets a share of the time, the plain question what is left.
    """
    for assumed in preferences:
        left = int((deadline - perf_counter()) * 1000)
        if left <= 0:
            return z3.unknown
        solver.set("timeout", max(1, left // _SHARE))
        if solver.check(assumed) == z3.sat:
            return z3.sat
    solver.set("timeout", max(1, int((deadline - perf_counter()) * 1000)))
    return solver.check()


def _preferences(encoder: Encoder, small: tuple[Sym, ...]) -> Iterator[list[z3.BoolRef]]:
    """Limits to try, the tightest first: on `small` and on iterations of loops, then on iterations only."""
    iterations = [v for s, v in sorted(encoder.syms.items()) if is_iteration(s)]
    wanted = [encoder.syms[s] for s in small if s in encoder.syms]
    for limit in _LIMITS:
        yield [v <= limit for v in (*wanted, *iterations)]
    for limit in _LIMITS[:4] if iterations else ():
        yield [v <= limit for v in iterations]


def to_smtlib(problem: Problem) -> str:
    """The linear reading as an SMT-LIB 2 script: `unsat` means that no alternative is possible."""
    solver = full_solver()
    _assert(solver, Encoder(), problem, None)
    return str(solver.to_smt2())


def _assert(
    solver: z3.Solver, encoder: Encoder, problem: Problem, fixed: Substitution | None
) -> list[z3.BoolRef]:
    """States the problem; returns the selector of each alternative, of which one must hold."""
    replace = fixed.cond if fixed else _same
    assert_all(solver, [encoder.cond(replace(c)) for c in problem.facts])
    selectors: list[z3.BoolRef] = []
    for index, alternative in enumerate(problem.alternatives):
        parts = [encoder.cond(replace(c)) for c in alternative.conds]
        if alternative.difference is not None:
            difference = fixed.poly(alternative.difference) if fixed else alternative.difference
            value = encoder.poly(difference)
            parts += [at_most(integer(alternative.low), value), at_most(value, integer(alternative.high))]
            if not encoder.exact:
                parts += list(radix_lemmas(encoder, difference, alternative.low, alternative.high))
        selector = proposition(f"alternative.{index}")
        selectors.append(selector)
        assert_all(solver, [implication(selector, conjunction(parts))])
    assert_all(solver, [disjunction(selectors), *encoder.definitions])
    return selectors


def _same(cond: Cond) -> Cond:
    return cond

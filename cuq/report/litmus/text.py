"""The shape of herd's log: states, Ok or No, how many executions speak for and against, the observation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cuq.ptx.litmus.result import Outcome, State
from cuq.ptx.litmus.syntax import Litmus, Quantifier
from cuq.report.litmus import Judged, quantity_text

_KIND = {Quantifier.EXISTS: "Allowed", Quantifier.NOT_EXISTS: "Forbidden", Quantifier.FORALL: "Required"}
_ANSWER = {True: "Ok", False: "No", None: "Undecided"}
_TERMINATES = {True: "always", False: "not always", None: "undecided"}


def render(found: Iterable[Judged]) -> str:
    return "".join(f"{line}\n" for judged in found for line in _lines(judged))


def state_text(state: State, test: Litmus) -> str:
    return " ".join(f"{quantity_text(q, test)}={value};" for q, value in state)


def observation(outcome: Outcome) -> str:
    """Never, Sometimes or Always: how often the condition itself holds."""
    if not outcome.satisfying:
        return "Never"
    return "Sometimes" if outcome.violating else "Always"


def _lines(judged: Judged) -> Iterator[str]:
    test, outcome = judged.test, judged.outcome
    yield f"Test {test.name} {_KIND[test.quantifier]}"
    yield f"States {len(outcome.states)}"
    for state in sorted(outcome.states, key=lambda s: [v for _, v in s]):
        yield state_text(state, test)
    beyond = f" (loops were followed for {judged.bound} iterations)" if outcome.holds is None else ""
    yield f"{_ANSWER[outcome.holds]}{beyond}"
    yield "Witnesses"
    yield f"Positive: {outcome.satisfying} Negative: {outcome.violating}"
    yield f"Condition {test.quantifier.value} {test.text}"
    seen = f"{outcome.satisfying} {outcome.violating}"
    yield f"Observation {test.name} {observation(outcome)} {seen}"
    yield f"Termination {test.name} {_TERMINATES[outcome.terminates]}"
    for flag in outcome.flags:
        yield f"Flag {flag}"
    yield f"Model {judged.model}"
    yield f"Time {test.name} {judged.time_ms / 1000:.3f}"
    yield ""

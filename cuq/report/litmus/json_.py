"""Results as a JSON array, in the order of the input."""

from __future__ import annotations

import json
from collections.abc import Iterable

from cuq.ptx.litmus.result import Witness
from cuq.ptx.litmus.syntax import Litmus
from cuq.report.litmus import Judged, quantity_text
from cuq.report.litmus.event import label

_EDGES = ("rf", "co", "causality", "hb")


def render(found: Iterable[Judged]) -> str:
    return json.dumps([_entry(judged) for judged in found], indent=2) + "\n"


def _entry(judged: Judged) -> dict[str, object]:
    test, outcome = judged.test, judged.outcome
    return {
        "test": judged.path,
        "name": test.name,
        "model": judged.model,
        "quantifier": test.quantifier.value,
        "condition": test.text,
        "holds": outcome.holds,
        "termination": outcome.terminates,
        "states": [
            {"values": {quantity_text(q, test): v for q, v in state}, "count": count}
            for state, count in sorted(outcome.states.items(), key=lambda item: [v for _, v in item[0]])
        ],
        "positive": outcome.satisfying,
        "negative": outcome.violating,
        "flags": list(outcome.flags),
        "bound": judged.bound,
        "witness": _witness(outcome.witness, test),
        "stuck": _witness(outcome.stuck, test),
        "time_ms": round(judged.time_ms, 3),
    }


def _witness(witness: Witness | None, test: Litmus) -> dict[str, object] | None:
    """An execution: events by number, and edges between them."""
    if witness is None:
        return None
    return {
        "events": [
            {
                "thread": None if event.thread is None else test.threads[event.thread].name,
                "event": label(event),
            }
            for event in witness.events
        ],
        "edges": {
            name: [list(pair) for pair in sorted(witness.relations[name])]
            for name in _EDGES
            if name in witness.relations
        },
    }

"""Outcomes on disk, a line of JSON for each seed, so that a long run can be interrupted and go on."""

from __future__ import annotations

from pathlib import Path

from cuq.checks.result import Property, Verdict
from tests import record
from tests.soundness.outcome import Outcome


def read(path: Path) -> dict[int, Outcome]:
    """Outcomes by seed. A last line that was cut off is left out: its seed is run again."""
    return {one.seed: one for one in map(_outcome, record.read(path))}


def append(path: Path, outcome: Outcome) -> None:
    record.append(path, _data(outcome))


def _data(outcome: Outcome) -> dict[str, object]:
    return {
        "seed": outcome.seed,
        "verdicts": {prop.value: verdict.value for prop, verdict in outcome.verdicts.items()},
        "observed": sorted(prop.value for prop in outcome.observed),
        "contradictions": outcome.contradictions,
        "runs": outcome.runs,
        "rejected": outcome.rejected,
        "crash": outcome.crash,
        "seconds": round(outcome.seconds, 3),
    }


def _outcome(data: dict[str, object]) -> Outcome:
    match data:
        case {
            "seed": int(seed),
            "verdicts": dict(verdicts),
            "observed": list(observed),
            "contradictions": list(contradictions),
            "runs": int(runs),
            "rejected": str(rejected),
            "crash": str(crash),
            "seconds": float(seconds),
        }:
            return Outcome(
                seed,
                {Property(prop): Verdict(verdict) for prop, verdict in verdicts.items()},
                {Property(prop) for prop in observed},
                list(contradictions),
                runs,
                rejected,
                crash,
                seconds,
            )
        case _:
            raise ValueError(f"not an outcome: {data}")

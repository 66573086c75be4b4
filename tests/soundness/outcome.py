"""What one random kernel gives: verdicts, what small launches show, and what contradicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter

from cuq.base.errors import CuqError
from cuq.checks.options import Options
from cuq.checks.result import Property, Verdict
from cuq.ir.verify import verify
from tests.soundness.generate import generate
from tests.soundness.judge import PATIENT, judge
from tests.soundness.lower import contract_of, kernel_of


@dataclass(slots=True)
class Outcome:
    """What one seed gave. `crash`: an error of the engine that is no verdict."""

    seed: int
    verdicts: dict[Property, Verdict] = field(default_factory=dict)
    observed: set[Property] = field(default_factory=set)
    contradictions: list[str] = field(default_factory=list)
    runs: int = 0
    rejected: str = ""
    crash: str = ""
    seconds: float = 0.0


def outcome(seed: int, options: Options = PATIENT, most: int = 40) -> Outcome:
    """Judge the kernel of a seed in up to `most` launches."""
    start = perf_counter()
    program = generate(seed)
    found = Outcome(seed)
    try:
        kernel = kernel_of(program)
        verify(kernel)
        judgement = judge(kernel, contract_of(program), seed, options, most)
        found.verdicts, found.observed = judgement.verdicts, judgement.observed
        found.runs = judgement.runs
        found.contradictions = [f"{c.property.value}: {c.what} {c.launch}" for c in judgement.contradictions]
    except CuqError as error:
        found.rejected = str(error)
    except Exception as error:  # noqa: BLE001  # a crash is a result of this experiment
        found.crash = f"{type(error).__name__}: {error}"
    found.seconds = perf_counter() - start
    return found

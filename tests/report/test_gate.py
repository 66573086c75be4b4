"""Exit codes and severities."""

from dataclasses import replace

import pytest

from cuq.checks.result import Property, RunError, RunResult, Verdict
from cuq.report.gate import FailOn, Gate, Severity
from tests.report import samples

S = samples.SAMPLES
DEFAULT = Gate()


def error(*codes: int) -> tuple[RunError, ...]:
    return tuple(RunError("x", code) for code in codes)


RACE = S["race"]
UNKNOWN = S["unknown"]
BOTH = samples.run(*RACE.kernels, *UNKNOWN.kernels)
ALLOWED_UNKNOWN = samples.run(
    samples.kernel(
        samples.check(
            Property.RACE, Verdict.POTENTIAL, findings=(samples.SUPPRESSED,), obstacles=(samples.TIMEOUT,)
        )
    )
)

CASES: list[tuple[str, RunResult, Gate, int]] = [
    ("all verified", S["verified"], DEFAULT, 0),
    ("refuted", RACE, DEFAULT, 1),
    ("potential", S["potential"], DEFAULT, 1),
    ("unknown", UNKNOWN, DEFAULT, 4),
    ("refuted goes before unknown", BOTH, DEFAULT, 1),
    ("a reachable panic is a warning", S["panic"], DEFAULT, 0),
    ("unless denied", S["panic"], Gate(deny_panic=True), 1),
    ("bounded is not verified", S["bounded"], DEFAULT, 4),
    ("unless accepted", S["bounded"], Gate(accept_bounded=True), 0),
    ("all findings allowed", S["suppressed"], DEFAULT, 0),
    ("one finding allowed, one not", S["suppressed_and_not"], DEFAULT, 1),
    ("allowed, but undecided beyond that", ALLOWED_UNKNOWN, DEFAULT, 4),
    ("refuted without finding is still refuted", samples.run(
        samples.kernel(samples.check(Property.RACE, Verdict.REFUTED))), DEFAULT, 1),
    ("unknown below the gate", UNKNOWN, Gate(FailOn.POTENTIAL), 0),
    ("bounded below the gate", S["bounded"], Gate(FailOn.POTENTIAL), 0),
    ("potential at the gate", S["potential"], Gate(FailOn.POTENTIAL), 1),
    ("potential below the gate", S["potential"], Gate(FailOn.REFUTED), 0),
    ("refuted at the gate", RACE, Gate(FailOn.REFUTED), 1),
    ("no gate", BOTH, Gate(FailOn.NEVER), 0),
    ("no gate does not hide unreadable input", replace(BOTH, errors=error(3)), Gate(FailOn.NEVER), 3),
    ("unreadable before refuted", replace(RACE, errors=error(3)), DEFAULT, 3),
    ("toolchain before unreadable", replace(RACE, errors=error(3, 5)), DEFAULT, 5),
    ("self-check before toolchain", replace(RACE, errors=error(5, 10)), DEFAULT, 10),
    ("internal before all", replace(RACE, errors=error(10, 70, 3)), DEFAULT, 70),
    ("interrupted", replace(RACE, interrupted=True), DEFAULT, 130),
    ("nothing", S["empty"], DEFAULT, 0),
]  # fmt: skip


@pytest.mark.parametrize(("run", "gate", "code"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_exit_code(run: RunResult, gate: Gate, code: int) -> None:
    assert gate.exit_code(run) == code


def test_severity() -> None:
    race = RACE.kernels[0].checks[0]
    assert DEFAULT.severity(race, samples.RACE) is Severity.ERROR
    assert DEFAULT.severity(race, samples.POTENTIAL) is Severity.WARNING
    assert DEFAULT.severity(race, samples.SUPPRESSED) is Severity.NOTE
    panic = next(c for c in S["panic"].kernels[0].checks if c.property is Property.PANIC)
    assert DEFAULT.severity(panic, samples.PANIC) is Severity.WARNING
    assert Gate(deny_panic=True).severity(panic, samples.PANIC) is Severity.ERROR

"""Which findings fail a run: the severity of each, and the exit code of all (docs/cli.md)."""

from __future__ import annotations

from enum import Enum

from cuq.base.records import dataclass
from cuq.checks.result import CheckResult, Finding, Property, RunResult, Verdict


class FailOn(Enum):
    """The mildest verdict that fails a run; each includes those before it."""

    NEVER = "never"
    REFUTED = "refuted"
    POTENTIAL = "potential"
    UNKNOWN = "unknown"


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


OK = 0
VIOLATED = 1
UNDECIDED = 4
INTERRUPTED = 130

_PRECEDENCE = (70, 10, 5, 3, VIOLATED, UNDECIDED, OK)


@dataclass(frozen=True, slots=True)
class Gate:
    """The user's choice of what fails a run. `deny_panic`: reachable panics count like other findings."""

    fail_on: FailOn = FailOn.UNKNOWN
    deny_panic: bool = False
    accept_bounded: bool = False

    def covers(self, prop: Property) -> bool:
        """Whether the verdict of this property can fail the run."""
        return prop is not Property.PANIC or self.deny_panic

    def severity(self, check: CheckResult, finding: Finding) -> Severity:
        """How a finding is shown. This does not depend on `fail_on`: a race is an error, failing or not."""
        if finding.suppressed is not None:
            return Severity.NOTE
        return Severity.ERROR if finding.confirmed and self.covers(check.property) else Severity.WARNING

    def code(self, check: CheckResult) -> int:
        """The exit code that one verdict asks for."""
        if not self.covers(check.property):
            return OK
        match check.verdict:
            case Verdict.VERIFIED:
                fails = check.bounded is not None and not self.accept_bounded
                return UNDECIDED if fails and self.fail_on is FailOn.UNKNOWN else OK
            case Verdict.UNKNOWN:
                return UNDECIDED if self.fail_on is FailOn.UNKNOWN else OK
            case Verdict.REFUTED | Verdict.POTENTIAL:
                # A verdict without findings is never taken for a suppressed one.
                if check.findings and all(finding.suppressed is not None for finding in check.findings):
                    return UNDECIDED if check.obstacles and self.fail_on is FailOn.UNKNOWN else OK
                tolerated = check.verdict is Verdict.POTENTIAL and self.fail_on is FailOn.REFUTED
                return OK if tolerated or self.fail_on is FailOn.NEVER else VIOLATED

    def exit_code(self, run: RunResult) -> int:
        """The exit code of a whole run, by precedence 70 > 10 > 5 > 3 > 1 > 4 > 0; 130 when interrupted."""
        if run.interrupted:
            return INTERRUPTED
        codes = {error.exit_code for error in run.errors}
        codes |= {self.code(check) for kernel in run.kernels for check in kernel.checks}
        return next((code for code in _PRECEDENCE if code in codes), OK)

"""Changes of a kernel that make a refuted property hold: checked for all launches before they are suggested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cuq.checks.fixes.barrier import barrier
from cuq.checks.fixes.early_return import early_return
from cuq.checks.result import CheckResult, Finding, Property, Verdict
from cuq.checks.session import Session

__all__ = ["with_fixes"]


def with_fixes(session: Session, results: Mapping[Property, CheckResult]) -> dict[Property, CheckResult]:
    """The results, of which those that are refuted say what would help."""
    return {prop: _with_fix(session, prop, results) for prop in results}


def _with_fix(session: Session, prop: Property, results: Mapping[Property, CheckResult]) -> CheckResult:
    result = results[prop]
    if result.verdict is not Verdict.REFUTED:
        return result
    match prop:
        case Property.RACE:
            fix = barrier(session, result.findings)
        case Property.BOUNDS | Property.PANIC:
            fix = early_return(session, prop, results)
        case _:
            return result
    if fix is None:
        return result
    return replace(result, findings=tuple(_helped(finding, fix) for finding in result.findings))


def _helped(finding: Finding, fix: str) -> Finding:
    """What is verified stands in the place of what is said of every finding of the kind."""
    return replace(finding, help=(fix,)) if finding.confirmed else finding

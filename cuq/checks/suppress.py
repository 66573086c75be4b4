"""Accepted findings: they stay in the report, and stop counting against the kernel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from cuq.checks.result import Finding, KernelResult
from cuq.contract import Allow


def suppressed(
    kernel: KernelResult,
    allows: Iterable[Allow],
    left_out: Mapping[str, str],
    today: date,
    warnings: Iterable[str] = (),
) -> KernelResult:
    """`kernel` with the findings marked that an allowance covers, or whose check id was left out.

    `left_out`: check id to the flag that leaves it out. An allowance that is past its day covers nothing;
    that, and one that matches nothing, is a warning beside `warnings`. No verdict changes.
    """
    allows = tuple(allows)
    current = [allow for allow in allows if allow.until is None or today <= allow.until]
    found = {finding.code for check in kernel.checks for finding in check.findings}
    ended = [f"`allow({allow.check})` ended on {allow.until}" for allow in allows if allow not in current]
    unused = [f"`allow({allow.check})` matches no finding" for allow in current if allow.check not in found]
    reasons = dict(left_out) | {allow.check: allow.reason for allow in current}

    def mark(finding: Finding) -> Finding:
        return replace(finding, suppressed=reasons.get(finding.code, finding.suppressed))

    checks = tuple(replace(check, findings=tuple(map(mark, check.findings))) for check in kernel.checks)
    return replace(kernel, checks=checks, warnings=(*kernel.warnings, *warnings, *ended, *unused))

"""Fingerprints of findings, from what the accesses look like in the source."""

from __future__ import annotations

import re
from dataclasses import replace

from cuq.base.fingerprint import fingerprint
from cuq.checks.result import Event, Finding, KernelResult
from cuq.report.source import Sources


def identified(kernel: KernelResult, sources: Sources) -> KernelResult:
    """`kernel` with a fingerprint on each finding that has none.

    It is made of the check id, the kernel, and each event's verb and source text. Where there is no
    source, the target stands in, without the numbers of the witness. Findings that look alike are counted.
    """
    seen: dict[str, int] = {}

    def name(finding: Finding) -> Finding:
        if finding.fingerprint:
            return finding
        parts = [f"{event.action} {_text(event, sources)}" for event in finding.events]
        base = fingerprint(finding.code, kernel.name, *parts)
        seen[base] = seen.get(base, 0) + 1
        again = fingerprint(finding.code, kernel.name, *parts, f"#{seen[base]}")
        return replace(finding, fingerprint=base if seen[base] == 1 else again)

    checks = tuple(replace(check, findings=tuple(map(name, check.findings))) for check in kernel.checks)
    return replace(kernel, checks=checks)


def _text(event: Event, sources: Sources) -> str:
    source = sources.text(event.span) if event.span is not None else None
    return source if source is not None else re.sub(r"\d+", "#", event.target or event.obj or "")

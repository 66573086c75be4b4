"""What is said of machine code: findings, and the verdict that they make."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter

from cuq.base.span import Span
from cuq.checks.artefact.operations import Operation
from cuq.checks.result import CheckResult, Finding, Obstacle, Property, Verdict


def verdict(seen: Iterable[Finding | Obstacle], assumptions: tuple[str, ...], since: float) -> CheckResult:
    """Refuted by a finding, else unknown for an obstacle. since: when the check began."""
    findings: list[Finding] = []
    obstacles: list[Obstacle] = []
    for one in seen:
        if isinstance(one, Finding):
            findings.append(one)
        else:
            obstacles.append(one)
    return CheckResult(
        Property.ARTEFACT,
        Verdict.REFUTED if findings else Verdict.UNKNOWN if obstacles else Verdict.VERIFIED,
        assumptions,
        findings=tuple(findings),
        obstacles=tuple(obstacles),
        time_ms=round((perf_counter() - since) * 1000, 3),
    )


def weaker(asked: Operation, found: Operation, note: str) -> Finding:
    return finding(
        "CUQ-A001",
        "ordering weaker in the PTX than in the source",
        f"the compiler made `{text(found)}` of {_article(text(asked))}",
        asked.span,
        note,
        "use a compare-and-swap, which keeps its ordering, or fences around a relaxed operation",
    )


def not_shared(name: str, space: str, span: Span | None, note: str) -> Finding:
    return finding(
        "CUQ-A002",
        "shared memory in another state space",
        f"`{name}` is in `.{space}` memory, where all blocks share it",
        span,
        note,
        "use a back end, or a device API, that knows shared memory",
    )


def finding(code: str, title: str, message: str, span: Span | None, note: str, help: str) -> Finding:
    return Finding(code, title, message, (), None, True, span=span, notes=(note,), help=(help,))


def text(operation: Operation) -> str:
    return f"{operation.kind} {operation.order}.{operation.scope}"


def _article(text: str) -> str:
    return f"{'an' if text[0] in 'aeiou' else 'a'} `{text}`"

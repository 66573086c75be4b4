"""What is said of machine code: findings, and the verdict that they make."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter

from cuq.base.span import Span
from cuq.checks.artefact.by_place import Astray, How, Lost, TooMany, Unfollowed
from cuq.checks.artefact.compare import alike
from cuq.checks.artefact.copies import Copied
from cuq.checks.artefact.intervals import Moved
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


def apart(one: Astray | Unfollowed | Copied | Moved | Lost | TooMany, kernel: Span | None) -> Obstacle:
    """Operations that do not stand in the PTX as they stand in the source."""
    match one:
        case TooMany():
            return Obstacle("the PTX has too many sequences of operations", kernel)
        case Unfollowed(after=after, then=then):
            what = f"no {_named(then)}" if then is not None else "no end of the thread"
            where = f"behind {_named(after)}" if after is not None else "at first"
            reason = f"the PTX has {what} {where} on a way where the source may have it"
            return Obstacle(
                reason, then.span if then is not None else after.span if after is not None else kernel
            )
        case Copied(asked=asked, copies=(a, b), branch=branch):
            reason = (
                f"the PTX has two copies of the barrier ({a.span}, {b.span}), and threads of a warp that part at {branch} "
                "may wait at different ones"
            )
            return Obstacle(reason, asked.span, _NO_COPIES)
        case Moved(write=write, obj=obj, place=place, behind=behind):
            what = f"{'a write to' if write else 'a read of'} `{obj}` ({place})"
            since = f"behind the barrier ({behind.span})" if behind is not None else "before any barrier"
            reason = f"the PTX has {what} {since}, where the source has none before the next barrier"
            return Obstacle(reason, kernel)
        case Lost(obj=obj, behind=behind):
            since = "before any barrier" if behind is None else "behind this barrier and before the next one"
            reason = f"the PTX has no write to `{obj}` {since}, where the source has one"
            return Obstacle(reason, behind.span if behind is not None else kernel)
        case Astray(how=how, found=found, place=place, expected=expected, later=later):
            first = expected[0].span if expected else kernel
            due = " or ".join(dict.fromkeys(_named(asked) for asked in expected))
            here = f"{_named(found)} ({place})" if found is not None else f"the end of the thread ({place})"
            there = ", ".join(str(op.span) for op in later if any(alike(op, x) for x in expected))
            reasons = {
                How.MOVED: f"in the PTX, {here} stands before {due} ({there}), which the source has first",
                How.MISSING: f"the PTX has no {due} before {here}",
                How.REPEATED: f"the PTX has {here} once more than the source",
                How.ADDED: f"the PTX has {here}, which the source does not have",
                How.UNORDERED: f"in the PTX, nothing orders what is at {place} after {due} as the source asks",
                How.WEAKER: f"in the PTX, {here} may stand for {due}, and is weaker",
            }
            return Obstacle(reasons[how], first)


def _named(operation: Operation) -> str:
    where = f" of `{'`, `'.join(sorted(operation.targets))}`" if operation.targets else ""
    return f"`{text(operation)}`{where}"


_NO_COPIES = "compile with -Zmir-enable-passes=-JumpThreading, or with rustc 1.97 or later"
"""rust-lang/rust#137086"""


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

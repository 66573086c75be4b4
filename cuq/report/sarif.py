"""SARIF 2.1.0 (OASIS): findings as `fail`, what is proved as `pass`, what is undecided as `open`.

One thread flow for each GPU thread; `executionOrder` is the order of the schedule that shows the finding.
Every result has a location, and kinds other than `fail` have the level `none` (§3.27.10).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from cuq.base.span import Span
from cuq.checks.catalogue import BY_CODE, CATALOGUE, Check, codes_of
from cuq.checks.result import (
    CheckResult,
    Event,
    Finding,
    KernelResult,
    RunError,
    RunResult,
    ThreadId,
    Verdict,
)
from cuq.report import words
from cuq.report.checkdocs import page
from cuq.report.formats import Context
from cuq.report.gate import Gate, Severity
from cuq.report.source import LIBRARY, Sources

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "cuqFinding/v1"

_ROOT = "%SRCROOT%"
_LIBRARY = "%RUSTLIB%"
_INDEX = {check.code: index for index, check in enumerate(CATALOGUE)}

Json = dict[str, object]


def render(run: RunResult, context: Context) -> str:
    """The run as one SARIF log."""
    return json.dumps(log(run, context), ensure_ascii=False, indent=2) + "\n"


def log(run: RunResult, context: Context) -> Json:
    results = [
        r for kernel in run.kernels for check in kernel.checks for r in _results(kernel, check, context)
    ]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(run, context.gate)},
                "automationDetails": {"id": "cuq/"},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {
                    _ROOT: {"uri": _folder_uri(context.sources.root)},
                    _LIBRARY: {"description": {"text": "The library sources of the Rust toolchain."}},
                },
                "invocations": [_invocation(run, context)],
                "results": results,
            }
        ],
    }


def _driver(run: RunResult, gate: Gate) -> Json:
    tool = dict(run.tool)
    return {
        "name": "cuq",
        "version": tool["version"],
        "semanticVersion": tool["version"],
        "rules": [_rule(check, gate) for check in CATALOGUE],
        "properties": {"tools": tool},
    }


def _rule(check: Check, gate: Gate) -> Json:
    name = "".join(word.capitalize() for word in re.findall(r"\w+", check.title))
    return {
        "id": check.code,
        "name": name,
        "shortDescription": {"text": f"{check.title[0].upper()}{check.title[1:]}."},
        "fullDescription": {"text": " ".join(check.meaning.split())},
        "help": {"text": page(check), "markdown": page(check)},
        "defaultConfiguration": {"level": "error" if gate.covers(check.property) else "warning"},
        "properties": {"tags": ["gpu", check.property.value], "precision": "very-high"},
    }


def _results(kernel: KernelResult, check: CheckResult, context: Context) -> Iterable[Json]:
    """What there is to say about one property: its findings, and whether it holds or is open."""
    for finding in check.findings:
        yield _failed(kernel, check, finding, context)
    match check.verdict:
        case Verdict.VERIFIED:
            proved = check.bounded is None or context.gate.accept_bounded
            text = f"Kernel `{kernel.name}`: {words.PROVED[check.property]}, {words.verdict(check)}."
            for code in codes_of(check.property):
                yield _held(kernel, check, code, "pass" if proved else "open", text, context)
        case Verdict.UNKNOWN:
            reasons = "; ".join(
                f"{obstacle.reason} ({context.sources.place(obstacle.span)})"
                if obstacle.span
                else obstacle.reason
                for obstacle in check.obstacles
            )
            text = f"Kernel `{kernel.name}`: {check.property.value} is undecided: {reasons}."
            yield _held(kernel, check, codes_of(check.property)[0], "open", text, context)
        case Verdict.REFUTED | Verdict.POTENTIAL:
            return


def _held(
    kernel: KernelResult, check: CheckResult, code: str, kind: str, text: str, context: Context
) -> Json:
    span = next((obstacle.span for obstacle in check.obstacles if obstacle.span), kernel.span)
    return {
        "ruleId": code,
        "ruleIndex": _INDEX[code],
        "kind": kind,
        "level": "none",
        "message": {"text": text},
        "locations": [_location(span or Span.at(kernel.file, 1), kernel, context.sources)],
        "properties": _properties(kernel, check),
    }


def _failed(kernel: KernelResult, check: CheckResult, finding: Finding, context: Context) -> Json:
    severity = context.gate.severity(check, finding)
    spans = [event.span for event in finding.events if event.span]
    span = finding.span or next(iter(spans), kernel.span) or Span.at(kernel.file, 1)
    result: Json = {
        "ruleId": finding.code,
        "kind": "fail",
        "level": "warning" if severity is Severity.NOTE else severity.value,
        "message": {"text": _message(finding)},
        "locations": [_location(span, kernel, context.sources)],
        "properties": _properties(kernel, check)
        | {"confirmed": finding.confirmed, "notes": list(finding.notes), "help": list(finding.help)},
    }
    if finding.code in BY_CODE:
        result["ruleIndex"] = _INDEX[finding.code]
    if finding.fingerprint:
        result["partialFingerprints"] = {FINGERPRINT: finding.fingerprint}
    if spans:
        result["relatedLocations"] = [
            _physical(event.span, context.sources)
            | {"id": number, "message": {"text": words.event(event, finding.launch)}}
            for number, event in enumerate(finding.events, start=1)
            if event.span
        ]
        result["codeFlows"] = [_code_flow(finding, context.sources)]
    if finding.suppressed is not None:
        kind = "external" if finding.suppressed.startswith("--") else "inSource"
        result["suppressions"] = [{"kind": kind, "justification": finding.suppressed}]
    return result


def _message(finding: Finding) -> str:
    sentences = [words.headline(finding), *(words.event(event, finding.launch) for event in finding.events)]
    if finding.interval:
        sentences.append(f"phase: {finding.interval}")
    if finding.launch:
        sentences.append(f"launch: {words.launch_line(finding.launch)}")
    return ". ".join([*sentences, f"status: {words.status(finding)}"]) + "."


def _code_flow(finding: Finding, sources: Sources) -> Json:
    """One thread flow for each GPU thread, the events of all in one order."""
    flows: dict[ThreadId, list[Json]] = {}
    for order, event in enumerate(finding.events, start=1):
        if event.span is not None:
            text = words.event(event, finding.launch)
            step: Json = {
                "location": _physical(event.span, sources) | {"message": {"text": text}},
                "executionOrder": order,
                "importance": "essential",
            }
            if event.chain:
                step["stack"] = _stack(event, event.span, sources)
            if event.parts:
                step["state"] = {part.text: {"text": str(part.value)} for part in event.parts}
            flows.setdefault(event.thread, []).append(step)
    return {
        "message": {"text": words.headline(finding)},
        "threadFlows": [
            {
                "id": f"block {words.coord(thread.block)} thread {words.coord(thread.thread)}",
                "locations": steps,
            }
            for thread, steps in flows.items()
        ],
    }


def _stack(event: Event, span: Span, sources: Sources) -> Json:
    """The calls that were inlined into the user's line, the innermost first."""
    return {"frames": [{"location": _physical(place, sources)} for place in (*event.chain, span)]}


def _location(span: Span, kernel: KernelResult, sources: Sources) -> Json:
    return _physical(span, sources) | {"logicalLocations": [{"name": kernel.name, "kind": "function"}]}


def _physical(span: Span, sources: Sources) -> Json:
    region: Json = {"startLine": span.line, "startColumn": span.column, "endLine": span.end_line}
    region["endColumn"] = span.end_column
    text = sources.text(span)
    if text is not None and span.line == span.end_line:
        region["snippet"] = {"text": text}
    return {"physicalLocation": {"artifactLocation": _artifact(span.file, sources), "region": region}}


def _artifact(file: str, sources: Sources) -> Json:
    if file.startswith(LIBRARY):
        return {"uri": quote(file.removeprefix(LIBRARY)), "uriBaseId": _LIBRARY}
    shown = sources.path(file)
    if Path(shown).is_absolute():
        return {"uri": Path(shown).as_uri()}
    return {"uri": quote(shown), "uriBaseId": _ROOT}


def _folder_uri(folder: Path) -> str:
    uri = folder.absolute().as_uri()
    return uri if uri.endswith("/") else f"{uri}/"


def _properties(kernel: KernelResult, check: CheckResult) -> Json:
    return {
        "kernel": kernel.name,
        "property": check.property.value,
        "verdict": words.verdict(check),
        "contract": list(kernel.contract),
        "assumptions": list(check.assumptions),
        "conditions": list(check.conditions),
    }


def _invocation(run: RunResult, context: Context) -> Json:
    return {
        "executionSuccessful": not run.errors and not run.interrupted,
        "exitCode": context.gate.exit_code(run),
        "workingDirectory": {"uri": _folder_uri(context.sources.root)},
        "toolExecutionNotifications": _notifications(run.errors, context.sources),
    }


def _notifications(errors: Sequence[RunError], sources: Sources) -> list[Json]:
    found = []
    for error in errors:
        text = f"{error.message}\n{error.help}" if error.help else error.message
        notification: Json = {"level": "error", "message": {"text": text}}
        if error.span is not None:
            notification["locations"] = [_physical(error.span, sources)]
        found.append(notification)
    return found

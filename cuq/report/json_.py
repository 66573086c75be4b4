"""The machine format `cuq-result/1` (schema: `schema/cuq-result-1.schema.json`).

Within the major version fields are only added.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import cast

from cuq.base.span import Span
from cuq.checks.result import (
    Certificate,
    CheckResult,
    Event,
    Finding,
    KernelResult,
    Launch,
    Obstacle,
    RunError,
    RunResult,
    ThreadId,
)
from cuq.report.formats import Context

SCHEMA_ID = "cuq-result/1"

Json = dict[str, object]


def render(run: RunResult, context: Context) -> str:
    """The results as one JSON document. Numbers of a witness are exact integers of any size."""
    return json.dumps(document(run, context), ensure_ascii=False, indent=2) + "\n"


def schema() -> Json:
    """The JSON Schema (2020-12) of the format, as shipped with the package."""
    text = resources.files("cuq.report").joinpath("schema/cuq-result-1.schema.json").read_text("utf-8")
    return cast(Json, json.loads(text))


def document(run: RunResult, context: Context) -> Json:
    return {
        "schema": SCHEMA_ID,
        "tool": dict(run.tool),
        "kernels": [_kernel(kernel) for kernel in run.kernels],
        "errors": [_error(error) for error in run.errors],
        "exit_code": context.gate.exit_code(run),
        "interrupted": run.interrupted,
        "timings_ms": {stage: round(time, 3) for stage, time in run.timings_ms},
    }


def _kernel(kernel: KernelResult) -> Json:
    return {
        "name": kernel.name,
        "file": kernel.file,
        "span": _span(kernel.span),
        "contract": {"directives": list(kernel.contract)},
        "checks": [_check(check) for check in kernel.checks],
        "warnings": list(kernel.warnings),
    }


def _check(check: CheckResult) -> Json:
    return {
        "property": check.property.value,
        "verdict": check.verdict.value,
        "bounded": check.bounded,
        "assumptions": list(check.assumptions),
        "conditions": list(check.conditions),
        "findings": [finding_object(finding) for finding in check.findings],
        "obstacles": [_obstacle(obstacle) for obstacle in check.obstacles],
        "queries": check.queries,
        "time_ms": round(check.time_ms, 3),
        **({"certified": _certificate(check.certificate)} if check.certificate else {}),
    }


def _certificate(certificate: Certificate) -> Json:
    return {
        "level": certificate.level,
        "reason": certificate.reason or None,
        "claims": list(certificate.claims),
        "time_ms": round(certificate.time_ms, 3),
    }


def finding_object(finding: Finding) -> Json:
    return {
        "code": finding.code,
        "title": finding.title,
        "message": finding.message,
        "confirmed": finding.confirmed,
        "fingerprint": finding.fingerprint,
        "suppressed": finding.suppressed,
        "span": _span(finding.span),
        "events": [_event(event) for event in finding.events],
        "interval": finding.interval,
        "launch": _launch(finding.launch) if finding.launch else None,
        "notes": list(finding.notes),
        "help": list(finding.help),
        "unknowns": list(finding.unknowns),
    }


def _event(event: Event) -> Json:
    return {
        "thread": _thread(event.thread),
        "action": event.action,
        "span": _span(event.span),
        "chain": [_span(span) for span in event.chain],
        "target": event.target,
        "object": event.obj,
        "offset": event.offset,
        "width": event.width,
        "value": event.value,
        "parts": [{"text": part.text, "value": part.value} for part in event.parts],
    }


def _thread(thread: ThreadId) -> Json:
    return {"thread": list(thread.thread), "block": list(thread.block)}


def _launch(launch: Launch) -> Json:
    return {
        "block": list(launch.block),
        "grid": list(launch.grid),
        "params": dict(launch.params),
        "memory": {
            name: [{"offset": offset, "width": width, "value": value} for offset, width, value in cells]
            for name, cells in launch.memory
        },
        "dynamic_shared": launch.dynamic_shared,
    }


def _obstacle(obstacle: Obstacle) -> Json:
    return {"reason": obstacle.reason, "span": _span(obstacle.span), "help": obstacle.help}


def _error(error: RunError) -> Json:
    return {
        "message": error.message,
        "exit_code": error.exit_code,
        "span": _span(error.span),
        "help": error.help,
    }


def _span(span: Span | None) -> Json | None:
    if span is None:
        return None
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }

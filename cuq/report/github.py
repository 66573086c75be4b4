"""Annotations of a GitHub workflow run, and the table for its summary page.

Workflow commands are lines `::level key=value,…::message`; `%`, CR and LF are escaped in the message, in
values `:` and `,` as well. GitHub keeps at most ten annotations of a level for a step, so the rest is
counted in one line.
"""

from __future__ import annotations

from cuq.base.span import Span
from cuq.checks.result import CheckResult, Finding, KernelResult, Property, RunResult, Verdict
from cuq.report import words
from cuq.report.formats import Context

LIMIT = 10

_SIGNS = {Verdict.VERIFIED: "✅", Verdict.REFUTED: "❌", Verdict.POTENTIAL: "⚠️", Verdict.UNKNOWN: "❔"}


def render(run: RunResult, context: Context) -> str:
    """The annotations, the most severe first, each level cut to what GitHub keeps."""
    lines: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    for error in run.errors:
        text = f"{error.message}\n{error.help}" if error.help else error.message
        lines["error"].append(_command("error", "cuq", text, error.span, context))
    for kernel in run.kernels:
        for check in kernel.checks:
            for finding in check.findings:
                level = (
                    "notice"
                    if finding.suppressed is not None
                    else context.gate.severity(check, finding).value
                )
                lines[level].append(
                    _command(level, finding.code, _text(finding), _span(kernel, finding), context)
                )
            for obstacle in check.obstacles:
                text = f"{check.property.value} of kernel `{kernel.name}` is undecided: {obstacle.reason}"
                span = obstacle.span or kernel.span
                lines["warning"].append(_command("warning", "cuq: unknown", text, span, context))
    out = []
    for level, commands in lines.items():
        kept = commands if len(commands) <= LIMIT else commands[: LIMIT - 1]
        out += kept
        if len(kept) < len(commands):
            rest = len(commands) - len(kept)
            out.append(f"::{level} title=cuq::and {rest} more of this level: see the log or the SARIF report")
    return "".join(f"{line}\n" for line in out)


def summary(run: RunResult, context: Context) -> str:
    """The Markdown table for `$GITHUB_STEP_SUMMARY`: a row for each kernel, a column for each property."""
    out = ["### cuq", ""]
    decided = {check.property for kernel in run.kernels for check in kernel.checks}
    columns = [prop for prop in Property if prop.is_of_source or prop in decided]
    out += ["| kernel | " + " | ".join(prop.value for prop in columns) + " |"]
    out += ["|---" * (len(columns) + 1) + "|"]
    for kernel in run.kernels:
        verdicts = {check.property: check for check in kernel.checks}
        cells = [_cell(verdicts.get(prop)) for prop in columns]
        out.append(f"| `{kernel.name}` ({_cell_text(kernel.file)}) | " + " | ".join(cells) + " |")
    out += ["", *(f"- **error**: {_cell_text(error.message)}" for error in run.errors)]
    findings = [
        f"- **{finding.code}** {_cell_text(words.headline(finding))}, kernel `{kernel.name}`"
        + (f": {context.sources.place(span)}" if (span := _span(kernel, finding)) else "")
        + (f" (allowed: {_cell_text(finding.suppressed)})" if finding.suppressed is not None else "")
        for kernel in run.kernels
        for check in kernel.checks
        for finding in check.findings
    ]
    return "\n".join([*out, *findings]).rstrip() + "\n"


def _text(finding: Finding) -> str:
    lines = [words.headline(finding), *(words.event(event, finding.launch) for event in finding.events)]
    if finding.launch:
        lines.append(f"launch: {words.launch_line(finding.launch)}")
    lines += [f"status: {words.status(finding)}", *(f"help: {text}" for text in finding.help)]
    return "\n".join(lines + ([f"allowed: {finding.suppressed}"] if finding.suppressed is not None else []))


def _span(kernel: KernelResult, finding: Finding) -> Span | None:
    return finding.span or next((event.span for event in finding.events if event.span), kernel.span)


def _command(level: str, title: str, text: str, span: Span | None, context: Context) -> str:
    fields = []
    if span is not None:
        fields += [f"file={_value(context.sources.path(span.file))}", f"line={span.line}"]
        fields += [f"endLine={span.end_line}", f"col={span.column}"]
        fields += [f"endColumn={span.end_column}"] if span.line == span.end_line else []
    return f"::{level} {','.join([*fields, f'title={_value(title)}'])}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _cell(check: CheckResult | None) -> str:
    return f"{_SIGNS[check.verdict]} {_cell_text(words.verdict(check))}" if check else ""


def _cell_text(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())

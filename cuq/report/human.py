"""The report for people: one diagnostic for each finding, then what holds of each kernel."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from cuq.checks.assumptions import short_meaning
from cuq.checks.result import CheckResult, Finding, KernelResult, Obstacle, RunError, RunResult, Verdict
from cuq.report import words
from cuq.report.formats import Context
from cuq.report.gate import Gate, Severity
from cuq.report.snippet import Label
from cuq.report.snippet import render as render_labels
from cuq.report.style import Paint
from cuq.report.timings import table

_MIN_WIDTH = 40
_SEVERITY_PAINT = {Severity.ERROR: Paint.ERROR, Severity.WARNING: Paint.WARNING, Severity.NOTE: Paint.NOTE}
_VERDICT_PAINT = {
    Verdict.VERIFIED: Paint.GOOD,
    Verdict.REFUTED: Paint.ERROR,
    Verdict.POTENTIAL: Paint.WARNING,
    Verdict.UNKNOWN: Paint.WARNING,
}
_WORST_FIRST = (Verdict.REFUTED, Verdict.POTENTIAL, Verdict.UNKNOWN, Verdict.VERIFIED)


def render(run: RunResult, context: Context) -> str:
    """All errors, then the kernels in input order, then a line that counts. `quiet` leaves out what holds."""
    blocks = [_error(error, context) for error in run.errors]
    for kernel in run.kernels:
        blocks += _kernel(kernel, context)
    if run.interrupted:
        blocks.append([context.style.paint("interrupted: these results are partial", Paint.WARNING)])
    if context.timings:
        blocks.append(table(run))
    blocks.append([_summary(run, context)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def error_text(error: RunError, context: Context) -> str:
    """One error as it stands in a report: message, place in the source, help."""
    return "\n".join(_error(error, context))


def _kernel(kernel: KernelResult, context: Context) -> Iterable[list[str]]:
    for check in kernel.checks:
        for finding in check.findings:
            yield finding_lines(kernel, check, finding, context)
    # One obstacle usually stands in the way of several properties.
    obstacles = dict.fromkeys(obstacle for check in kernel.checks for obstacle in check.obstacles)
    for obstacle in obstacles:
        stopped = [check.property.value for check in kernel.checks if obstacle in check.obstacles]
        yield _obstacle(kernel, obstacle, stopped, context)
    if not context.quiet:
        yield _verdicts(kernel, context)


def finding_lines(kernel: KernelResult, check: CheckResult, finding: Finding, context: Context) -> list[str]:
    """One diagnostic in the shape of rustc's."""
    severity = context.gate.severity(check, finding)
    if finding.suppressed is not None:
        place = f" at {context.sources.place(finding.span)}" if finding.span else ""
        head = context.style.paint(f"allowed[{finding.code}]", Paint.NOTE)
        return [
            f"{head}: {words.headline(finding)}{place}",
            *_facts([("reason", finding.suppressed)], context),
        ]
    head = context.style.paint(f"{severity.value}[{finding.code}]", _SEVERITY_PAINT[severity])
    out = [f"{head}{context.style.paint(f': {words.headline(finding)}', Paint.BOLD)}"]
    labels = _labels(finding)
    if labels:
        out += [*render_labels(labels, context.sources, context.style), " " * _gutter(labels) + " |"]
    facts = [("kernel", f"`{kernel.name}`")]
    facts += [
        ("thread", words.event(event, finding.launch)) for event in finding.events if event.span is None
    ]
    for event in finding.events:
        if event.chain:
            who = words.thread(event.thread, finding.launch)
            facts.append(("inlined", f"{who} at {words.inlined(event.chain, context.sources)}"))
    if finding.interval:
        facts.append(("phase", finding.interval))
    if finding.launch:
        facts.append(("launch", words.launch_line(finding.launch)))
        if memory := words.memory_line(finding.launch):
            facts.append(("memory", memory))
    facts.append(("status", words.status(finding)))
    facts += [("note", note) for note in finding.notes]
    facts += [("help", text) for text in finding.help]
    identity = f"      id: {finding.fingerprint[:8]}" if finding.fingerprint else ""
    facts.append(("explain", f"cuq explain {finding.code}{identity}"))
    return out + _facts(dict.fromkeys(facts), context, _gutter(labels))


def _labels(finding: Finding) -> list[Label]:
    labels = [
        Label(event.span, words.event(event, finding.launch))
        for event in finding.events
        if event.span is not None
    ]
    if not labels and finding.span is not None:
        labels.append(Label(finding.span, "here"))
    return labels


def _obstacle(kernel: KernelResult, obstacle: Obstacle, stopped: list[str], context: Context) -> list[str]:
    head = context.style.paint("unknown", Paint.WARNING)
    out = [f"{head}{context.style.paint(f': kernel `{kernel.name}`: {obstacle.reason}', Paint.BOLD)}"]
    labels = [Label(obstacle.span, "this stands in the way")] if obstacle.span else []
    if labels:
        out += [*render_labels(labels, context.sources, context.style), " " * _gutter(labels) + " |"]
    facts = [("undecided", ", ".join(stopped))]
    if obstacle.help:
        facts.append(("help", obstacle.help))
    return out + _facts(facts, context, _gutter(labels))


def _verdicts(kernel: KernelResult, context: Context) -> list[str]:
    """What was decided of a kernel: by verdict, then the launches it speaks of, then what it rests on."""
    out = [f"{_kernel_head(kernel, context.gate, context)}"]
    if kernel.span:
        out.append(f"  {context.style.paint('-->', Paint.FRAME)} {context.sources.place(kernel.span)}")
    facts = []
    for check in kernel.checks:
        if check.verdict is Verdict.VERIFIED and check.bounded:
            facts.append((words.verdict(check), words.PROVED[check.property]))
    for verdict in reversed(_WORST_FIRST):
        of = [
            c
            for c in kernel.checks
            if c.verdict is verdict and not (c.bounded and verdict is Verdict.VERIFIED)
        ]
        names = [words.PROVED[c.property] if verdict is Verdict.VERIFIED else c.property.value for c in of]
        if names:
            facts.append(("proved" if verdict is Verdict.VERIFIED else verdict.value, ", ".join(names)))
    facts += _certificates(kernel)
    launches = "; ".join(kernel.contract) if kernel.contract else "all that the hardware allows (no contract)"
    facts.append(("launches", launches))
    for check in kernel.checks:
        for text in check.conditions:
            facts.append(("condition", f"{words.PROVED[check.property]} if {text}"))
    if (line := words.contract_line(kernel)) is not None:
        facts.append(("help", f"if the launches are meant so, say it: {line}"))
    for name in dict.fromkeys(name for check in kernel.checks for name in check.assumptions):
        meaning = short_meaning(name)
        facts.append(("assumes", f"{name}: {meaning}" if meaning else name))
    facts += [("warning", warning) for warning in kernel.warnings]
    queries = sum(check.queries for check in kernel.checks)
    time = sum(check.time_ms for check in kernel.checks)
    facts.append(("effort", f"{words.plural(queries, 'query', 'queries')}, {words.duration(time)}"))
    return out + _facts(facts, context)


def _kernel_head(kernel: KernelResult, gate: Gate, context: Context) -> str:
    """`verified: kernel k`. A verdict that cannot fail the run is named, but does not set the word."""
    present = {check.verdict for check in kernel.checks if gate.covers(check.property)}
    word = next((verdict for verdict in _WORST_FIRST if verdict in present), Verdict.UNKNOWN)
    bounds = [check.bounded for check in kernel.checks if check.bounded and check.verdict is Verdict.VERIFIED]
    text = word.value
    if word is Verdict.VERIFIED:
        aside = ["bounded"] if bounds else []
        aside += [
            f"{check.property.value} {check.verdict.value}"
            for check in kernel.checks
            if check.verdict is not Verdict.VERIFIED
        ]
        text += f" ({', '.join(aside)})" if aside else ""
    return f"{context.style.paint(text, _VERDICT_PAINT[word])}: kernel `{kernel.name}`"


def _error(error: RunError, context: Context) -> list[str]:
    head = context.style.paint("error", Paint.ERROR)
    first, *rest = error.message.split("\n")
    out = [f"{head}{context.style.paint(f': {first}', Paint.BOLD)}", *rest]
    labels = [Label(error.span, "")] if error.span else []
    if labels:
        out += render_labels(labels, context.sources, context.style)
    return out + (_facts([("help", error.help)], context, _gutter(labels)) if error.help else [])


def _summary(run: RunResult, context: Context) -> str:
    checks = [check for kernel in run.kernels for check in kernel.checks]
    counts = []
    bounded = [check for check in checks if check.verdict is Verdict.VERIFIED and check.bounded]
    for verdict in reversed(_WORST_FIRST):
        number = sum(check.verdict is verdict and check not in bounded for check in checks)
        if number or verdict is Verdict.VERIFIED:
            counts.append(context.style.paint(f"{number} {verdict.value}", _VERDICT_PAINT[verdict]))
    if bounded:
        counts.append(context.style.paint(f"{len(bounded)} bounded", Paint.WARNING))
    suppressed = sum(finding.suppressed is not None for check in checks for finding in check.findings)
    if suppressed:
        counts.append(f"{words.plural(suppressed, 'finding')} suppressed")
    if run.errors:
        counts.append(context.style.paint(words.plural(len(run.errors), "error"), Paint.ERROR))
    total = dict(run.timings_ms).get("total")
    time = f", {words.duration(total)}" if total is not None else ""
    things = f"{words.plural(len(run.kernels), 'kernel')}, {words.plural(len(checks), 'verdict')}"
    return f"{things}: {', '.join(counts)}{time}"


def _gutter(labels: list[Label]) -> int:
    return len(str(max((label.span.line for label in labels), default=1)))


def _certificates(kernel: KernelResult) -> Iterator[tuple[str, str]]:
    """What Coq has checked of the verdicts, and what not."""
    for check in kernel.checks:
        certificate = check.certificate
        if certificate is not None and certificate.level is not None:
            given = f", given {', '.join(certificate.claims)}" if certificate.claims else ""
            about = f"Coq checked a proof about the {certificate.level}{given}"
            yield "certified", f"{words.PROVED[check.property]}: {about}"
        elif certificate is not None:
            yield "not certified", f"{words.PROVED[check.property]}: {certificate.reason}"


def _facts(facts: Iterable[tuple[str, str]], context: Context, gutter: int = 2) -> list[str]:
    """`   = word: text` lines, wrapped to the terminal with the text hanging."""
    out = []
    for word, text in facts:
        lead = f"{' ' * gutter} = {word}: "
        painted = f"{' ' * gutter} {context.style.paint('=', Paint.FRAME)} {context.style.paint(word, Paint.BOLD)}: "
        lines = text.split("\n")
        if context.style.width is not None:
            room = max(context.style.width, _MIN_WIDTH) - len(lead)
            lines = [
                piece for line in lines for piece in textwrap.wrap(line, room, break_on_hyphens=False) or [""]
            ]
        out.append(painted + lines[0])
        out += [" " * len(lead) + line for line in lines[1:]]
    return out

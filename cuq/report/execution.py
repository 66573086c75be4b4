"""What `cuq run` saw, for people and as JSON (`cuq-run/1`)."""

from __future__ import annotations

import json

from cuq.base.records import dataclass
from cuq.checks.result import CheckResult, Coord, Finding, KernelResult
from cuq.report import words
from cuq.report.formats import Context
from cuq.report.human import finding_lines
from cuq.report.json_ import finding_object
from cuq.report.style import Paint

SCHEMA_ID = "cuq-run/1"


@dataclass(frozen=True, slots=True)
class Shown:
    """Final contents of the first elements of an object, in words; None where they are undefined."""

    name: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Execution:
    """The last launch of a run, and what it showed.

    `kernel` holds the findings, by property. `params` are the values as the user would write them,
    `contents` says what memory held at the start. `unfinished`: reasons why not everything ran.
    `launches` counts those that ran, this one included.
    """

    kernel: KernelResult
    block: Coord
    grid: Coord
    params: tuple[tuple[str, str], ...]
    contents: tuple[tuple[str, str], ...]
    schedule: str
    seed: int
    launches: int
    unfinished: tuple[str, ...]
    shown: tuple[Shown, ...]

    @property
    def findings(self) -> list[tuple[CheckResult, Finding]]:
        return [(check, finding) for check in self.kernel.checks for finding in check.findings]

    @property
    def failing(self) -> int:
        """How many findings count: those that no allowance covers."""
        return sum(finding.suppressed is None for _, finding in self.findings)

    @property
    def word(self) -> str:
        """What was seen, in a word."""
        return "found" if self.failing else "unfinished" if self.unfinished else "clean"


_PAINT = {"found": Paint.ERROR, "unfinished": Paint.WARNING, "clean": Paint.GOOD}


def human(run: Execution, context: Context) -> str:
    """Each finding as a diagnostic, then the launch that showed it."""
    blocks = [finding_lines(run.kernel, check, finding, context) for check, finding in run.findings]
    count = f", {words.plural(len(run.findings), 'finding')}" if run.findings else ""
    head = context.style.paint(run.word, _PAINT[run.word])
    out = [f"{head}: kernel `{run.kernel.name}`{count}"]
    if run.kernel.span:
        out.append(f"  {context.style.paint('-->', Paint.FRAME)} {context.sources.place(run.kernel.span)}")
    params = "".join(f", {name} = {value}" for name, value in run.params)
    facts = [("launch", f"block {words.dims(run.block)}, grid {words.dims(run.grid)}{params}")]
    if run.contents:
        facts.append(("memory", ", ".join(f"{name} {what}" for name, what in run.contents)))
    facts.append(
        ("ran", f"{words.plural(run.launches, 'launch', 'launches')}, {run.schedule}, seed {run.seed}")
    )
    facts += [("unfinished", reason) for reason in run.unfinished]
    facts += [
        (item.name, ", ".join("undefined" if value is None else value for value in item.values))
        for item in run.shown
    ]
    if run.word == "clean":
        facts.append(("note", "this says nothing of other launches; `cuq check` speaks of all"))
    blocks.append(
        out + [f"   {context.style.paint('=', Paint.FRAME)} {word}: {text}" for word, text in facts]
    )
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def as_json(run: Execution, exit_code: int) -> str:
    document = {
        "schema": SCHEMA_ID,
        "kernel": run.kernel.name,
        "file": run.kernel.file,
        "result": run.word,
        "launch": {
            "block": list(run.block),
            "grid": list(run.grid),
            "params": dict(run.params),
            "memory": dict(run.contents),
        },
        "schedule": run.schedule,
        "seed": run.seed,
        "launches": run.launches,
        "findings": [
            {"property": check.property.value, **finding_object(finding)} for check, finding in run.findings
        ],
        "unfinished": list(run.unfinished),
        "shown": {item.name: list(item.values) for item in run.shown},
        "exit_code": exit_code,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

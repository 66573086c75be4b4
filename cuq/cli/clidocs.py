"""docs/cli.md, from the commands themselves: `python -m cuq.cli.clidocs [FILE]` writes it."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import click

from cuq.base.files import write_atomic
from cuq.cli.grouped import GroupedOption
from cuq.cli.main import COMMANDS

_INTRODUCTION = """\
# The command line

Written by `python -m cuq.cli.clidocs` from the commands themselves; `cuq COMMAND --help` says the same.

"""

EXIT_CODES = """\
## Exit codes

The same for every command and every format.

| code | meaning |
|---|---|
| 0 | every selected property is verified, or what was found is allowed or below the gate |
| 1 | something is refuted or potential, and the gate asks for failure |
| 2 | usage: a bad flag, an unknown name, a bad `cuq.toml`, a contract that no launch satisfies, no kernel found |
| 3 | input that cannot be read: a file, rustc refused the source, MIR that does not parse |
| 4 | nothing is refuted, but something is unknown (or verified within a bound only) |
| 5 | a tool is missing or unfit; the message has the command that fixes it, and `cuq doctor` looks at all |
| 10 | a self-check failed: replay contradicts the solver, or Coq refuses a generated proof. Please report it |
| 70 | internal error; the traceback is in a file whose path is printed. Please report it |
| 130 | interrupted: the report holds what was found so far |

When several apply, the first of 70, 10, 5, 3, 1, 4, 0 is taken. 2 means that nothing was checked.

`--fail-on` moves the gate for 1 and 4: with `potential`, what is unknown no longer fails; with `refuted`, nothing
potential either; with `never`, only errors do. A panic fails the run under `--deny panic` only.

## Formats

| format | for |
|---|---|
| `human` | people; the default for standard output |
| `json` | programs: `cuq-result/1`, whose [JSON Schema](../cuq/report/schema/cuq-result-1.schema.json) is in the package. Nothing else goes to standard output |
| `sarif` | code scanning and SARIF viewers: version 2.1.0, a thread flow for each GPU thread |
| `github` | annotations in a GitHub workflow, and a table on its summary page ([ci.md](ci.md)) |

Any number of them at once, one of them to standard output: `--format json=result.json --format sarif=out.sarif`.
Files appear whole or not at all.

## Environment

| variable | meaning |
|---|---|
| `CUQ_RUSTC` | the compiler to use, as `--rustc` |
| `CUQ_CACHE_DIR` | where core for the GPU target is kept, and crash reports |
| `NO_COLOR` | no colours, unless `--color always` |
| `GITHUB_STEP_SUMMARY` | the file that `--format github` adds its table to |
"""


def page() -> str:
    sections = [_command(name, import_module(module).command) for name, (module, _) in COMMANDS.items()]
    return _INTRODUCTION + "\n".join(sections) + "\n" + EXIT_CODES


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"cuq {name}", max_content_width=100)
    usage = command.get_usage(context).removeprefix("Usage: ")
    text = "\n\n".join(_paragraph(part) for part in (command.help or "").split("\n\n"))
    groups: dict[str, list[str]] = {}
    for param in command.params:
        record = param.get_help_record(context) if isinstance(param, click.Option) else None
        if record is not None:
            group = param.group if isinstance(param, GroupedOption) else "Options"
            flag, help = (cell.replace("|", "\\|") for cell in record)
            groups.setdefault(group, []).append(f"| `{flag}` | {help} |")
    tables = "".join(
        f"\n| {group} | |\n|---|---|\n" + "\n".join(rows) + "\n" for group, rows in groups.items()
    )
    return f"## cuq {name}\n\n```\n{usage}\n```\n\n{text}\n{tables}"


def _paragraph(text: str) -> str:
    """Lines are joined, except where the help says to keep them (`\\b`)."""
    if text.startswith("\b\n"):
        return "```\n" + text.removeprefix("\b\n").rstrip() + "\n```"
    return " ".join(text.split())


if __name__ == "__main__":
    write_atomic(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/cli.md"), page())

"""The table of assumptions in docs/verdicts.md: `python -m cuq.report.verdictdocs [FILE]` rewrites it."""

from __future__ import annotations

import sys
from pathlib import Path

from cuq.base.files import write_atomic
from cuq.checks.assumptions import ASSUMPTIONS

_BEGIN = "<!-- assumptions: begin, written by python -m cuq.report.verdictdocs -->\n"
_END = "<!-- assumptions: end -->"


def table() -> str:
    rows = [
        f"| `{a.name}` | {a.short[0].upper()}{a.short[1:]}. {a.meaning} | {a.turn_off} |" for a in ASSUMPTIONS
    ]
    rows.append(
        "| `initial.x=v` | `x` holds `v` when the launch begins, because the contract says so. | "
        "leave `init.x` out of the contract |"
    )
    return "\n".join(["| name | meaning | how to do without |", "|---|---|---|", *rows]) + "\n"


def with_table(page: str) -> str:
    """The page with the table between its marks. Raises ValueError when they are missing."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError("the marks of the table are missing")
    return f"{before}{begin}{table()}{end}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/verdicts.md")
    write_atomic(path, with_table(path.read_text(encoding="utf-8")))

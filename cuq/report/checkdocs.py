"""The pages of docs/checks/, from the catalogue: `python -m cuq.report.checkdocs [FOLDER]` writes them."""

from __future__ import annotations

import sys
from pathlib import Path

from cuq.base.files import write_atomic
from cuq.checks.catalogue import CATALOGUE, Check

_NO_THEOREM = """\
No theorem yet: a `verified` of this property rests on the translation to queries and on the solver
(see soundness.md)."""


def page(check: Check) -> str:
    """One check as a Markdown page, which is also what `cuq explain` prints."""
    theorem = (
        f"`{check.theorem}` in the Coq development (`coq/`)."
        if check.theorem is not None
        else _NO_THEOREM.replace("\n", " ")
    )
    return f"""\
# {check.code}: {check.title}

Property: `{check.property.value}`

{check.meaning}

## Example

Wrong:

```rust
{check.wrong}
```

Right:

```rust
{check.right}
```

## How to fix it

{check.fix}

## How to allow it

{check.suppress}

## What the proof rests on

{theorem}
"""


def index() -> str:
    rows = "".join(
        f"| [{check.code}]({check.code}.md) | {check.property.value} | {check.title} |\n"
        for check in CATALOGUE
    )
    return f"""\
# Checks

Written from the catalogue by `python -m cuq.report.checkdocs`. `cuq explain CODE` prints a page.

| check | property | what it finds |
|---|---|---|
{rows}"""


def pages() -> dict[str, str]:
    """File name to text, for the whole folder."""
    return {"index.md": index()} | {f"{check.code}.md": page(check) for check in CATALOGUE}


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        write_atomic(folder / name, text)


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/checks"))

"""`cuq explain CODE`."""

from __future__ import annotations

import click

from cuq.base.errors import UsageError
from cuq.base.suggest import did_you_mean
from cuq.cli.emit import emit


@click.command()
@click.argument("code")
def command(code: str) -> None:
    """Explain a check: what it means, an example, how to fix or allow it, what it rests on.

    CODE is an id such as CUQ-R001 (`R001` will do).
    """
    from cuq.checks.catalogue import BY_CODE
    from cuq.report.checkdocs import page

    wanted = code.upper()
    found = BY_CODE.get(wanted) or BY_CODE.get(f"CUQ-{wanted}")
    if found is None:
        raise UsageError(f"no check `{code}`", help=did_you_mean(code, BY_CODE))
    emit(page(found))

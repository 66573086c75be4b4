"""Kernels of the fixtures as sessions, from their MIR dumps."""

from __future__ import annotations

from functools import cache

from cuq.base.span import Span
from cuq.checks.options import Options
from cuq.checks.session import Session
from cuq.cli.load import load_dump
from cuq.cli.stopwatch import Stopwatch
from cuq.contract import contract_for, parse_directives
from cuq.ir.module import Kernel
from tests.fixtures.table import ROOT


@cache
def session(name: str) -> Session:
    """The kernel of `rust-fixtures/<name>.mir` under the contract that its source states."""
    path = ROOT / f"{name}.mir"

    def failed(error: object) -> None:
        raise AssertionError(error)

    (loaded,) = load_dump(path, Stopwatch(), failed).kernels
    assert isinstance(loaded.kernel, Kernel)
    source = path.with_suffix(".rs")
    directives = parse_directives(source.read_text(encoding="utf-8"), str(source))
    params = [name for param in loaded.kernel.params for name in (param.name, *param.names)]
    contract = contract_for(
        loaded.names,
        [directives.contracts],
        params=params,
        statics=loaded.statics,
        span=Span.at(str(path), 1),
    )
    return Session(loaded.kernel, contract, Options())

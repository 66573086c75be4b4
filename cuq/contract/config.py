"""Contracts in `cuq.toml`: `[kernel.NAME]` tables with the keys of the directives.

```toml
[kernel.saxpy]
block = [256, 1, 1]
grid = ["_", 1, 1]
requires = "n <= grid.x * block.x"
len.y = "n"
init.lock = 0
may_alias = ["x", "y"]
allow = [{ check = "CUQ-R001", reason = "same value written", until = 2027-01-01 }]
```
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError
from pydantic_core import ErrorDetails

from cuq.base.errors import InputError, UsageError
from cuq.base.span import Span
from cuq.base.suggest import did_you_mean
from cuq.contract.contract import (
    MAX_BLOCK,
    MAX_GRID,
    Allow,
    Contract,
    Initial,
    Length,
    MayAlias,
    Requirement,
    checked_dims,
)
from cuq.contract.parser import parse_condition, parse_int_term

Dimension = StrictInt | Literal["_"]
Expression = StrictInt | str


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AllowTable(_Table):
    """`{ check = "CUQ-R001", reason = "…", until = 2027-01-01 }`."""

    check: Annotated[str, Field(pattern=r"^CUQ-[A-Z]\d{3}$")]
    reason: Annotated[str, Field(min_length=1)]
    until: date | None = None


class KernelTable(_Table):
    """What `[kernel.NAME]` says."""

    block: list[Dimension] | Dimension | None = None
    grid: list[Dimension] | Dimension | None = None
    requires: list[str] | str = []
    len: dict[str, Expression] = {}
    init: dict[str, StrictInt] = {}
    may_alias: list[str] | list[list[str]] = []
    allow: list[AllowTable] = []
    any_launch: StrictBool = False


class Config(_Table):
    """The whole file."""

    kernel: dict[str, KernelTable] = {}
    dialect: dict[str, object] = {}
    """Device APIs, in the form of `cuq.ir.dialects.table`, which reads it."""


def read_config(path: Path) -> tuple[Contract, ...]:
    """The contracts in a `cuq.toml`.

    Raises InputError when the file cannot be read, UsageError at what is not understood.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    try:
        config = Config.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(str(error), span=Span.at(str(path), 1)) from error
    except ValidationError as error:
        raise _usage_error(error.errors()[0], path, text) from error
    return tuple(_contract(name, table, path, text) for name, table in config.kernel.items())


def _contract(name: str, table: KernelTable, path: Path, text: str) -> Contract:
    def at(*keys: str) -> Span:
        return _span(path, text, ("kernel", name, *keys))

    def dims(value: list[Dimension] | Dimension) -> list[int | None]:
        return [None if item == "_" else item for item in (value if isinstance(value, list) else [value])]

    requires = [table.requires] if isinstance(table.requires, str) else table.requires
    groups = [group for group in table.may_alias if isinstance(group, list)]
    flat = [param for param in table.may_alias if isinstance(param, str)]
    return Contract(
        name,
        at(),
        block=None
        if table.block is None
        else checked_dims(dims(table.block), MAX_BLOCK, "block", at("block")),
        grid=None if table.grid is None else checked_dims(dims(table.grid), MAX_GRID, "grid", at("grid")),
        requires=tuple(
            Requirement(parse_condition(condition, span), span)
            for condition in requires
            for span in [_of_text(condition, at("requires"), text)]
        ),
        lengths=tuple(
            Length(param, parse_int_term(str(value), span), span)
            for param, value in table.len.items()
            for span in [_of_text(str(value), at("len", param), text)]
        ),
        initial=tuple(Initial(param, value, at("init", param)) for param, value in table.init.items()),
        may_alias=tuple(
            MayAlias(tuple(group), at("may_alias")) for group in [*groups, *([flat] if flat else [])]
        ),
        allows=tuple(Allow(allow.check, allow.reason, allow.until, at("allow")) for allow in table.allow),
        any_launch=table.any_launch,
    )


def _usage_error(error: ErrorDetails, path: Path, text: str) -> UsageError:
    keys = tuple(str(key) for key in error["loc"])
    where = ".".join(keys)
    if error["type"] == "extra_forbidden":
        known = {1: Config.model_fields, 3: KernelTable.model_fields}.get(len(keys), AllowTable.model_fields)
        help = did_you_mean(keys[-1], known)
        return UsageError(f"unknown key `{where}`", span=_span(path, text, keys), help=help)
    return UsageError(f"`{where}`: {error['msg']}", span=_span(path, text, keys))


def _span(path: Path, text: str, keys: tuple[str, ...]) -> Span:
    """The line of a key, as far as it can be told: the TOML reader keeps no positions."""
    lines = text.splitlines()
    table = ".".join(keys[:2])
    headers = [i for i, line in enumerate(lines) if line.replace(" ", "").replace('"', "") == f"[{table}]"]
    start = headers[0] if headers else 0
    for key in (".".join(keys[2:4]), *keys[2:3], keys[0]):
        for i in range(start, len(lines)):
            if key and re.match(rf"\s*{re.escape(key)}\s*[.=]", lines[i]):
                return Span.at(str(path), i + 1)
    return Span.at(str(path), start + 1)


def _of_text(value: str, line: Span, text: str) -> Span:
    """Where `value` starts on its line, or below it in a list."""
    for number, content in enumerate(text.splitlines()[line.line - 1 :], start=line.line):
        if value in content:
            return Span.at(line.file, number, content.index(value) + 1)
    return line

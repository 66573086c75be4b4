"""What each key of a contract means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from cuq.base.errors import UsageError
from cuq.base.span import Span
from cuq.base.suggest import did_you_mean
from cuq.contract.contract import (
    MAX_BLOCK,
    MAX_GRID,
    Allow,
    Contract,
    Dims,
    Initial,
    Length,
    MayAlias,
    Requirement,
    checked_dims,
)
from cuq.contract.fields import Fields, Item, Value
from cuq.contract.parser import parse_condition, parse_int_term

KEYS = (
    "kernel",
    "block",
    "grid",
    "requires",
    "len.PARAM",
    "init.NAME",
    "may_alias",
    "any_launch",
    "allow(…)",
)

_CHECK_ID = re.compile(r"CUQ-[A-Z]\d{3}")


def apply(contract: Contract, item: Item) -> Contract:
    """The contract with what `item` says. Raises UsageError when it is not understood or contradicts."""
    value, span = item.value, item.span
    key, _, name = item.key.partition(".")
    match key, bool(name):
        case "block", False:
            block = _agreeing(contract.block, _dims(value, MAX_BLOCK, "block"))
            return replace(contract, block=block)
        case "grid", False:
            grid = _agreeing(contract.grid, _dims(value, MAX_GRID, "grid"))
            return replace(contract, grid=grid)
        case "requires", False:
            requirement = Requirement(parse_condition(*value.quoted()), span)
            return replace(contract, requires=(*contract.requires, requirement))
        case "len", True:
            _once(name, (length.param for length in contract.lengths), item)
            length = Length(name, parse_int_term(*value.quoted()), span)
            return replace(contract, lengths=(*contract.lengths, length))
        case "init", True:
            _once(name, (initial.name for initial in contract.initial), item)
            initial = Initial(name, value.integer(), span)
            return replace(contract, initial=(*contract.initial, initial))
        case "may_alias", False:
            params = tuple(element.word() for element in value.elements())
            if len(params) < 2:
                raise UsageError("`may_alias` takes two or more parameters", span=span)
            return replace(contract, may_alias=(*contract.may_alias, MayAlias(params, span)))
        case "any_launch", False:
            return replace(contract, any_launch=value.boolean())
        case "allow", False:
            return replace(contract, allows=(*contract.allows, _allow(value, span)))
        case _:
            raise UsageError(f"unknown key `{item.key}`", span=span, help=did_you_mean(item.key, KEYS))


def _dims(value: Value, limits: tuple[int, int, int], what: str) -> Dims:
    values = [None if element.text == "_" else element.integer() for element in value.elements()]
    return checked_dims(values, limits, what, value.span)


def _agreeing(old: Dims | None, new: Dims) -> Dims:
    if old is not None and old.as_tuple() != new.as_tuple():
        raise UsageError(f"this contradicts line {old.span.line}", span=new.span)
    return old or new


def _once(name: str, known: Iterable[str], item: Item) -> None:
    if name in known:
        raise UsageError(f"`{item.key}` is given twice", span=item.span)


def _allow(value: Value, span: Span) -> Allow:
    name = re.match(r"\s*([\w-]*)", value.text)
    assert name is not None  # every part may be empty
    at = value.span
    check = Value(name[1], replace(at, column=at.column + name.start(1), end_column=at.column + name.end(1)))
    rest = Fields(value.text[name.end() :], replace(at, column=at.column + name.end())).items()
    if not _CHECK_ID.fullmatch(check.text):
        raise UsageError(f"`{check.text}` is no check: they look like CUQ-R001", span=check.span)
    texts: dict[str, str] = {}
    for item in rest:
        if item.key not in {"reason", "until"}:
            help = did_you_mean(item.key, ("reason", "until"))
            raise UsageError(f"unknown key `{item.key}`", span=item.span, help=help)
        _once(item.key, texts, item)
        texts[item.key] = item.value.quoted()[0]
    if not texts.get("reason", "").strip():
        raise UsageError('an allowance needs a reason: `allow(CUQ-…, reason="…")`', span=span)
    try:
        until = date.fromisoformat(texts["until"]) if "until" in texts else None
    except ValueError:
        raise UsageError(f"`{texts['until']}` is not a day: YYYY-MM-DD", span=span) from None
    return Allow(check.text, texts["reason"], until, span)

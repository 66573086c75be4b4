"""Runs the tables of `grammar.json`: a lexer by one regular expression, and an LALR(1) automaton."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cuq.base.records import dataclass


class SyntaxFault(ValueError):
    """The text is not in the grammar; `column` is 0-based."""

    def __init__(self, column: int, found: str) -> None:
        super().__init__(f"unexpected {found!r}" if found else "unexpected end")
        self.column = column


@dataclass(frozen=True, slots=True)
class _Rule:
    symbol: str
    length: int
    # None: the value is the only kept child itself
    action: Callable[..., object] | None
    # children to hand over, `None` when it is all of them, as they are
    plan: tuple[tuple[int, bool], ...] | None


class Automaton:
    """A parser for all start symbols of the grammar. `actions` maps the action names of the grammar
    to functions, which get the values of the children: strings for tokens."""

    def __init__(self, actions: Mapping[str, Callable[..., object]]) -> None:
        tables = json.loads(Path(__file__).with_name("grammar.json").read_text(encoding="utf-8"))
        self._token = re.compile(tables["token"])
        self._keywords: dict[str, str] = tables["keywords"]
        self._starts: dict[str, tuple[int, int]] = tables["starts"]
        self._states: list[int | dict[str, int]] = tables["states"]
        self._rules = [_rule(entry, actions) for entry in tables["rules"]]

    def parse(self, start: str, text: str) -> Any:
        """The value of `text` read as the symbol `start`. Raises `SyntaxFault`."""
        state, final = self._starts[start]
        states, values = [state], list[Any]()
        keywords, table, rules = self._keywords, self._states, self._rules
        position = 0
        for match in self._token.finditer(text):
            kind = match.lastgroup
            if kind is None:
                position = match.end()
                break
            lexeme = match[kind]
            if kind == "WORD":
                kind = keywords.get(lexeme, kind)
            while True:
                entry = table[state]
                target = ~entry if isinstance(entry, int) else entry.get(kind)
                if target is None:
                    raise SyntaxFault(match.start(match.lastgroup or 0), lexeme)
                if target >= 0:
                    break
                state = _reduce(rules[~target], states, values, table)
            state = target
            states.append(state)
            values.append(lexeme)
        while state != final:
            entry = table[state]
            target = ~entry if isinstance(entry, int) else entry.get("$END")
            if target is None:
                raise SyntaxFault(position, "")
            state = _reduce(rules[~target], states, values, table)
        return values[0]


def _reduce(rule: _Rule, states: list[int], values: list[Any], table: list[Any]) -> int:
    first = len(values) - rule.length
    children = values[first:]
    del values[first:]
    del states[first + 1 :]
    if rule.plan is not None:
        chosen: list[Any] = []
        for index, splice in rule.plan:
            if splice:
                chosen.extend(children[index])
            else:
                chosen.append(None if index < 0 else children[index])
        children = chosen
    values.append(children[0] if rule.action is None else rule.action(*children))
    state: int = table[states[-1]][rule.symbol]
    states.append(state)
    return state


def _rule(entry: tuple[str, int, str | None, list[tuple[int, bool]]], actions: Mapping[str, Any]) -> _Rule:
    symbol, length, action, plan = entry
    whole = [index for index, _ in plan] == list(range(length)) and not any(splice for _, splice in plan)
    return _Rule(
        symbol,
        length,
        None if action is None else actions[action],
        None if whole else tuple((index, splice) for index, splice in plan),
    )

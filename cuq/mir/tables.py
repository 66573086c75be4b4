"""Compiles `grammar.lark` to `grammar.json`: what the parser needs at run time, and no more.

Importing lark and building its tables takes longer than parsing a kernel, so lark is the compiler
of the grammar and `lalr.py` runs the tables. Run `python -m cuq.mir.tables` after a change of the
grammar; a test fails when the two files disagree.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from lark import Lark
from lark.grammar import Rule, Terminal
from lark.lexer import PatternStr
from lark.parsers.lalr_analysis import IntParseTable, ParseTableBase, Reduce
from lark.parsers.lalr_parser import LALR_Parser

GRAMMAR = Path(__file__).with_name("grammar.lark")
TABLES = Path(__file__).with_name("grammar.json")
STARTS = ["line", "ty", "path", "value", "header", "debug", "asm", "edges"]


def compile_grammar(text: str) -> dict[str, object]:
    """The tables of a grammar.

    `token`: one regular expression, a named group for each terminal. `keywords`: words with a
    terminal of their own. `rules`: name, length, action (`null` passes the only child on), and which
    children the action gets: an index, `-1` for an absent optional, and whether to splice it.
    `states`: the rule that a state always reduces by, or from symbol to state (shift) or to `~rule`
    (reduce). `starts`: initial and final state of each start symbol.
    """
    lark = Lark(text, parser="lalr", lexer="basic", start=STARTS, maybe_placeholders=True)
    backend = lark.parser.parser
    if not isinstance(backend, LALR_Parser):
        raise TypeError(f"not an LALR parser: {backend}")
    table: object = backend._parse_table
    if not isinstance(table, IntParseTable):
        raise TypeError(f"not a table by number: {table}")
    token, keywords = _lexer(lark)
    return {"token": token, "keywords": keywords, **_automaton(table)}


def _lexer(lark: Lark) -> tuple[str, dict[str, str]]:
    word = re.compile(next(t for t in lark.terminals if t.name == "WORD").pattern.to_regexp())
    terminals = sorted(lark.terminals, key=lambda t: (-t.priority, -len(t.pattern.value), t.name))
    literal = {t.name: t.pattern.value for t in terminals if isinstance(t.pattern, PatternStr)}
    keywords = {value: name for name, value in literal.items() if word.fullmatch(value)}
    groups = [
        f"(?P<{t.name}>{t.pattern.to_regexp()})"
        for t in terminals
        if t.name not in keywords.values() and t.name not in lark.ignore_tokens
    ]
    return " *(?:" + "|".join(groups) + r"|(?P<UNKNOWN>\S)|$)", dict(sorted(keywords.items()))


def _automaton(table: ParseTableBase[int]) -> dict[str, object]:
    """The states in the order in which a walk from the start states meets them, so that the output
    depends on the grammar alone."""
    order: list[int] = [table.start_states[name] for name in STARTS]
    seen = set(order)
    rules: dict[Rule, int] = {}
    entries: list[dict[str, Rule | int]] = []
    for state in order:
        entry: dict[str, Rule | int] = {}
        for symbol, (action, target) in sorted(table.states[state].items()):
            entry[symbol] = target
            if action is Reduce:
                rules.setdefault(target, len(rules))
            elif target not in seen:
                seen.add(target)
                order.append(target)
        entries.append(entry)
    number = {state: index for index, state in enumerate(order)}

    def encode(entry: dict[str, Rule | int]) -> object:
        targets = list(entry.values())
        if targets and isinstance(targets[0], Rule) and all(target == targets[0] for target in targets):
            return rules[targets[0]]
        return {
            symbol: ~rules[target] if isinstance(target, Rule) else number[target]
            for symbol, target in entry.items()
        }

    return {
        "starts": {s: [number[table.start_states[s]], number[table.end_states[s]]] for s in STARTS},
        "rules": [_rule(rule) for rule in rules],
        "states": [encode(entry) for entry in entries],
    }


def _rule(rule: Rule) -> list[object]:
    absent = iter([*rule.options.empty_indices, None])
    children: list[list[object]] = []
    for index, symbol in enumerate(rule.expansion):
        while next(absent, None):
            children.append([-1, False])
        if rule.options.keep_all_tokens or not (isinstance(symbol, Terminal) and symbol.filter_out):
            children.append([index, not symbol.is_term and symbol.name.startswith("_")])
    children.extend([-1, False] for missing in absent if missing)
    name = rule.origin.name
    action = rule.alias or name
    if rule.alias is None and rule.options.expand1 and len(children) == 1:
        return [name, len(rule.expansion), None, children]
    return [name, len(rule.expansion), "list" if action.startswith("_") else action, children]


def main() -> None:
    """Write `grammar.json`."""
    tables = compile_grammar(GRAMMAR.read_text(encoding="utf-8"))
    TABLES.write_text(json.dumps(tables, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

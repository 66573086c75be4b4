"""The format of herd's litmus tests for PTX."""

from __future__ import annotations

import re
from dataclasses import replace

from cuq.ptx.litmus.conditions import find_quantifier, parse_condition, parse_quantity
from cuq.ptx.litmus.instructions import parse_cell
from cuq.ptx.litmus.source import Piece
from cuq.ptx.litmus.syntax import (
    Branch,
    Final,
    Goto,
    Instruction,
    Label,
    Litmus,
    Load,
    Location,
    Proxy,
    Quantity,
    Rmw,
    Store,
    Thread,
    quantities,
)

_HEAD = re.compile(r"\s*PTX\s+(?P<name>\S[^\n\"{]*)")
_COMMENT = re.compile(r'\s*"(?P<text>[^"]*)"', re.DOTALL)
_INIT = re.compile(r"\s*\{(?P<init>[^}]*)\}", re.DOTALL)
_VALUE = re.compile(r"(?:(?P<thread>P?\d+)\s*:\s*)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<value>-?\w+)\Z")
_ALIAS = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*@\s*(?P<proxy>\w+)\s+aliases\s+(?P<of>[A-Za-z_]\w*)\Z")
_THREAD = re.compile(r"(?P<name>P\d+)\s*(?:@\s*(?P<where>.*))?\Z")
_PLACE = re.compile(r"(?P<kind>cta|cluster|gpu)\s+(?P<number>\d+)\Z")
_SHOWN = re.compile(r"locations\s*\[(?P<list>[^\]]*)\]\s*\Z", re.DOTALL)


def parse_litmus(text: str, file: str) -> Litmus:
    """Raises InputError with the place of what is not understood."""
    whole = Piece(file, text, 0, len(text))
    head = _HEAD.match(text)
    if head is None:
        whole.part(0, 1).fail(
            "not a litmus test for PTX", help="the first line is `PTX` and the name of the test"
        )
    at, comments = head.end(), []
    while match := _COMMENT.match(text, at):
        comments.append(" ".join(match["text"].split()))
        at = match.end()
    init = _INIT.match(text, at)
    if init is None:
        whole.part(at, len(text)).stripped().fail("expected `{` and what memory holds at the start")
    locations, registers = _initial(whole.part(init.start("init"), init.end("init")))
    found = find_quantifier(whole.part(init.end(), len(text)))
    if found is None:
        whole.part(max(0, len(text) - 1), len(text)).fail("expected exists, ~exists or forall")
    table, quantifier, after = found
    shown_list: Piece | None = None
    if shown := _SHOWN.search(str(table)):
        shown_list = table.part(shown.start("list"), shown.end("list"))
        table = table.part(0, shown.start())
    threads = _threads(table, registers)
    names = tuple(thread.name for thread in threads)
    condition = parse_condition(after, names)
    asked: list[Quantity] = []
    if shown_list is not None:
        asked = [parse_quantity(p, names) for p in shown_list.split(";") if str(p)]
    for name in _used(threads, [*quantities(condition), *asked]):
        locations.setdefault(name, Location(name, name, name, Proxy.GENERIC))
    return Litmus(
        head["name"].strip(),
        " ".join(comments),
        tuple(locations.values()),
        threads,
        quantifier,
        condition,
        " ".join(str(after).split()),
        tuple(asked),
    )


def _initial(piece: Piece) -> tuple[dict[str, Location], dict[str, dict[str, int]]]:
    locations: dict[str, Location] = {}
    registers: dict[str, dict[str, int]] = {}
    for entry in piece.split(";"):
        text = str(entry)
        if not text:
            continue
        if match := _ALIAS.match(text):
            of = locations.get(match["of"])
            if of is None:
                entry.fail(f"`{match['of']}` is not known before its alias")
            try:
                proxy = Proxy(match["proxy"])
            except ValueError:
                entry.fail(f"unknown proxy `{match['proxy']}`")
            name = match["name"]
            virtual = name if proxy is Proxy.GENERIC else of.virtual
            locations[name] = Location(name, of.physical, virtual, proxy)
        elif match := _VALUE.match(text):
            try:
                value = int(match["value"], 0)
            except ValueError:
                entry.fail(f"`{match['value']}` is no number")
            if match["thread"] is None:
                name = match["name"]
                locations[name] = Location(name, name, name, Proxy.GENERIC, value)
            else:
                thread = match["thread"]
                thread = thread if thread.startswith("P") else f"P{thread}"
                registers.setdefault(thread, {})[match["name"]] = value
        else:
            entry.fail(
                f"cannot read `{text}`", help="an entry is `x = 0`, `P0:r0 = 0` or `y @ generic aliases x`"
            )
    return locations, registers


def _threads(table: Piece, registers: dict[str, dict[str, int]]) -> tuple[Thread, ...]:
    rows = [row for row in table.split(";") if str(row)]
    if not rows:
        table.fail("expected threads")
    heads = [_head(cell) for cell in rows[0].split("|")]
    columns: list[list[Instruction]] = [[] for _ in heads]
    for row in rows[1:]:
        cells = list(row.split("|"))
        if len(cells) > len(heads):
            row.fail(f"a row of {len(cells)} cells, where {len(heads)} threads are")
        for column, cell in zip(columns, cells, strict=False):
            column += parse_cell(cell)
    threads = []
    for head, column in zip(heads, columns, strict=True):
        _check_labels(column, rows[0])
        values = tuple(registers.get(head.name, {}).items())
        threads.append(replace(head, instructions=tuple(column), registers=values))
    names = [thread.name for thread in threads]
    if len(set(names)) < len(names):
        rows[0].fail("two threads have the same name")
    for name in registers:
        if name not in names:
            table.fail(f"registers of `{name}` are given, but there is no such thread")
    return tuple(threads)


def _head(cell: Piece) -> Thread:
    match = _THREAD.match(str(cell))
    if match is None:
        cell.fail("expected a thread, such as `P0@cta 0,gpu 0`")
    place = {"cta": int(match["name"][1:]), "cluster": -1, "gpu": 0}
    for part in (match["where"] or "").split(","):
        if part.strip():
            where = _PLACE.match(part.strip())
            if where is None:
                cell.fail(f"cannot read `{part.strip()}`", help="a place is `cta 0`, `cluster 0` or `gpu 0`")
            place[where["kind"]] = int(where["number"])
    # Blocks are in clusters of their own where nothing is said.
    cluster = place["cluster"] if place["cluster"] >= 0 else -1 - place["cta"]
    return Thread(match["name"], place["cta"], cluster, place["gpu"], ())


def _check_labels(column: list[Instruction], row: Piece) -> None:
    labels = [i.name for i in column if isinstance(i, Label)]
    for instruction in column:
        if isinstance(instruction, Goto | Branch) and instruction.label not in labels:
            row.fail(f"there is no label `{instruction.label}`")
    if len(set(labels)) < len(labels):
        row.fail("a label stands twice in one thread")


def _used(threads: tuple[Thread, ...], asked: list[Quantity]) -> list[str]:
    found = [i.location for t in threads for i in t.instructions if isinstance(i, Load | Store | Rmw)]
    found += [q.location for q in asked if isinstance(q, Final)]
    return list(dict.fromkeys(found))

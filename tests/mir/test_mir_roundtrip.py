"""Printing what was read gives the text of rustc back, byte for byte, but for comments we don't keep."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from cuq.mir.body_parser import parse_body
from cuq.mir.items import index_bodies
from cuq.mir.printer import print_body
from tests.mir.mir_text import DUMPS

INDENT = " " * 41 + "// "
KEPT = (INDENT + "mir::ConstOperand", INDENT + "+ span: ", INDENT + "+ const_: ")


def kept(text: str) -> str:
    """Without what only helps debugging: user type annotations, and where removed variables were."""
    lines = text.split("\n")
    dropped = [line for line in lines if line.startswith(INDENT) and not line.startswith(KEPT)]
    return "\n".join(line for line in lines if line not in dropped and "        // DBG: " not in line)


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.stem)
def test_dump(dump: Path) -> None:
    for item in index_bodies(dump.read_text(encoding="utf-8"), str(dump)):
        if item.kind != "alloc":
            body = parse_body(item)
            assert print_body(body) == kept(item.text)
            bare = parse_body(dataclasses.replace(item, text=print_body(body, comments=False)))
            assert [str(b.terminator) for b in bare.blocks] == [str(b.terminator) for b in body.blocks]

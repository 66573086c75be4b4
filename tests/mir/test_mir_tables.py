"""The compiled grammar that ships is the one that `grammar.lark` says."""

from __future__ import annotations

import json

from cuq.mir.tables import GRAMMAR, TABLES, compile_grammar


def test_tables_are_up_to_date() -> None:
    compiled = compile_grammar(GRAMMAR.read_text(encoding="utf-8"))
    shipped = json.loads(TABLES.read_text(encoding="utf-8"))
    assert json.loads(json.dumps(compiled)) == shipped, "run `python -m cuq.mir.tables`"

"""Models on one execution: functions and recursion, and what is computed once for all ways to read."""

from __future__ import annotations

from cuq.ptx.cat import parse_model
from cuq.ptx.litmus.enumeration.evaluate import Program
from cuq.ptx.litmus.vocabulary import RELATIONS, SETS


def test_functions_and_recursion() -> None:
    text = "let twice(x) = x; x\nlet rec far = po | far; far\nempty twice(po) \\ far as Inside\nflag empty po as Po"
    program = Program(parse_model(text, "m.cat"))
    env = {name: 0 for name in SETS} | {name: (0,) * 3 for name in RELATIONS}
    prepared = program.prepare({**env, "po": (0b010, 0b100, 0)}, 3)
    assert prepared is not None
    assert prepared["far"] == (0b110, 0b100, 0)

"""Kernels that were once `verified` and must not be: each file says in its first lines what was wrong.

The line `; violates: P` names the property. That it is violated is checked here too, by interpretation of
small launches, so that no file can go stale.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cuq.base.span import Span
from cuq.checks.options import Options
from cuq.checks.result import Property, Verdict
from cuq.checks.run import check_kernel
from cuq.contract import Contract, parse_directives
from cuq.ir.interp import Interpreter
from cuq.ir.parse import parse_kernel
from cuq.ir.verify import verify
from tests.soundness.judge import LIMITS, violations
from tests.soundness.launches import launches

FILES = sorted(Path(__file__).parent.glob("regressions/*.ir"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_no_longer_verified(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (word,) = [line.split(":")[1].strip() for line in text.splitlines() if line.startswith("; violates:")]
    prop = Property(word)
    kernel = parse_kernel(text, path.name)
    verify(kernel)
    said = [line.removeprefix(";").strip() for line in text.splitlines() if line.startswith("; //@ cuq:")]
    contract = Contract("k", Span.at(path.name, 1))
    for one in parse_directives("\n".join(said), path.name).contracts:
        contract = one.over(contract)
    result = check_kernel(kernel, contract, Options(timeout_ms=1_000, budget_ms=5_000))
    (check,) = [c for c in result.checks if c.property is prop]
    assert check.verdict is not Verdict.VERIFIED
    interpreter = Interpreter(kernel)
    runs = launches(kernel, contract, random.Random(0), 200)
    assert any(prop in violations(interpreter.run(config, limits=LIMITS)) for config in runs)

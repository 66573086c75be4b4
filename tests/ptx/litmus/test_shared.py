"""Agreement with another tool on public tests: safety under both PTX models, and termination."""

from __future__ import annotations

import pytest

from cuq.ptx.litmus import parse_litmus
from cuq.ptx.litmus.enumeration import enumerate_executions
from cuq.ptx.models import model
from tests.ptx.litmus.shared import FOLDER, VERDICTS, expected

ROWS = expected()
COLUMNS = {"ptx-6.0": "safety_v6_0", "ptx-7.5": "safety_v7_5"}

pytestmark = pytest.mark.skipif(not ROWS, reason="no shared/litmus beside the project")


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["test"].removesuffix(".litmus"))
def test_verdicts_agree(row: dict[str, str], name: str) -> None:
    test = parse_litmus((FOLDER / "dev" / row["test"]).read_text(), row["test"])
    outcome = enumerate_executions(test, model(name), bound=1)
    if row[COLUMNS[name]] != "-":
        assert outcome.holds is VERDICTS[row[COLUMNS[name]]]
    if row["termination"] != "-":
        assert outcome.terminates is VERDICTS[row["termination"]]

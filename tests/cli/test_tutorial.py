"""The tutorial: its outputs are what cuq prints (`pytest --promote` renews them), its Rust is in the sources."""

from __future__ import annotations

import re
import shlex
from textwrap import dedent

import pytest

from tests.cli.kernels import Cuq, needs_rustc
from tests.fixtures.table import ROOT
from tests.golden import Golden

PAGE = ROOT.parent / "docs/tutorial.md"
SOURCES = "\n".join(dedent(path.read_text(encoding="utf-8")) for path in (ROOT / "tutorial").glob("*.rs"))
CONSOLE = re.compile(r"```console\n\$ cuq ([^\n]*)\n.*?```", re.DOTALL)
RUST = re.compile(r"```rust\n(.*?)```", re.DOTALL)


@pytest.mark.rustc
def test_outputs(cuq: Cuq, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_rustc()
    monkeypatch.chdir(ROOT.parent)

    def rerun(block: re.Match[str]) -> str:
        output = cuq(*shlex.split(block[1])).out
        # How much work it was, and how long it took, differs from run to run.
        output = re.sub(r"[\d.]+ (s|ms)\b", "0.1 s", re.sub(r"\d+ queries", "10 queries", output))
        return f"```console\n$ cuq {block[1]}\n{output}```"

    text = PAGE.read_text(encoding="utf-8")
    assert CONSOLE.search(text)
    golden("../docs/tutorial.md", CONSOLE.sub(rerun, text))


def test_rust_is_that_of_the_sources() -> None:
    blocks = RUST.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) >= 3
    for block in blocks:
        assert block in SOURCES

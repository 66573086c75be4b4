"""The README and the docs: the report is what cuq prints (`pytest --promote` renews it), links lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.cli.kernels import Cuq
from tests.fixtures.table import ROOT
from tests.golden import Golden

README = ROOT.parent / "README.md"
BEGIN = "<!-- report: begin, kept true by tests/cli/test_readme.py -->\n"
END = "<!-- report: end -->"
KERNEL = "reduction/tree_no_barrier.mir"


def test_report(cuq: Cuq, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(README.parent)
    report = cuq("check", f"rust-fixtures/{KERNEL}").out
    # How much work it was, and how long it took, differs from run to run.
    report = re.sub(r"[\d.]+ (s|ms)\b", "0.1 s", re.sub(r"\d+ queries", "10 queries", report))
    before, begin, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin
    assert end
    command = f"$ cuq check rust-fixtures/{KERNEL}"
    golden("../README.md", f"{before}{begin}```\n{command}\n{report}```\n{end}{after}")


@pytest.mark.parametrize(
    "page", [README, *sorted((README.parent / "docs").rglob("*.md"))], ids=lambda p: p.name
)
def test_links_lead_somewhere(page: Path) -> None:
    """Relative links and their anchors."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {heading.lower().replace(" ", "-") for heading in headings}, target


def test_every_page_is_in_the_index() -> None:
    docs = README.parent / "docs"
    index = (docs / "index.md").read_text(encoding="utf-8")
    for page in docs.glob("*.md"):
        assert page.name == "index.md" or f"]({page.name})" in index, page.name

"""docs/checks/ is what the catalogue says; the catalogue is complete."""

import re
from pathlib import Path

from cuq.checks.assumptions import ASSUMPTIONS, short_meaning
from cuq.checks.catalogue import BY_CODE, CATALOGUE, codes_of
from cuq.checks.result import Property
from cuq.report.checkdocs import pages
from cuq.report.verdictdocs import with_table

DOCS = Path(__file__).parents[2] / "docs"


def test_pages_are_fresh() -> None:
    """If this fails: `python -m cuq.report.checkdocs`."""
    written = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "checks").glob("*.md")}
    assert written == pages()


def test_catalogue() -> None:
    assert len(BY_CODE) == len(CATALOGUE)
    assert all(re.fullmatch(r"CUQ-[A-Z]\d{3}", code) for code in BY_CODE)
    for prop in Property:
        assert codes_of(prop), f"nothing finds {prop.value}"
    for check in CATALOGUE:
        assert check.code in check.suppress
        for text in (check.title, check.meaning, check.wrong, check.right, check.fix):
            assert text.strip() == text
            assert text


def test_assumptions_have_lines() -> None:
    for assumption in ASSUMPTIONS:
        assert short_meaning(assumption.name) == assumption.short
        assert short_meaning(f"{assumption.name}(x)") == assumption.short
    assert short_meaning("initial.lock=0") == "`lock` holds 0 when the launch begins (from the contract)"
    assert short_meaning("something-else") is None


def test_the_table_of_assumptions_is_fresh() -> None:
    """If this fails: `python -m cuq.report.verdictdocs`."""
    page = (DOCS / "verdicts.md").read_text(encoding="utf-8")
    assert with_table(page) == page

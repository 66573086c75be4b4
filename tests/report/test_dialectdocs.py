"""docs/dialects/ is what the tables say."""

from pathlib import Path

from cuq.report.dialectdocs import pages

DOCS = Path(__file__).parents[2] / "docs/dialects"


def test_pages_are_fresh() -> None:
    """If this fails: `python -m cuq.report.dialectdocs`."""
    written = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    assert written == pages()


def test_every_row_is_on_a_page() -> None:
    text = pages()["cuda_device.md"]
    assert text.count("\n| `") == text.count("| `cuda_device::") + text.count("| `<cuda_device::")
    assert "| `cuda_device::{thread::,}sync_threads` | block-barrier |" in text
    assert "| `cuda_intrinsics::*::i0034` (sync_threads) | block-barrier |" in pages()["cuda_intrinsics.md"]

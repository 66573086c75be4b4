"""Golden files: the expected text of a test beside it, rewritten by `pytest --promote`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Golden:
    """Compares a text with a file below `tests/`; with `promote` the file becomes the text."""

    promote: bool

    def __call__(self, name: str, actual: str) -> None:
        path = ROOT / name
        if self.promote:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, encoding="utf-8")
            return
        assert path.exists(), f"no {name}: run pytest --promote and read what it wrote"
        assert actual == path.read_text(encoding="utf-8")

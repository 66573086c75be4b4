"""How rustc is called again for a crate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from cuq.base.records import dataclass


@dataclass(frozen=True, slots=True)
class Inquiry:
    """How rustc was called for a source file: its command without the file, and the environment.

    dependencies: the same of the crates that it needs, by their names. store: where texts of the crate are kept; None to
    keep none. id: changes when these change.
    """

    source: Path
    command: tuple[str, ...]
    environment: Mapping[str, str]
    dependencies: Mapping[str, Inquiry] = field(default_factory=dict)
    store: Path | None = None
    id: str = ""

"""rustc's messages as data (`--error-format=json`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def errors(stderr: str) -> Iterator[tuple[int, str, str]]:
    """Line, message and label of each error."""
    for line in stderr.splitlines():
        if line.startswith("{"):
            data: dict[str, Any] = json.loads(line)
            for span in data.get("spans", ()):
                if span["is_primary"]:
                    yield span["line_start"], str(data["message"]), str(span["label"] or "")

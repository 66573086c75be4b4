"""What back ends are known to make of operations: a table for each, `NAME.toml` in this folder.

`operations`: for each kind of operation `kept`, or `ORDER.SCOPE` that it becomes whatever is asked for; what is not listed
is not known. `shared_statics`: the state space of statics that are meant to be shared memory, or `unknown`. `releases`:
of rustc, `dialects`: crates by whose use the back end is known to be this one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cuq.base.records import dataclass

_FOLDER = Path(__file__).parent
KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    title: str
    releases: tuple[str, ...]
    dialects: tuple[str, ...]
    shared_statics: str
    operations: Mapping[str, str]


@cache
def profiles() -> tuple[Profile, ...]:
    """All tables, those that dialects choose first."""
    found = [_profile(path) for path in sorted(_FOLDER.glob("*.toml"))]
    return tuple(sorted(found, key=lambda profile: not profile.dialects))


def profile_for(dialects: Collection[str], release: str | None) -> Profile | None:
    """The back end of a program that uses these crates, or that this release of rustc compiles; None if not known."""
    for profile in profiles():
        numbers = ".".join((release or "").split(".")[:2])
        if set(profile.dialects) & set(dialects) or (not dialects and numbers in profile.releases):
            return profile
    return None


def _profile(path: Path) -> Profile:
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return Profile(
        path.stem,
        data["title"],
        tuple(data.get("releases", ())),
        tuple(data.get("dialects", ())),
        data["shared_statics"],
        data["operations"],
    )

"""«Did you mean …?» for names that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The help line of an unknown-name error: the nearest known name, else all of them, else None."""
    from difflib import get_close_matches  # loaded here: only errors need it

    names = sorted(set(known))
    if not names:
        return None
    folded = {n.lower(): n for n in names}
    near = get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return f"did you mean `{folded[near[0]]}`?" if near else f"known: {', '.join(names)}"

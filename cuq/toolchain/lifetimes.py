"""Types and paths of MIR as the source of an item can name them: MIR has no lifetimes, or those of another item."""

from __future__ import annotations

import re

_LIFETIME = re.compile(r"'\w+")
_REFERENCE = re.compile(r"&(?!'|&)")


def static_lifetimes(text: str) -> str:
    """With `'static` for each lifetime."""
    return _LIFETIME.sub("'static", text)


def static_references(text: str) -> str:
    """With `'static` for references without a lifetime, too."""
    return static_lifetimes(_REFERENCE.sub("&'static ", text))

"""Names of findings that survive edits elsewhere in the file: no line numbers go into them."""

from __future__ import annotations

import hashlib


def fingerprint(code: str, kernel: str, *parts: str) -> str:
    """16 hex digits for the violation of `code` in `kernel` between the accesses `parts`.

    The order of the parts does not count (a race has no first access), nor does white space in them.
    """
    normal = sorted(" ".join(part.split()) for part in parts)
    text = "\0".join((code, kernel, *normal))
    return hashlib.sha256(text.encode()).hexdigest()[:16]

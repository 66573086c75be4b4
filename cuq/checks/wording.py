"""Messages of rustc in words: those of MIR have holes for values that a report gives elsewhere."""

from __future__ import annotations

import re

_VERBS = {"+": "add", "-": "subtract", "*": "multiply", "<<": "shift left", ">>": "shift right"}
_OVERFLOW = re.compile(r"attempt to compute `\{\} (\S+) \{\}`, which would overflow")


def plain(message: str) -> str:
    """The message without holes, as a running program would begin it."""
    overflow = _OVERFLOW.match(message)
    if overflow and overflow[1] in _VERBS:
        return f"attempt to {_VERBS[overflow[1]]} with overflow"
    if message.startswith("index out of bounds"):
        return "index out of bounds"
    return re.sub(r"( of)? ?`?\{\}`?", "", message)

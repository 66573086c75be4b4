"""Promoted constants of dependencies: the MIR of a crate names those of functions that were inlined, and does not have
them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cuq.toolchain.crate_names import roots

_NAMED = re.compile(r"\bconst ([a-z_]\w*)::((?:\w+::)+promoted\[\d+\])")
_COMMENT = re.compile(r"//.*")
_WORD = re.compile(r"(?<![\w:])[A-Z]\w*(?![\w:])")
_OPERATORS = frozenset({"PointerCoercion", "Unsize", "Implicit"})


def with_promoteds(mir: str, dependency: Callable[[str], str | None]) -> str:
    """The MIR of a crate with the promoted constants that it lacks, under the names that it has for them.

    dependency: the MIR of the crate of this name; None when it cannot be had.
    """
    found = list(dict.fromkeys(_NAMED.findall(mir)))
    missing = [(crate, name) for crate, name in found if f"\nconst {crate}::{name}: " not in mir]
    texts = {crate: dependency(crate) for crate in dict.fromkeys(crate for crate, _ in missing)}
    return "".join((mir, *_bodies(missing, texts)))


def _bodies(missing: list[tuple[str, str]], texts: dict[str, str | None]) -> Iterator[str]:
    for crate, name in missing:
        text = texts[crate]
        body = (
            None
            if text is None
            else re.search(rf"^const {re.escape(name)}: [^\n]* = \{{\n.*?^\}}\n", text, re.M | re.S)
        )
        if body is not None and _is_plain(body[0]):
            yield f"\nconst {crate}::{body[0].removeprefix('const ')}"


def _is_plain(body: str) -> bool:
    """Whether all names in it mean in any crate what they mean in its own: those of the standard library."""
    head, _, rest = body.partition("\n")
    text = f"{head.partition(': ')[2]}\n{_COMMENT.sub('', rest)}"
    return not roots(text) and set(_WORD.findall(text)) <= _OPERATORS and not re.search(r"\balloc\d+", text)

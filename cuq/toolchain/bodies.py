"""Functions of dependencies, as MIR that can stand in the crate that calls them.

A crate's MIR names its own items without its name. A body is taken only if all its names are known to begin with the
standard library, the crate itself, or a crate that is needed; its own names get the crate's name in front.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cuq.toolchain.crate_names import roots

_ROOT_ITEM = re.compile(
    r'^(?:pub(?:\([^)]*\))? |default |async |const |unsafe |safe |extern(?: "[^"]*")? )*'
    r"(?P<kind>mod|struct|enum|union|type|trait|fn|const|static(?: mut)?) (?P<name>\w+)",
    re.MULTILINE,
)
_PRIMITIVES = frozenset(f"{kind}{bits}" for kind in "iu" for bits in (8, 16, 32, 64, 128, "size")) | {
    "bool", "char", "str", "f16", "f32", "f64", "f128",
}  # fmt: skip
_TEXT = r"""b?"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)'"""
# Positions, and names of variables.
_NO_PATH = rf"{_TEXT}|scope \d+ at \S+|\+ span: \S+|<impl at [^>]*>|@[^}}\s]*|debug \w+"
_REMARK = re.compile(rf"{_TEXT}|//.*")
_NUMBER = re.compile(r"(?<=\balloc)\d+|(?<=[╾─]a)\d+")
_ALLOC = re.compile(r"\balloc\d+")
_STATIC = re.compile(r"<static\(|^alloc\d+ \(.*static: ", re.MULTILINE)


def function(crate: str, path: str, mir: str, hir: str, crates: Collection[str]) -> str | None:
    """The MIR of a function of another crate, with its closures and constants; None if it cannot be had.

    path: with the crate's name in front. mir, hir: of the crate. crates: all that names may begin with.
    """
    text = items(mir, path.removeprefix(f"{crate}::"))
    if text is None or _STATIC.search(text):
        return None
    qualified = _qualified(text, crate, hir)
    unknown = roots(_REMARK.sub("", qualified)) - _PRIMITIVES - {crate, *crates}
    return None if unknown else qualified


def items(mir: str, name: str) -> str | None:
    """The one function of this name, and what belongs to it: closures, promoted constants, allocations."""
    own = re.escape(name)
    if len(re.findall(rf"^fn {own}\(", mir, re.MULTILINE)) != 1:
        return None
    inner = r"(?:::\{closure#\d+\})*"
    text = "\n".join(_starting(mir, rf"fn {own}{inner}\(|const {own}{inner}::promoted\[\d+\]: "))
    seen: set[str] = set()
    while missing := sorted(set(_ALLOC.findall(text)) - seen):
        seen.update(missing)
        text = "\n".join((text, *(part for alloc in missing for part in _starting(mir, rf"{alloc} \(", 1))))
    return text


def _starting(mir: str, heading: str, most: int | None = None) -> Iterator[str]:
    """The items of a dump that begin so, the first `most` of them."""
    for match in list(re.finditer(rf"^(?:{heading})", mir, re.MULTILINE))[:most]:
        line = mir.find("\n", match.start())
        end = mir.find("\n}\n", match.start()) if mir[line - 1] == "{" else line - 2
        yield mir[match.start() : end + 3]


def _qualified(text: str, crate: str, hir: str) -> str:
    """As it would print in another crate."""
    declared: dict[str, set[str]] = {}
    for match in _ROOT_ITEM.finditer(hir):
        declared.setdefault(match["name"], set()).add(match["kind"])
    choices = [rf"(?P<kept>{_NO_PATH})"]
    start = r"(?<![\w:'.])"
    if declared:
        choices.append(rf"{start}(?:{'|'.join(sorted(declared))})(?=::)")
    if functions := sorted(name for name, kinds in declared.items() if "fn" in kinds):
        choices.append(rf"{start}(?:{'|'.join(functions)})(?=[()}}]| as )")
    if others := sorted(name for name, kinds in declared.items() if kinds - {"fn", "mod", "trait"}):
        names = "|".join(others)
        # What stands alone behind `as` is a variant.
        choices.append(rf"{start}(?<!\bas )(?:{names})(?![\w:])|(?<=\bas )(?:{names})(?![\w:)])")
    named = re.sub("|".join(choices), lambda m: m[0] if m["kept"] is not None else f"{crate}::{m[0]}", text)
    return renumbered(named, crate)


def renumbered(text: str, of: str) -> str:
    """With numbers of allocations that no other text has."""
    number = int.from_bytes(of.encode(), "big")
    return _NUMBER.sub(lambda m: f"{number}{int(m[0]):06}", text)

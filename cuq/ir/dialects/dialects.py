"""The dialects that apply to a program: those that cuq ships, and those of the user."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from cuq.base.records import dataclass
from cuq.ir.dialects.model import Meaning
from cuq.ir.dialects.table import Entry, Table, read_table

TABLES = Path(__file__).parent / "tables"

CRATES = ("cuda_std", "cuda_device", "cuda_intrinsics")
"""Crates with a table of their own; that of `core` always applies."""


@cache
def builtin_table(crate: str) -> Table:
    """The table that cuq ships for a crate."""
    path = TABLES / f"{crate}.toml"
    return read_table(crate, path.read_text(encoding="utf-8"), str(path), internal=True)


@dataclass(frozen=True, slots=True)
class Dialects:
    """Tables in the order in which they are asked; those of the user come first."""

    tables: tuple[Table, ...] = ()

    def entry(self, key: str) -> Entry | None:
        """The first row for a function (`cuq.ir.lower.program.dialect_key`); None if it is not known."""
        for table in self.tables:
            found = table.entry(key)
            if found is not None:
                return found
        return None

    def meaning(self, key: str) -> Meaning | None:
        """What a function does; None if it is not known."""
        found = self.entry(key)
        return None if found is None else found.meaning

    def enums(self) -> dict[str, dict[str, int]]:
        """Variants and discriminants of the enums of all tables."""
        return {path: dict(enum) for table in reversed(self.tables) for path, enum in table.enums.items()}

    def structs(self) -> dict[str, tuple[str, ...]]:
        """Field types of the structs of all tables."""
        return {path: types for table in reversed(self.tables) for path, types in table.structs.items()}

    def shared(self, path: str) -> tuple[int | None] | None:
        """For a type whose statics are shared memory: its size, None inside for arrays."""
        for table in self.tables:
            if path in table.shared:
                return (table.shared[path],)
        return None

    def is_slice(self, path: str) -> bool:
        """Whether parameters of this type are a pointer and a length."""
        return any(path in table.slices for table in self.tables)


BUILTIN = Dialects()
"""No tables but those that cuq ships."""


def dialects_for(texts: Iterable[str], own: Dialects = BUILTIN, modules: Collection[str] = ()) -> Dialects:
    """`own` with the tables for `core` and for the crates that a program names anywhere.

    `modules`: those of the program, which are not the crates of these names.
    """
    named = [crate for crate in named_crates(texts) if crate not in modules]
    return Dialects((*own.tables, *map(builtin_table, named), builtin_table("core")))


def named_crates(texts: Iterable[str]) -> tuple[str, ...]:
    """Of the crates with a table those that a program names anywhere."""
    programs = tuple(texts)
    return tuple(crate for crate in CRATES if any(f"{crate}::" in text for text in programs))

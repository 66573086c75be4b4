"""A MIR dump: its items by name, parsed when they are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from cuq.base.errors import InputError, UsageError
from cuq.base.span import Span
from cuq.mir.alloc_parser import parse_alloc
from cuq.mir.body import Alloc, Body
from cuq.mir.body_parser import parse_body
from cuq.mir.items import Item, index_bodies


class MirFile:
    """The items of one dump. Copies that the compiler makes of `const fn` for itself are left out.

    Impls that a macro makes share a header (`<impl at f.rs:1:2: 3:4>`), so a name may have several
    bodies; an allocation may be printed after each body that uses it.
    """

    def __init__(self, text: str, path: str) -> None:
        """Raises `InputError` when `text` is no MIR dump."""
        self.path = path
        self.items: tuple[Item, ...] = ()
        self._by_name: dict[str, list[Item]] = {}
        self._extend(index_bodies(text, path))
        self._bodies: dict[Item, Body] = {}
        self._instances: dict[tuple[str, tuple[tuple[str, tuple[str, str]], ...]], Body] = {}

    def add(self, text: str, path: str) -> None:
        """More items, of another dump: those whose names are not here yet. Raises as the constructor does."""
        self._extend([item for item in index_bodies(text, path) if item.name not in self._by_name])

    def _extend(self, items: Iterable[Item]) -> None:
        kept = tuple(item for item in items if not item.for_ctfe)
        self.items += kept
        for item in kept:
            self._by_name.setdefault(item.name, []).append(item)

    @classmethod
    def read(cls, path: Path) -> MirFile:
        """Raises `InputError` for a file that cannot be read or is no MIR dump."""
        try:
            return cls(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise InputError(f"cannot read {path}: {reason}") from error

    def names(self, *kinds: str) -> tuple[str, ...]:
        """The names of the items of these kinds (of all bodies if none is given), in order."""
        return tuple(
            dict.fromkeys(i.name for i in self.items if (i.kind in kinds if kinds else i.kind != "alloc"))
        )

    def bodies(self, name: str) -> tuple[Body, ...]:
        """The bodies called `name`; empty if there is none. Raises `InputError` for unknown text."""
        return tuple(self._body(i) for i in self._by_name.get(name, ()) if i.kind != "alloc")

    def instance(self, name: str, given: Mapping[str, tuple[str, str]]) -> Body:
        """The body called `name` at arguments for its type and const parameters.

        `given`: for each parameter the argument as text, and the type if it is a number. Raises as `body` does.
        """
        key = name, tuple(sorted(given.items()))
        if key not in self._instances:
            (item,) = (item for item in self._by_name[name] if item.kind != "alloc")
            self._instances[key] = parse_body(replace(item, text=_instantiated(item.text, given)))
        return self._instances[key]

    def parsed(self) -> tuple[Body, ...]:
        """The bodies that were asked for so far."""
        return (*self._bodies.values(), *self._instances.values())

    def body(self, name: str) -> Body:
        """The one body called `name`. Raises `UsageError` if there is none, or more than one."""
        bodies = self.bodies(name)
        if len(bodies) != 1:
            count = f"{len(bodies)} items are" if bodies else "nothing is"
            raise UsageError(f"{count} called `{name}`", span=Span.at(self.path, 1))
        return bodies[0]

    def alloc(self, id: str) -> Alloc:
        """The allocation `alloc3`, with its contents if the dump has them anywhere. Raises `UsageError`
        if the dump has none of this name."""
        allocs = [parse_alloc(i) for i in self._by_name.get(id, ()) if i.kind == "alloc"]
        if not allocs:
            raise UsageError(f"no allocation `{id}`", span=Span.at(self.path, 1))
        return next((alloc for alloc in allocs if alloc.memory is not None), allocs[0])

    def _body(self, item: Item) -> Body:
        if item not in self._bodies:
            self._bodies[item] = parse_body(item)
        return self._bodies[item]


_WORD = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*")|(?<![\w:'])(?P<const>const )?(?P<word>[A-Za-z_]\w*)(?!\w|::\w)"""
)


def _instantiated(text: str, given: Mapping[str, tuple[str, str]]) -> str:
    """The text with arguments in the place of parameters."""

    def argument(match: re.Match[str]) -> str:
        if match["word"] not in given:
            return match[0]
        value, ty = given[match["word"]]
        # As an operand a number prints with its type.
        suffix = f"_{ty}" if match["const"] and ty not in ("", "bool", "char") else ""
        return f"{match['const'] or ''}{value}{suffix}"

    return _WORD.sub(argument, text)

"""Dialect tables: what the functions and types of a device API mean, as data.

```toml
[functions]                                   # path patterns → operations (cuq.ir.dialects.vocabulary)
"gpu::thread_{x,y,z}" = { op = "register", register = "tid.{1}" }
"gpu::log::**" = { op = "none" }

[enums]                                       # discriminants, in the order of declaration
"gpu::Order" = { Relaxed = 0, AcqRel = 1 }

[structs]                                     # types of the fields, in the order of declaration
"gpu::Counter" = ["core::cell::UnsafeCell<u32>"]

[shared]                                      # types whose statics are shared memory of a block
"gpu::Tile" = "array"                         # of `Tile<T, N, …>`: N times T; or a size in bytes

[slices]                                      # kernel parameters that are a pointer (field 0) and a length (1)
"gpu::Output" = "mutable"
```

Paths are as in MIR after re-exports; generic arguments are left out, and methods of traits are written
`<gpu::Tile as core::ops::Index>::index`. An exact path is looked up before patterns with `*`, of which the
first that matches counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import field

from cuq.base.errors import CuqError, UsageError
from cuq.base.records import dataclass
from cuq.base.span import Span
from cuq.base.suggest import did_you_mean
from cuq.ir.dialects.model import Meaning
from cuq.ir.dialects.patterns import expand, fill, glob
from cuq.ir.dialects.vocabulary import Misnamed, build

SECTIONS = ("functions", "enums", "structs", "shared", "slices")

ARRAY = "array"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a table: a path or pattern without alternatives, and what it means."""

    pattern: str
    op: str
    meaning: Meaning
    source: Span
    trusted: bool
    """It is the user's: what it says is taken as given, and reported."""


@dataclass(frozen=True, slots=True)
class Table:
    """A dialect. `shared`: sizes in bytes, None for arrays of type and number arguments."""

    name: str
    exact: Mapping[str, Entry] = field(default_factory=dict)
    globs: tuple[tuple[re.Pattern[str], Entry], ...] = ()
    enums: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    structs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shared: Mapping[str, int | None] = field(default_factory=dict)
    slices: frozenset[str] = frozenset()

    def entry(self, key: str) -> Entry | None:
        """The row for a function (`cuq.ir.lower.program.dialect_key`); None if there is none."""
        found = self.exact.get(key)
        if found is not None:
            return found
        return next((entry for pattern, entry in self.globs if pattern.fullmatch(key)), None)


def read_table(name: str, text: str, file: str, *, internal: bool = False) -> Table:
    """The table that a TOML text holds. Raises UsageError with the line of what is wrong."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(str(error), span=Span.at(file, 1)) from error
    return make_table(name, content, text, file, internal=internal)


def make_table(
    name: str, content: Mapping[str, object], text: str, file: str, *, internal: bool = False
) -> Table:
    """The table in sections of a TOML document that was read from `text`. Raises UsageError."""
    reader = _Reader(text, file)
    for section in content:
        if section not in SECTIONS:
            raise reader.error(section, f"unknown section `{section}`", did_you_mean(section, SECTIONS))
    exact: dict[str, Entry] = {}
    globs = []
    for key, values in reader.section(content, "functions"):
        for entry in reader.entries(key, values, internal):
            if "*" in entry.pattern:
                globs.append((glob(entry.pattern), entry))
            elif entry.pattern in exact:
                raise reader.error(key, f"`{entry.pattern}` is given twice")
            else:
                exact[entry.pattern] = entry
    slices = dict(reader.section(content, "slices"))
    for key, kind in slices.items():
        if kind != "mutable":
            raise reader.error(key, f'`{key}` must be "mutable"')
    return Table(
        name,
        exact,
        tuple(globs),
        dict(reader.enums(content)),
        dict(reader.structs(content)),
        dict(reader.shared(content)),
        frozenset(slices),
    )


class _Reader:
    """Checks the parts of a document; errors name the line of a key."""

    def __init__(self, text: str, file: str) -> None:
        self.lines, self.file = text.splitlines(), file
        self._places: dict[str, int] = {}
        for number, line in reversed(list(enumerate(self.lines, start=1))):
            match = re.match(r"""\s*(?:\[(?P<section>[^\]]+)\]|"(?P<quoted>[^"]*)"|(?P<bare>[\w-]+))""", line)
            if match is not None and match.lastgroup is not None:
                # Of `[dialect.functions]`, the last part is the section.
                name = match[match.lastgroup]
                self._places[name.rpartition(".")[2] if match["section"] else name] = number

    def place(self, key: str) -> Span:
        return Span.at(self.file, self._places.get(key, 1))

    def error(self, key: str, message: str, help: str | None = None) -> CuqError:
        return UsageError(message, span=self.place(key), help=help)

    def section(self, content: Mapping[str, object], name: str) -> Iterator[tuple[str, object]]:
        found = content.get(name, {})
        if not isinstance(found, dict):
            raise self.error(name, f"`{name}` must be a table")
        yield from found.items()

    def entries(self, key: str, values: object, internal: bool) -> Iterator[Entry]:
        if not isinstance(values, dict):
            raise self.error(key, f'`{key}` must be a table: {{ op = "…" }}')
        place = self.place(key)
        try:
            for path, chosen in expand(key):
                filled = {k: fill(v, chosen) if isinstance(v, str) else v for k, v in values.items()}
                yield Entry(path, str(filled.get("op")), build(filled, internal), place, trusted=not internal)
        except Misnamed as error:
            raise UsageError(f"`{key}`: {error.message}", span=place, help=error.help) from error
        except ValueError as error:
            raise UsageError(f"`{key}`: {error}", span=place) from error

    def paths(self, content: Mapping[str, object], section: str) -> Iterator[tuple[str, str, object]]:
        for key, values in self.section(content, section):
            try:
                for path, _ in expand(key):
                    yield key, path, values
            except ValueError as error:
                raise self.error(key, f"`{key}`: {error}") from error

    def enums(self, content: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, int]]]:
        for key, path, values in self.paths(content, "enums"):
            if not isinstance(values, dict) or not all(type(v) is int for v in values.values()):
                raise self.error(key, f"`{key}` must give a number for each variant")
            yield path, values

    def structs(self, content: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, ...]]]:
        for key, path, values in self.paths(content, "structs"):
            if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
                raise self.error(key, f"`{key}` must be a list of types")
            yield path, tuple(values)

    def shared(self, content: Mapping[str, object]) -> Iterator[tuple[str, int | None]]:
        for key, path, value in self.paths(content, "shared"):
            if value != ARRAY and not (type(value) is int and value > 0):
                raise self.error(key, f'`{key}` must be "{ARRAY}" or a size in bytes')
            yield path, None if value == ARRAY else int(str(value))

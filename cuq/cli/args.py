"""Values of command line flags: what they look like, and errors that name the flag."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from cuq.base.errors import UsageError
from cuq.base.records import dataclass
from cuq.base.suggest import did_you_mean
from cuq.checks.catalogue import BY_CODE
from cuq.checks.result import Property
from cuq.report import formats

_UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000}


@dataclass(frozen=True, slots=True)
class Output:
    """A report to write: `path` is None for standard output."""

    format: str
    path: Path | None


def duration_ms(text: str, flag: str) -> int:
    """`10s`, `500ms`, `5m`, or seconds without a unit."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip())
    unit = _UNITS_MS.get(match[2] or "s") if match else None
    if match is None or unit is None or float(match[1]) == 0:
        raise UsageError(f"{flag}: `{text}` is not a time", help="such as 10s, 500ms or 5m")
    return max(1, round(float(match[1]) * unit))


def dims(text: str, flag: str) -> tuple[int | None, ...]:
    """`256`, `16x16`, `256x*`; None for a dimension left free. A lone `*` leaves all three free."""
    if text.strip() == "*":
        return (None, None, None)
    parts = re.split(r"[x×,]", text.strip("[]() "))
    if not all(re.fullmatch(r"\s*(\d+|\*|_)\s*", part) for part in parts):
        raise UsageError(f"{flag}: `{text}` is not a size", help="such as 256, 16x16, 256x* or '*'")
    return tuple(None if part.strip() in ("*", "_") else int(part) for part in parts)


def partial_dims(text: str | None, flag: str) -> tuple[int | None, int | None, int | None]:
    """The three dimensions of a launch as far as they are given; those behind the last one given are 1."""
    if text is None:
        return (None, None, None)
    given = dims(text, flag)
    if len(given) > 3 or 0 in given:
        raise UsageError(f"{flag}: `{text}` is not a size", help="one to three numbers from 1 on")
    x, y, z = [*given, 1, 1][:3]
    return x, y, z


def counted(text: str, flag: str, default: int) -> tuple[str, int]:
    """`y:16`, or `y` for the default number."""
    name, colon, number = text.rpartition(":")
    if not colon:
        return text, default
    if not number.isdigit():
        raise UsageError(f"{flag}: `{text}` is not of the form NAME:NUMBER")
    return name, int(number)


def binding(text: str, flag: str) -> tuple[str, int]:
    """`n=1024`: a parameter and its value."""
    name, _, number = (part.strip() for part in text.partition("="))
    try:
        value = int(number, 0)
    except ValueError:
        raise UsageError(f"{flag}: `{text}` is not of the form NAME=NUMBER") from None
    if not re.fullmatch(r"[\w.]+", name):
        raise UsageError(f"{flag}: `{text}` is not of the form NAME=NUMBER")
    return name, value


def names(values: Iterable[str]) -> tuple[str, ...]:
    """The parts of flags that take comma-separated lists and may be repeated."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Selection:
    """Which properties are decided, and which check ids of them are reported without counting."""

    properties: frozenset[Property]
    left_out: dict[str, str]
    """Check id to the flag that leaves it out."""


def selection(check: Iterable[str], exclude: Iterable[str]) -> Selection:
    """From `--check` and `--exclude`: names of properties, or check ids.

    An id selects its whole property (that is what can be proved), and leaves out the other ids of it.
    """
    asked = [_known(name, "--check") for name in names(check)]
    usual = [code for code, check in BY_CODE.items() if check.property.is_of_source]
    wanted = [code for group in asked for code in group] or usual
    dropped = {code: name for name in names(exclude) for code in _known(name, "--exclude")}
    properties = {BY_CODE[code].property for code in wanted if code not in dropped}
    if not properties:
        raise UsageError("--check and --exclude together leave nothing to check")
    left_out = {code: f"--exclude {name}" for code, name in dropped.items()}
    left_out |= {code: "--check selects others" for code in BY_CODE if code not in wanted}
    return Selection(
        frozenset(properties), {c: why for c, why in left_out.items() if BY_CODE[c].property in properties}
    )


def _known(name: str, flag: str) -> tuple[str, ...]:
    """The check ids that a name stands for."""
    for prop in Property:
        if name.lower() == prop.value:
            return tuple(code for code, check in BY_CODE.items() if check.property is prop)
    code = name.upper() if name.upper().startswith("CUQ-") else f"CUQ-{name.upper()}"
    if code in BY_CODE:
        return (code,)
    known = [*BY_CODE, *(prop.value for prop in Property)]
    raise UsageError(f"{flag}: no check `{name}`", help=did_you_mean(name, known))


def outputs(values: Iterable[str]) -> tuple[Output, ...]:
    """From `--format NAME[=FILE]`. Without one for standard output, people get their report there."""
    found = []
    for value in values:
        name, _, file = value.partition("=")
        if name not in formats.NAMES:
            raise UsageError(f"--format: no format `{name}`", help=did_you_mean(name, formats.NAMES))
        found.append(Output(name, Path(file) if file not in ("", "-") else None))
    on_stdout = [output.format for output in found if output.path is None]
    if len(on_stdout) > 1:
        raise UsageError(
            f"--format: {' and '.join(on_stdout)} cannot both go to standard output",
            help=f"give one a file: --format {on_stdout[-1]}=FILE",
        )
    files = [output.path for output in found if output.path is not None]
    for path in files:
        if files.count(path) > 1:
            raise UsageError(f"--format: two reports would go to {path}")
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise UsageError(f"--format: cannot write {path}: no such folder, or a folder itself")
    return tuple(found) if on_stdout else (*found, Output("human", None))

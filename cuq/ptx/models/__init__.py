"""The memory models that come with cuq, as text in the cat language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from cuq.base.errors import InputError, UsageError
from cuq.base.files import read_text
from cuq.base.suggest import did_you_mean
from cuq.ptx.cat import Model, parse_model

NAMES = ("ptx-6.0", "ptx-7.5", "rc11")
DEFAULT = "ptx-7.5"
SUFFIX = ".cat"


@cache
def model(name: str, readings: frozenset[str] = frozenset()) -> Model:
    """A model by name, or the one in a file `*.cat`. `readings`: which other readings of its text to take.

    Raises UsageError if there is no such model or reading, InputError if the file is no model.
    """
    if name.endswith(SUFFIX):
        parsed = parse_model(read_text(Path(name)), name, readings)
    elif name in NAMES:
        parsed = parse_model(source(name), f"{name}.cat", readings)
    else:
        known = f"known: {', '.join(NAMES)}, or a file *{SUFFIX}"
        raise UsageError(f"no memory model `{name}`", help=did_you_mean(name, NAMES) or known)
    for reading in sorted(readings - set(parsed.readings)):
        known = f"its readings: {', '.join(parsed.readings) or 'none'}"
        raise UsageError(f"the model {name} has no reading `{reading}`", help=known)
    return parsed


def source(name: str) -> str:
    """The text of a model."""
    try:
        return (files(__package__) / f"{name}.cat").read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read the model {name}: {error.strerror}") from error

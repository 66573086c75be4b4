"""The memory models that come with cuq, as text in the cat language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from cuq.base.errors import InputError, UsageError
from cuq.base.suggest import did_you_mean
from cuq.ptx.cat import Model, parse_model

NAMES = ("ptx-6.0", "ptx-7.5", "rc11")
DEFAULT = "ptx-7.5"


@cache
def model(name: str) -> Model:
    """A model by name. Raises UsageError if there is none of that name."""
    if name not in NAMES:
        raise UsageError(
            f"no memory model `{name}`", help=did_you_mean(name, NAMES) or f"known: {', '.join(NAMES)}"
        )
    return parse_model(source(name), f"{name}.cat")


def source(name: str) -> str:
    """The text of a model."""
    try:
        return (files(__package__) / f"{name}.cat").read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read the model {name}: {error.strerror}") from error

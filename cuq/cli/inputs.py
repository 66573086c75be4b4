"""From the paths of a command line to input files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cuq.base.errors import InputError, UsageError
from cuq.base.records import dataclass
from cuq.cli.compile import MANIFEST

SUFFIXES = (".rs", ".mir")
_CONFIG = "cuq.toml"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read, or the folder of a crate or workspace. `explicit`: it was named itself."""

    path: Path
    explicit: bool
    is_crate: bool = False


def input_files(paths: Sequence[Path]) -> tuple[InputFile, ...]:
    """The files to read, in the order of the paths, each once.

    A folder with a `Cargo.toml` is a crate or a workspace, which cargo compiles. Of another one: crates and all
    `.rs` files below it, and the `.mir` files that have no `.rs` file of the same name
    beside them; hidden folders and cargo's `target` are left out. Raises UsageError for a path that does
    not exist or is of no known kind, InputError for a folder that cannot be read.
    """
    found: dict[Path, InputFile] = {}
    for path in paths:
        for file in _files(path):
            found.setdefault(file.path.absolute(), file)
    return tuple(found.values())


def config_file(source: Path) -> Path | None:
    """The `cuq.toml` that speaks of a source: beside it, or in the nearest folder above."""
    for folder in source.absolute().parents:
        candidate = folder / _CONFIG
        if candidate.is_file():
            return candidate
    return None


def _files(path: Path) -> Iterator[InputFile]:
    try:
        if path.is_dir():
            if _is_crate(path):
                yield InputFile(path, explicit=True, is_crate=True)
            else:
                yield from _below(path)
        elif path.name == MANIFEST:
            yield InputFile(path.parent, explicit=True, is_crate=True)
        elif not path.exists():
            raise UsageError(f"no such file or folder: {path}")
        elif path.suffix not in SUFFIXES:
            raise UsageError(f"{path}: not a .rs file, a .mir dump or a folder")
        else:
            yield InputFile(path, explicit=True)
    except OSError as error:
        raise InputError(f"cannot read {error.filename or path}: {error.strerror}") from error


def _is_crate(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def _below(folder: Path) -> Iterator[InputFile]:
    entries = sorted(folder.iterdir())
    for entry in entries:
        if entry.is_dir():
            if entry.name.startswith(".") or entry.name == "target" or entry.is_symlink():
                continue
            if _is_crate(entry):
                yield InputFile(entry, explicit=False, is_crate=True)
            else:
                yield from _below(entry)
        elif entry.suffix == ".rs" or (entry.suffix == ".mir" and entry.with_suffix(".rs") not in entries):
            yield InputFile(entry, explicit=False)

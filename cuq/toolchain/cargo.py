"""Driving cargo: dependencies are built as cargo builds them, and of each selected crate it is written down how
rustc was called.

`cargo check` compiles for the GPU target with cuq's core, or for the host where the dialect does so. Results go into `target/cuq`, so that the user's own
builds keep theirs, and an unchanged crate is not compiled again.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cuq.base.errors import InputError, ToolchainError
from cuq.base.records import dataclass
from cuq.toolchain import wrapper
from cuq.toolchain.cargo_options import CargoOptions
from cuq.toolchain.core import alloc_flags, core_flags
from cuq.toolchain.discover import Rustc
from cuq.toolchain.flags import (
    DEPENDENCY_FLAGS,
    GPU_CRATE_FLAGS,
    GPU_DEPENDENCY_FLAGS,
    HOST_DIALECTS,
    RUST_CUDA,
    RUST_CUDA_FLAGS,
    TARGET,
)
from cuq.toolchain.process import Output, run

INSTALL_HELP = "apt-get install cargo-web    (or: https://rustup.rs)"
_METADATA_TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class Build:
    """The selected crates that compile, and what is wrong with the others, if any do not.

    dependencies: the crates that they need, by their names, where only one has the name.
    """

    units: list[Unit]
    failure: InputError | None
    dependencies: Mapping[str, Unit]


@dataclass(frozen=True, slots=True)
class Unit:
    """A crate that is checked: its root file, and the call of rustc that cargo makes for it.

    `sources`: all files that it is made of. `id` changes when cargo compiles it again.
    """

    id: str
    source: Path
    arguments: tuple[str, ...]
    environment: dict[str, str]
    sources: tuple[Path, ...]
    store: Path

    @property
    def name(self) -> str:
        """What rustc calls the crate."""
        return wrapper.value(list(self.arguments), "--crate-name") or self.source.stem


def find_cargo(rustc: Rustc) -> Path:
    """`CUQ_CARGO`, the cargo beside the compiler, or the one on PATH. Raises ToolchainError."""
    if chosen := os.environ.get("CUQ_CARGO"):
        found = shutil.which(chosen)
        if found is None:
            raise ToolchainError(f"{chosen} is not a program", help=INSTALL_HELP)
        return Path(found)
    beside = rustc.path.parent / "cargo"
    if os.access(beside, os.X_OK):
        return beside
    found = shutil.which("cargo")
    if found is None:
        raise ToolchainError("no cargo was found", help=INSTALL_HELP)
    return Path(found)


def build(
    manifest: Path,
    rustc: Rustc,
    options: CargoOptions,
    timeout: float,
    *,
    on_core_build: Callable[[], None] = lambda: None,
) -> Build:
    """Compile the selected crates of a package or workspace for the GPU, or for the host if that is how their
    kernels get there.

    Raises InputError with cargo's own messages when none of them compiles, ToolchainError when there is no cargo.
    """
    cargo = find_cargo(rustc)
    metadata = _metadata(cargo, manifest, options)
    selected = _selected(metadata, manifest, options)
    used = _dependencies(metadata, selected)
    triple = _triple(options, used, rustc)
    flags: tuple[str, ...] = DEPENDENCY_FLAGS
    if triple == TARGET:
        core = core_flags(rustc, on_build=on_core_build)
        flags = (*core, *alloc_flags(rustc, core), *flags, *GPU_DEPENDENCY_FLAGS, *GPU_CRATE_FLAGS)
        flags += RUST_CUDA_FLAGS if RUST_CUDA in used else ()
    target = Path(metadata["target_directory"]) / "cuq"
    units = target / "units"
    units.mkdir(parents=True, exist_ok=True)
    command = [
        str(cargo),
        "check",
        f"--manifest-path={manifest}",
        f"--target={triple}",
        f"--target-dir={target}",
    ]
    command += ["--message-format=json", f"--profile={options.profile}"]
    command += ["--keep-going", *options.selection, *options.features_flags, *options.network]
    output = run(command, timeout=timeout, environment=_environment(rustc, flags, triple, units))
    messages = list(_messages(output))
    found: list[Unit] = []
    named: dict[str, list[Unit]] = {}
    for message in messages:
        record = units / f"{_stem(message)}.json"
        if record.is_file():
            unit = _unit(record, target)
            name = str(message["target"]["name"]).replace("-", "_")
            named.setdefault(name, []).append(unit)
            found += [unit] if message["package_id"] in selected else []
    dependencies = {name: alike[0] for name, alike in named.items() if len(alike) == 1}
    if output.code == 0:
        return Build(found, None, dependencies)
    text = _failure(manifest, messages, output)
    help = "choose the crate of the kernels with -p NAME" if "can't find crate for `std`" in text else None
    failure = InputError(text, help=help)
    if not found:
        raise failure
    return Build(found, failure, dependencies)


def _metadata(cargo: Path, manifest: Path, options: CargoOptions) -> dict[str, Any]:
    command = [str(cargo), "metadata", "--format-version=1", "--no-deps", f"--manifest-path={manifest}"]
    output = run([*command, *options.network], timeout=_METADATA_TIMEOUT)
    if output.code != 0:
        raise InputError(f"cargo cannot read {manifest}\n\n{output.stderr.strip()}")
    found: dict[str, Any] = json.loads(output.stdout)
    return found


def _selected(metadata: dict[str, Any], manifest: Path, options: CargoOptions) -> set[str]:
    """The ids of the packages that cargo takes."""
    members = set(metadata["workspace_members"])
    packages = [p for p in metadata["packages"] if p["id"] in members]
    if options.workspace:
        return members
    if options.packages:
        chosen = {p["id"] for p in packages if p["name"] in options.packages}
        return chosen or members  # a spec that is more than a name: cargo has checked it
    own = [p["id"] for p in packages if Path(p["manifest_path"]) == manifest]
    at_root = Path(metadata["workspace_root"]) == manifest.parent
    return set(metadata.get("workspace_default_members") or members) if at_root or not own else set(own)


def _dependencies(metadata: dict[str, Any], selected: set[str]) -> set[str]:
    """The packages that the selected crates ask for."""
    return {d["name"] for p in metadata["packages"] if p["id"] in selected for d in p["dependencies"]}


def _triple(options: CargoOptions, used: set[str], rustc: Rustc) -> str:
    """The GPU's, unless a selected crate uses a dialect whose kernels are compiled for the host."""
    if options.target is not None:
        return {"gpu": TARGET, "host": rustc.host}[options.target]
    return rustc.host if used & HOST_DIALECTS else TARGET


def _environment(rustc: Rustc, flags: tuple[str, ...], triple: str, units: Path) -> dict[str, str]:
    script = units / "rustc"
    lines = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I {shlex.quote(wrapper.__file__)} "$@"\n'
    if not script.is_file() or script.read_text() != lines:
        script.write_text(lines)
        script.chmod(0o755)
    given = os.environ.get("CARGO_ENCODED_RUSTFLAGS")
    own = given.split("\x1f") if given else os.environ.get("RUSTFLAGS", "").split()
    environment = {
        "RUSTC": str(rustc.path),
        "RUSTC_WRAPPER": str(script),
        "CUQ_WRAPPER": os.environ.get("RUSTC_WRAPPER", ""),
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join((*own, *flags)),
        "CUQ_UNITS": str(units),
        "CUQ_TARGET": triple,
    }
    known = sorted({*os.environ, *environment, "CUQ_KNOWN", "RUSTC_BOOTSTRAP", "RUSTC_ICE"})
    return {**environment, "CUQ_KNOWN": ",".join(known)}


def _messages(output: Output) -> Iterator[dict[str, Any]]:
    for line in output.stdout.decode(errors="replace").splitlines():
        if line.startswith("{"):
            message = json.loads(line)
            if isinstance(message, dict):
                yield message


def _failure(manifest: Path, messages: list[dict[str, Any]], output: Output) -> str:
    """rustc's messages as cargo shows them, then cargo's own."""
    shown = [
        str(m["message"].get("rendered") or "").rstrip()
        for m in messages
        if m.get("reason") == "compiler-message" and m["message"].get("level") == "error"
    ]
    own = [line for line in output.stderr.splitlines() if not line.lstrip().startswith(_PROGRESS)]
    return "\n\n".join([f"cargo cannot compile {manifest.parent}", *shown, "\n".join(own).strip()])


_PROGRESS = (
    "Compiling",
    "Checking",
    "Finished",
    "Locking",
    "Updating",
    "Downloading",
    "Downloaded",
    "Adding",
)


def _stem(message: dict[str, Any]) -> str:
    """`name-hash`, by which the wrapper names its record; nothing for messages of other kinds."""
    for name in message["filenames"] if message.get("reason") == "compiler-artifact" else ():
        stem = Path(name).stem
        if Path(name).suffix in (".rmeta", ".rlib"):
            return stem.removeprefix("lib")
    return ""


def _unit(record: Path, target: Path) -> Unit:
    data = json.loads(record.read_text())
    arguments = [str(a) for a in data["arguments"]]
    folder = Path(data["folder"])
    source = next(a for a in arguments if a.endswith(".rs") and not a.startswith("-"))
    out = wrapper.value(arguments, "--out-dir") or ""
    return Unit(
        data["id"],
        folder / source,
        tuple(a for a in arguments if a != source),
        data["environment"],
        tuple(_sources(Path(out) / f"{record.stem}.d", folder)) or (folder / source,),
        target / "units",
    )


def _sources(info: Path, folder: Path) -> Iterator[Path]:
    """The Rust files that a dep-info file names."""
    if not info.is_file():
        return
    first = next((line for line in info.read_text().splitlines() if ".d:" in line), "")
    for name in shlex.split(first.partition(".d:")[2]):
        if name.endswith(".rs"):
            yield folder / name

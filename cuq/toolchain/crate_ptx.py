"""The PTX of a crate: rustc is called as cargo calls it, for assembly.

Unlike MIR, it is made with the optimisations of the profile. Only the crate itself is compiled again: of its dependencies
there is MIR as cuq builds them (`DEPENDENCY_FLAGS`), from which rustc makes code of what the crate calls.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from cuq.base.errors import InputError
from cuq.base.files import write_atomic
from cuq.toolchain import cache, wrapper
from cuq.toolchain.cargo import Unit
from cuq.toolchain.crates import kept
from cuq.toolchain.discover import Rustc
from cuq.toolchain.flags import DEPENDENCY_FLAGS, GPU_CRATE_FLAGS, GPU_DEPENDENCY_FLAGS, TARGET
from cuq.toolchain.process import check, run

# There is nothing to link, and one file is wanted.
_DROPPED_CODEGEN = (
    "incremental",
    "metadata",
    "extra-filename",
    "codegen-units",
    "lto",
    "linker-plugin-lto",
    "embed-bitcode",
)
_FLAGS = ("--crate-type=cdylib", "--cap-lints=allow", "--error-format=json", "-Ccodegen-units=1")


def crate_ptx(unit: Unit, rustc: Rustc, timeout: float) -> str:
    """The PTX text. Raises InputError for a crate of another target, or one that rustc makes no PTX of."""
    if wrapper.value(list(unit.arguments), "--target") != TARGET:
        raise InputError("it is compiled for the host, where kernels have a back end of their own")
    command = (str(rustc.path), str(unit.source), *ptx_arguments(unit.arguments), *_FLAGS)
    kept_at = unit.store / f"{cache.key(unit.id, rustc.version, *command)}.ptx"
    if kept_at.is_file():
        return kept_at.read_text()
    with tempfile.TemporaryDirectory(prefix="cuq-") as folder:
        result = Path(folder) / "crate.ptx"
        output = run((*command, f"--emit=asm={result}"), timeout=timeout, environment=unit.environment)
        check(output, unit.source)
        text = result.read_text()
    write_atomic(kept_at, text)
    return text


def ptx_arguments(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Of cargo's arguments those that say what the crate is and how it is optimised, without what cuq added for MIR."""
    added = {*DEPENDENCY_FLAGS, *GPU_DEPENDENCY_FLAGS, *GPU_CRATE_FLAGS}
    own = tuple(a for a in kept(arguments, _DROPPED_CODEGEN) if a not in added)
    chosen = any(argument.removeprefix("-C").startswith("target-cpu=") for argument in own)
    return own if chosen else (*own, *GPU_CRATE_FLAGS)

"""Versions of cuq and of what it uses, found without loading any of it."""

from __future__ import annotations

import platform
from importlib.util import find_spec
from pathlib import Path

from cuq import __version__


def version_lines(verbose: bool) -> list[str]:
    """What `--version` prints; `verbose` asks for the tools, too."""
    lines = [f"cuq {__version__}"]
    if verbose:
        from cuq.report.json_ import SCHEMA_ID

        lines += [f"python {platform.python_version()}", f"z3 {z3_version()}", f"rustc {_rustc_release()}"]
        lines.append(f"result schema {SCHEMA_ID}")
    return lines


def tool(rustc: str | None = None) -> tuple[tuple[str, str], ...]:
    """The `tool` of a result: names and versions. `rustc`: the release that compiled the input, if any."""
    pairs = [
        ("name", "cuq"),
        ("version", __version__),
        ("python", platform.python_version()),
        ("z3", z3_version()),
    ]
    return (*pairs, ("rustc", rustc)) if rustc else tuple(pairs)


def z3_version() -> str:
    """From the installed package's metadata folder: importing z3 takes longer than some checks."""
    spec = find_spec("z3")
    if spec is None or spec.origin is None:
        return "not installed"
    found = sorted(Path(spec.origin).parent.parent.glob("z3_solver-*.dist-info"))
    return found[-1].name.removeprefix("z3_solver-").removesuffix(".dist-info") if found else "unknown"


def _rustc_release() -> str:
    from cuq.base.errors import ToolchainError
    from cuq.toolchain import find_rustc

    try:
        rustc = find_rustc()
    except ToolchainError:
        return "not found (see `cuq doctor`)"
    return f"{rustc.release} ({rustc.path})"

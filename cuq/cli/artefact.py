"""The PTX that `cuq check --artefact` looks at: of a source file what rustc makes, of a dump the file beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cuq.base.errors import CuqError, InputError, UsageError
from cuq.base.files import read_text
from cuq.base.records import dataclass
from cuq.base.suggest import did_you_mean
from cuq.checks.artefact.profiles import Profile, profile_for, profiles
from cuq.checks.result import CheckResult, KernelResult, Obstacle, Property, Verdict
from cuq.cli.compile import Input
from cuq.cli.loaded import LoadedFile
from cuq.ir.dialects.dialects import named_crates
from cuq.ir.module import Kernel

if TYPE_CHECKING:
    from cuq.ptx.module import Module
    from cuq.toolchain.cargo import Unit
    from cuq.toolchain.compile import CompileOptions


@dataclass(frozen=True, slots=True)
class MachineCode:
    """PTX of one input file. `text` is None where there is none, for `reason`: then by `profile`, if that is known."""

    name: str
    text: str | None
    reason: str = ""
    profile: Profile | None = None


def machine_code(file: LoadedFile, given: Input) -> MachineCode:
    """What there is for an input file. What fails is a reason, no error: the other properties don't need it."""
    if file.path.suffix == ".mir":
        return _of_dump(file.path.with_suffix(".ptx"))
    from cuq.toolchain.compile import CompileOptions, compile_ptx

    options = CompileOptions(given.rustc, given.edition, given.overflow_checks)
    name = f"{file.path.stem if file.unit is None else file.unit.name}.ptx"
    try:
        if file.unit is None:
            return MachineCode(name, compile_ptx(file.path, options))
        return _of_crate(name, file, file.unit, options)
    except CuqError as error:
        return MachineCode(name, None, f"the compiler makes no PTX of it: {error.message.splitlines()[0]}")


def _of_crate(name: str, file: LoadedFile, unit: Unit, options: CompileOptions) -> MachineCode:
    """Raises as `crate_ptx` does."""
    from cuq.toolchain import find_rustc
    from cuq.toolchain.crate_ptx import crate_ptx
    from cuq.toolchain.crates import externs

    named = {
        crate for kernel in file.kernels for crate in named_crates(item.text for item in kernel.mir.items)
    }
    dialects = {dialect for profile in profiles() for dialect in profile.dialects}
    if own := sorted(dialects & (named | externs(unit.arguments))):
        return MachineCode(name, None, f"crates that use `{own[0]}` are compiled by a back end of their own")
    return MachineCode(name, crate_ptx(unit, find_rustc(options.rustc), options.timeout))


def _of_dump(beside: Path) -> MachineCode:
    if not beside.exists():
        return MachineCode(str(beside), None, f"there is no PTX beside the dump: {beside.name}")
    try:
        return MachineCode(str(beside), read_text(beside))
    except InputError as error:
        return MachineCode(str(beside), None, error.message)


def with_artefact(result: KernelResult, kernel: Kernel, code: MachineCode) -> KernelResult:
    """The verdicts with that on the machine code."""
    from cuq.checks.artefact import check_artefact
    from cuq.checks.artefact.by_profile import check_by_profile

    if code.text is None and code.profile is not None:
        check = check_by_profile(kernel, code.profile)
    elif code.text is None:
        check = undecided(code.reason, result)
    else:
        try:
            check = check_artefact(kernel, _module(code.text, code.name))
        except InputError as error:
            check = undecided(str(error), result)
    return replace(result, checks=(*result.checks, check))


@lru_cache(maxsize=2)
def _module(text: str, name: str) -> Module:
    """A worker process has the kernels of a file one after the other."""
    from cuq.ptx.module import parse_module

    return parse_module(text, name)


def with_profile(
    code: MachineCode, backend: str | None, dialects: Collection[str], release: str | None
) -> MachineCode:
    """Code without PTX, with what is known of the back end. backend: its name, as the user says.

    Raises UsageError for a name that there is not.
    """
    if backend is None:
        return replace(code, profile=profile_for(dialects, release))
    known = {profile.name: profile for profile in profiles()}
    if backend not in known:
        help = did_you_mean(backend, sorted(known)) or f"known: {', '.join(known)}"
        raise UsageError(f"--backend: there is no `{backend}`", help=help)
    return replace(code, profile=known[backend])


def undecided(reason: str, result: KernelResult) -> CheckResult:
    obstacle = Obstacle(
        reason, result.span, "say which back end with --backend, to go by what is known of it"
    )
    return CheckResult(Property.ARTEFACT, Verdict.UNKNOWN, obstacles=(obstacle,))

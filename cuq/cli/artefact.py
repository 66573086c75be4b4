"""The PTX that `cuq check --artefact` looks at: of a source file what rustc makes, of a dump the file beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from cuq.base.errors import CuqError, InputError, UsageError
from cuq.base.files import read_text
from cuq.base.records import dataclass
from cuq.base.suggest import did_you_mean
from cuq.checks.artefact.profiles import Profile, profile_for, profiles
from cuq.checks.result import CheckResult, KernelResult, Obstacle, Property, Verdict
from cuq.cli.compile import Input
from cuq.ir.module import Kernel


@dataclass(frozen=True, slots=True)
class MachineCode:
    """PTX of one input file. `text` is None where there is none, for `reason`: then by `profile`, if that is known."""

    name: str
    text: str | None
    reason: str = ""
    profile: Profile | None = None


def machine_code(path: Path, given: Input) -> MachineCode:
    """What there is for an input file. What fails is a reason, no error: the other properties don't need it."""
    if path.suffix == ".mir":
        beside = path.with_suffix(".ptx")
        if not beside.exists():
            return MachineCode(str(beside), None, f"there is no PTX beside the dump: {beside.name}")
        try:
            return MachineCode(str(beside), read_text(beside))
        except InputError as error:
            return MachineCode(str(beside), None, error.message)
    if path.suffix != ".rs":
        return MachineCode(str(path), None, "PTX of whole crates is not looked at")
    from cuq.toolchain.compile import CompileOptions, compile_ptx

    options = CompileOptions(given.rustc, given.edition, given.overflow_checks)
    try:
        return MachineCode(f"{path.stem}.ptx", compile_ptx(path, options))
    except CuqError as error:
        return MachineCode(
            f"{path.stem}.ptx", None, f"the compiler makes no PTX of it: {error.message.splitlines()[0]}"
        )


def with_artefact(result: KernelResult, kernel: Kernel, code: MachineCode) -> KernelResult:
    """The verdicts with that on the machine code."""
    from cuq.checks.artefact import check_artefact
    from cuq.checks.artefact.by_profile import check_by_profile
    from cuq.ptx.module import parse_module

    if code.text is None and code.profile is not None:
        check = check_by_profile(kernel, code.profile)
    elif code.text is None:
        check = undecided(code.reason, result)
    else:
        try:
            check = check_artefact(kernel, parse_module(code.text, code.name))
        except InputError as error:
            check = undecided(str(error), result)
    return replace(result, checks=(*result.checks, check))


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

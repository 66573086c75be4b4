"""The PTX that `cuq check --artefact` looks at: of a source file what rustc makes, of a dump the file beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cuq.base.errors import CuqError, InputError
from cuq.base.files import read_text
from cuq.base.records import dataclass
from cuq.checks.result import CheckResult, KernelResult, Obstacle, Property, Verdict
from cuq.cli.compile import Input
from cuq.ir.module import Kernel


@dataclass(frozen=True, slots=True)
class MachineCode:
    """PTX of one input file. `text` is None where there is none, for `reason`."""

    name: str
    text: str | None
    reason: str = ""


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
    from cuq.ptx.module import parse_module

    if code.text is None:
        check = undecided(code.reason, result)
    else:
        try:
            check = check_artefact(kernel, parse_module(code.text, code.name))
        except InputError as error:
            check = undecided(str(error), result)
    return replace(result, checks=(*result.checks, check))


def undecided(reason: str, result: KernelResult) -> CheckResult:
    return CheckResult(Property.ARTEFACT, Verdict.UNKNOWN, obstacles=(Obstacle(reason, result.span),))

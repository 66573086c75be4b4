"""What is known of back ends, where there is no PTX: the tables, and the verdicts that come of them."""

from __future__ import annotations

import re

import pytest

from cuq.checks.artefact.by_profile import check_by_profile
from cuq.checks.artefact.compare import does
from cuq.checks.artefact.operations import Operation
from cuq.checks.artefact.profiles import KEPT, Profile, profile_for, profiles
from cuq.checks.options import Options
from cuq.checks.result import Verdict
from cuq.cli.main import run
from cuq.ir.module import Kernel
from tests.artefact.test_artefact import BY_KERNEL, CASES
from tests.fixtures.kinds import ROOT
from tests.fixtures.pipeline import load, task_of

KNOWN = {profile.name: profile for profile in profiles()}
LLVM22 = KNOWN["rustc-llvm22"]
MAPPING = (ROOT.parent / "docs" / "mapping.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| `(?P<op>\w+)\((?P<order>\w+).*?\)`[^|]*\| (?P<ptx>[^|]*) \| (?P<as_asked>[^|]*) \|$", re.MULTILINE
)
KINDS = {"swap": "exch", "compare_exchange": "cas", "fetch_sub": "add"}
ORDERS = {
    "Relaxed": "relaxed",
    "Acquire": "acquire",
    "Release": "release",
    "AcqRel": "acq_rel",
    "SeqCst": "sc",
}


def kernel(name: str) -> Kernel:
    found = task_of(load(BY_KERNEL[name]), Options()).kernel
    assert isinstance(found, Kernel)
    return found


def test_the_table_of_rustc_is_what_was_measured() -> None:
    """docs/mapping.md is made by a command, and tested against the compiler."""
    rows = [row for row in ROW.finditer(MAPPING) if row["as_asked"] in ("yes", "**no**")]
    assert len(rows) > 40
    for row in rows:
        op = row["op"]
        kind = KINDS.get(op, op.removeprefix("fetch_"))
        asked = Operation(kind, ORDERS[row["order"]], "sys", None)
        made = LLVM22.operations[kind]
        order, _, scope = made.partition(".")
        kept = made == KEPT or does(Operation(kind, order, scope, None), asked)
        assert kept is (row["as_asked"] == "yes"), row[0]


@pytest.mark.parametrize(("name", "verdict", "codes", "why"), CASES, ids=[case[0] for case in CASES])
def test_the_table_agrees_with_the_machine_code(
    name: str, verdict: Verdict, codes: list[str], why: str
) -> None:
    result = check_by_profile(kernel(name), LLVM22)
    assert result.verdict is verdict
    assert sorted({finding.code for finding in result.findings}) == codes
    assert all("`rustc-llvm22`" in finding.notes[0] for finding in result.findings)
    assert "artefact-by-profile" in result.assumptions


@pytest.mark.parametrize(
    ("backend", "verdict"),
    [
        ("cuda-oxide", Verdict.VERIFIED),
        ("rustc-llvm22", Verdict.REFUTED),
        ("rustc-llvm23", Verdict.UNKNOWN),
        ("cuda_std", Verdict.UNKNOWN),
    ],
)
def test_an_exchange_that_acquires(backend: str, verdict: Verdict) -> None:
    """Kept between fences, made relaxed, not known."""
    assert check_by_profile(kernel("swap_lock"), KNOWN[backend]).verdict is verdict


@pytest.mark.parametrize(
    ("dialects", "release", "name"),
    [
        (("cuda_device",), "1.96.0", "cuda-oxide"),
        (("cuda_intrinsics",), None, "cuda-oxide"),
        (("cuda_std",), "1.96.0", "cuda_std"),
        ((), "1.96.0", "rustc-llvm22"),
        ((), "1.97.0-nightly", None),
        ((), None, None),
    ],
)
def test_whose_back_end(dialects: tuple[str, ...], release: str | None, name: str | None) -> None:
    found = profile_for(dialects, release)
    assert (None if found is None else found.name) == name


@pytest.mark.parametrize("profile", profiles(), ids=lambda profile: profile.name)
def test_the_tables_are_well_formed(profile: Profile) -> None:
    kinds = {
        "barrier",
        "warp barrier",
        "fence",
        "load",
        "store",
        "cas",
        "add",
        "and",
        "or",
        "xor",
        "min",
        "max",
        "exch",
    }
    assert profile.operations.keys() <= kinds
    assert profile.shared_statics in ("shared", "global", "unknown")
    for made in profile.operations.values():
        assert made == KEPT or re.fullmatch(
            r"(relaxed|acquire|release|acq_rel|sc)\.(cta|cluster|gpu|sys)", made
        )


class TestCommand:
    DUMP = str(ROOT / "lock/swap_lock.mir")

    def test_a_dump_without_ptx(self, capsys: pytest.CaptureFixture[str]) -> None:
        run(["check", self.DUMP, "--artefact"])
        assert "= help: say which back end with --backend" in capsys.readouterr().out
        run(["check", self.DUMP, "--artefact", "--backend", "rustc-llvm22"])
        said = capsys.readouterr().out
        assert "error[CUQ-A001]" in said
        assert "= status: known of the back end" in said
        assert "profile `rustc-llvm22`" in said

    def test_an_unknown_back_end(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["check", self.DUMP, "--artefact", "--backend", "cuda-oxid"]) == 2
        assert "did you mean `cuda-oxide`?" in capsys.readouterr().err

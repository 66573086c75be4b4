"""`cuq check` from MIR dumps: selection, contracts, reports, the gate."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cuq.checks.result import STAGES
from cuq.cli import work
from cuq.report.json_ import schema
from tests.cli.kernels import RACY, SAFE, Cuq


def document(text: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(text)
    Draft202012Validator(schema()).validate(result)
    return result


def test_safe_and_racy(cuq: Cuq) -> None:
    safe = cuq("check", SAFE)
    assert (safe.code, safe.err) == (0, "")
    assert "verified: kernel `saxpy_u32`" in safe.out
    racy = cuq("check", RACY)
    assert (racy.code, racy.err) == (1, "")
    assert "error[CUQ-R001]: data race on `y`" in racy.out
    assert "status: confirmed by replay" in racy.out


def test_json_is_all_there_is(cuq: Cuq) -> None:
    outcome = cuq("check", SAFE, RACY, "--format", "json", "--timings")
    result = document(outcome.out)
    assert result["exit_code"] == outcome.code == 1
    assert [kernel["name"] for kernel in result["kernels"]] == ["saxpy_u32", "saxpy_shifted"]
    assert set(result["timings_ms"]) == {*STAGES, "total"}
    assert result["timings_ms"]["solve"] > 0
    assert "total" in outcome.err  # the table of --timings


def test_runs_are_repeatable(cuq: Cuq) -> None:
    """Order and content do not depend on which worker is done first."""

    def stable(text: str) -> Any:
        result = document(text)
        del result["timings_ms"]
        for kernel in result["kernels"]:
            for check in kernel["checks"]:
                del check["time_ms"]
        return result

    args = ("check", RACY, SAFE, "--format", "json", "--kernel", "saxpy*")
    assert stable(cuq(*args, "-j", "1").out) == stable(cuq(*args, "-j", "2").out)


def test_several_formats(cuq: Cuq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    outcome = cuq(
        "check", RACY, "--format", f"json={tmp_path / 'a.json'}",
        "--format", f"sarif={tmp_path / 'a.sarif'}", "--format", "github",
    )  # fmt: skip
    assert outcome.out.startswith("::error ")
    document((tmp_path / "a.json").read_text())
    assert json.loads((tmp_path / "a.sarif").read_text())["version"] == "2.1.0"
    assert summary.read_text().startswith("before\n### cuq\n")


def test_fingerprints_do_not_depend_on_lines(cuq: Cuq, tmp_path: Path) -> None:
    """The same kernel further down in another file of the same source text."""
    source = RACY.with_suffix(".rs")
    text = RACY.read_text()
    spelled = next(part for part in text.split() if part.startswith("/") or "saxpy_shifted.rs" in part)
    path = spelled.split(".rs")[0] + ".rs"
    original = tmp_path / "one.rs"
    shutil.copy(source, original)
    (tmp_path / "one.mir").write_text(text.replace(path, str(original)))
    first = document(cuq("check", tmp_path / "one.mir", "--format", "json").out)
    again = document(cuq("check", tmp_path / "one.mir", "--format", "json").out)
    prints = [f["fingerprint"] for c in first["kernels"][0]["checks"] for f in c["findings"]]
    assert prints
    assert len(set(prints)) == len(prints)
    assert prints == [f["fingerprint"] for c in again["kernels"][0]["checks"] for f in c["findings"]]


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("--fail-on", "never"), 0),
        (("--check", "divergence"), 0),
        (("--exclude", "race"), 0),
        (("--check", "race"), 1),
        # One finding within a block, one between blocks: leaving out the ids leaves nothing that counts.
        (("--exclude", "R001"), 1),
        (("--exclude", "R001,R002"), 0),
        (("--check", "CUQ-D001"), 0),
    ],
)
def test_selection_and_gate(flags: tuple[str, ...], code: int, cuq: Cuq) -> None:
    assert cuq("check", RACY, *flags).code == code


def test_left_out_findings_are_still_told(cuq: Cuq) -> None:
    text = cuq("check", RACY, "--exclude", "R001,R002").out
    assert "allowed[CUQ-R001]" in text
    assert "reason: --exclude R001" in text
    assert "refuted: kernel" in text


def test_properties_that_were_not_selected_are_absent(cuq: Cuq) -> None:
    result = document(cuq("check", SAFE, "--check", "race,ub", "--format", "json").out)
    assert [check["property"] for check in result["kernels"][0]["checks"]] == ["race", "ub"]


def test_launch_flags(cuq: Cuq) -> None:
    """The racy kernel reads its neighbour's element: with one thread in all there is none."""
    alone = cuq("check", RACY, "--block", "1", "--grid", "1")
    assert alone.code == 0
    assert "block=[1,1,1]" in alone.out
    assert cuq("check", RACY, "--param", "n=0").code == 0
    assert cuq("check", RACY, "--requires", "n <= 1").code == 0
    assert cuq("check", RACY, "--requires", "n >= 2").code == 1
    assert cuq("check", SAFE, "--may-alias", "x,y").code == 1
    assert cuq("check", SAFE, "--any-launch").code == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "no PATH, and no Cargo.toml in this folder"),
        (("missing.rs",), "no such file or folder: missing.rs"),
        ((__file__,), "not a .rs file"),
        ((SAFE, "--kernel", "saxpi*"), "no kernel matches `saxpi*`"),
        ((SAFE, "--check", "rase"), "did you mean `race`?"),
        ((SAFE, "--param", "m=1"), "no kernel has a parameter `m`"),
        ((SAFE, "--requires", "m > 1"), "no kernel has a parameter `m`"),
        ((SAFE, "--requires", "n >"), "--requires"),
        ((SAFE, "--requires", "n > 1 && n < 1"), "no launch satisfies the contract"),
        ((SAFE, "--block", "2048"), "block.x = 2048"),
        ((SAFE, "--timeout", "soon"), "`soon` is not a time"),
        ((SAFE, "--format", "xml"), "no format `xml`"),
        ((SAFE, "--format", "json", "--format", "human"), "cannot both go to standard output"),
        ((SAFE, "--format", "json=/nowhere/x.json"), "cannot write /nowhere/x.json"),
        ((SAFE, "-j", "0"), "-j"),
    ],
)  # fmt: skip
def test_usage_errors(args: tuple[str | Path, ...], message: str, cuq: Cuq) -> None:
    outcome = cuq("check", *args)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.out == ""


def test_config_file(cuq: Cuq, tmp_path: Path) -> None:
    """`cuq.toml` beside the input speaks of its kernels; flags are over it."""
    dump = tmp_path / "k.mir"
    shutil.copy(RACY, dump)
    config = tmp_path / "cuq.toml"
    config.write_text('[kernel.saxpy_shifted]\nrequires = "n <= 1"\n')
    assert cuq("check", dump).code == 0
    config.write_text("[kernel.saxpy_shifted]\nblock = 1\ngrid = 1\n")
    assert cuq("check", dump).code == 0
    assert cuq("check", dump, "--block", "2").code == 1
    config.write_text('[kernel.saxpy_shifted]\nrequires = "m <= 1"\n')
    outcome = cuq("check", dump)
    assert outcome.code == 2
    assert "no parameter `m`" in outcome.err
    config.write_text("[kernel.saxpy_shiftd]\nblock = 1\n")
    outcome = cuq("check", dump)
    assert outcome.code == 2
    assert "did you mean `saxpy_shifted`?" in outcome.err


def test_allowances(cuq: Cuq, tmp_path: Path) -> None:
    dump = tmp_path / "k.mir"
    shutil.copy(RACY, dump)
    allow = '{{ check = "CUQ-R00{}", reason = "why not", until = {} }}'

    def config(*entries: str) -> None:
        (tmp_path / "cuq.toml").write_text(f"[kernel.saxpy_shifted]\nallow = [{', '.join(entries)}]\n")

    config(allow.format(1, "2999-01-01"), allow.format(2, "2999-01-01"))
    outcome = cuq("check", dump)
    assert outcome.code == 0
    assert "2 findings suppressed" in outcome.out
    config(allow.format(1, "2001-01-01"), allow.format(2, "2999-01-01"), allow.format(3, "2999-01-01"))
    outcome = cuq("check", dump)
    assert outcome.code == 1
    assert "`allow(CUQ-R001)` ended on 2001-01-01" in outcome.out
    assert "`allow(CUQ-R003)` matches no finding" in outcome.out


def test_a_flag_that_fits_some_kernels(cuq: Cuq) -> None:
    strided = SAFE.with_name("saxpy_strided.mir")
    outcome = cuq("check", SAFE, strided, "--param", "incx=1", "--requires", "incy >= 1")
    assert "`--param incx=1` does not apply to it" in outcome.out
    assert outcome.code == 0


@pytest.mark.slow
def test_a_check_that_takes_too_long_is_unknown(cuq: Cuq, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other kernel has its verdicts."""
    engine = work.engine()

    def endless(kernel: Any, contract: Any, options: Any) -> Any:
        while kernel.name == "saxpy_shifted":
            time.sleep(1)
        return engine(kernel, contract, options)

    monkeypatch.setattr(work, "engine", lambda: endless)
    monkeypatch.setattr(work, "seconds", lambda _: 5)
    outcome = cuq("check", RACY, SAFE)
    assert (
        "unknown: kernel `saxpy_shifted`: not modelled: the analysis of so large a kernel, within 5 s"
        in outcome.out
    )
    assert "verified: kernel `saxpy_u32`" in outcome.out


def test_what_a_worker_does_not_survive(cuq: Cuq, monkeypatch: pytest.MonkeyPatch, crashes: Path) -> None:
    """An internal error while one kernel is checked: exit 70, the other kernel has its verdicts."""
    engine = work.engine()

    def failing(kernel: Any, contract: Any, options: Any) -> Any:
        if kernel.name == "saxpy_shifted":
            raise ZeroDivisionError("oops")
        return engine(kernel, contract, options)

    monkeypatch.setattr(work, "engine", lambda: failing)
    outcome = cuq("check", RACY, SAFE)
    assert outcome.code == 70
    assert "error: saxpy_shifted: internal error: ZeroDivisionError: oops" in outcome.out
    assert "verified: kernel `saxpy_u32`" in outcome.out
    assert len(list(crashes.iterdir())) == 1


def test_a_report_that_cannot_be_written(cuq: Cuq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old file stays."""
    file = tmp_path / "out.json"
    file.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cuq.base.files.os.replace", full)
    outcome = cuq("check", SAFE, "--format", f"json={file}")
    assert outcome.code == 2
    assert "No space left" in outcome.err
    assert file.read_text() == "old"


def test_quiet_and_colour(cuq: Cuq) -> None:
    assert "kernel `saxpy_u32`" not in cuq("check", SAFE, "-q").out
    assert "\x1b[" not in cuq("check", SAFE).out
    assert "\x1b[" in cuq("check", SAFE, "--color", "always").out


def test_artefact(cuq: Cuq, tmp_path: Path) -> None:
    """PTX beside a dump is looked at when that is asked for, and only then."""
    root = Path(__file__).resolve().parents[2]
    dump = tmp_path / "swap_lock.mir"
    shutil.copy(root / "rust-fixtures/lock/swap_lock.mir", dump)
    without = document(cuq("check", dump, "--artefact", "--check", "divergence", "--format", "json").out)
    (check,) = [c for c in without["kernels"][0]["checks"] if c["property"] == "artefact"]
    assert check["verdict"] == "unknown"
    assert check["obstacles"][0]["reason"] == "there is no PTX beside the dump: swap_lock.ptx"
    shutil.copy(root / "tests/artefact/samples/swap_lock.ptx", tmp_path)
    found = cuq("check", dump, "--artefact", "--check", "divergence")
    assert found.code == 1
    assert "error[CUQ-A001]: the compiler made `exch relaxed.gpu` of an `exch acquire.sys`" in found.out
    assert "status: read in the PTX" in found.out
    assert "artefact" not in cuq("check", dump, "--check", "divergence").out
    dump.with_suffix(".ptx").write_text("not PTX")
    broken = document(cuq("check", dump, "--artefact", "--check", "divergence", "--format", "json").out)
    assert "a directive was expected" in json.dumps(broken)


def test_artefact_in_other_formats(cuq: Cuq, tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    dump = tmp_path / "swap_lock.mir"
    shutil.copy(root / "rust-fixtures/lock/swap_lock.mir", dump)
    shutil.copy(root / "tests/artefact/samples/swap_lock.ptx", tmp_path)
    for form in ("sarif", "github"):
        assert "CUQ-A001" in cuq("check", dump, "--check", "artefact", "--artefact", "--format", form).out

"""The entry point: help, unknown names, and what becomes of errors."""

import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import click
import pytest

from cuq import __version__
from cuq.base.errors import InputError, SelfCheckError, ToolchainError, Unsupported, UsageError
from cuq.cli import explain
from cuq.cli.clidocs import page
from cuq.cli.main import COMMANDS
from tests.cli.kernels import RACY, SAFE, Cuq

DOCS = Path(__file__).parents[2] / "docs"
PROGRAM = [sys.executable, "-c", "from cuq.cli.main import main; main()"]


def test_documentation_is_fresh() -> None:
    """If this fails: `python -m cuq.cli.clidocs`."""
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", COMMANDS)
def test_commands(name: str, cuq: Cuq) -> None:
    """Each is there, and its first sentence is not far from the line in the list of commands."""
    module, line = COMMANDS[name]
    command = import_module(module).command
    assert isinstance(command, click.Command)
    assert line.split()[0] == str(command.help).split()[0]
    outcome = cuq(name, "--help")
    assert outcome.code == 0
    assert f"cuq {name}" in outcome.out


def test_help(cuq: Cuq) -> None:
    outcome = cuq("--help")
    assert outcome.code == 0
    for name, (_, line) in COMMANDS.items():
        assert name in outcome.out
        assert line.split()[0] in outcome.out
    assert cuq().code == 2


def test_check_help_is_grouped(cuq: Cuq) -> None:
    text = cuq("check", "--help").out
    places = [
        text.index(f"\n{group}:") for group in ("Selection", "Launch", "Compiler", "Solver", "Output", "Gate")
    ]
    assert places == sorted(places)


def test_version(cuq: Cuq) -> None:
    assert cuq("--version").out == f"cuq {__version__}\n"
    verbose = cuq("--version", "-v").out.splitlines()
    assert [line.split()[0] for line in verbose] == ["cuq", "python", "z3", "rustc", "result"]


def test_unknown_command(cuq: Cuq) -> None:
    outcome = cuq("chek", "x.rs")
    assert outcome.code == 2
    assert "did you mean `check`?" in outcome.err


def test_unknown_flag(cuq: Cuq) -> None:
    outcome = cuq("check", "x.rs", "--blok", "2")
    assert outcome.code == 2
    assert "--block" in outcome.err


def test_explain(cuq: Cuq) -> None:
    assert cuq("explain", "CUQ-R001").out == (DOCS / "checks/CUQ-R001.md").read_text(encoding="utf-8")
    assert cuq("explain", "r001").code == 0
    outcome = cuq("explain", "CUQ-R00")
    assert outcome.code == 2
    assert "did you mean `CUQ-R00" in outcome.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (InputError("x"), 3),
        (Unsupported("x"), 4),
        (ToolchainError("x", help="do this"), 5),
        (SelfCheckError("x"), 10),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("x"), 70),
        (RecursionError("x"), 70),
    ],
)
def test_errors_have_codes(
    error: BaseException, code: int, cuq: Cuq, crashes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(code: str) -> None:
        raise error

    monkeypatch.setattr(explain.command, "callback", fail)
    outcome = cuq("explain", "x")
    assert outcome.code == code
    assert outcome.out == ""
    if code == 70:
        [report] = crashes.iterdir()
        assert str(report) in outcome.err
        assert type(error).__name__ in report.read_text()
    if isinstance(error, ToolchainError):
        assert "do this" in outcome.err


def test_a_crash_without_a_cache_is_still_reported(
    cuq: Cuq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("CUQ_CACHE_DIR", str(blocked))

    def fail(code: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(explain.command, "callback", fail)
    outcome = cuq("explain", "x")
    assert outcome.code == 70
    path = Path(outcome.err.rsplit(": ", 1)[1].strip())
    assert "ZeroDivisionError" in path.read_text()
    path.unlink()


@pytest.mark.parametrize(("args", "code"), [(["explain", "CUQ-R001"], 0), (["check", str(RACY)], 1)])
def test_a_closed_pipe_is_no_error(args: list[str], code: int) -> None:
    """`cuq … | head -1`: quiet, and the exit code is still that of what was found."""
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run([*PROGRAM, *args], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert process.stderr == b""
    assert process.returncode == code


@pytest.mark.parametrize(("args", "code"), [("nonsense", 2), ("explain R001", 0)])
def test_closed_streams(args: str, code: int) -> None:
    """A supervisor may start cuq without standard output and error."""
    command = f"exec {sys.executable} -c 'from cuq.cli.main import main; main()' {args} >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == code


def test_a_terminal_that_does_not_know_every_sign() -> None:
    process = subprocess.run(
        [*PROGRAM, "doctor"], capture_output=True, env=os.environ | {"PYTHONIOENCODING": "ascii"}, check=False
    )
    assert process.returncode in (0, 5)
    assert b"? python" in process.stdout


def test_start_is_light() -> None:
    """What `--version` and `--help` load: none of the heavy packages, nor the stages."""
    code = (
        "import sys; from cuq.cli.main import run; run(['--version']); run(['--help']);"
        "heavy = {'z3', 'lark', 'pydantic', 'rich', 'cuq.ir', 'cuq.mir', 'cuq.toolchain', 'cuq.contract'};"
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(signal_number: signal.Signals, tmp_path: Path) -> None:
    """130, with a report of what was found so far; no worker is left."""
    code = (
        "import time; from cuq.cli import work; from cuq.cli.main import main;"
        "work.engine = lambda: lambda *a: (print('started', flush=True), time.sleep(60));"
        "main()"
    )
    out = tmp_path / "out.json"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "check", str(SAFE), "--format", f"json={out}"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    start = time.monotonic()
    process.send_signal(signal_number)
    text, errors = process.communicate(timeout=30)
    assert time.monotonic() - start < 10
    assert process.returncode == 130
    assert "interrupted: these results are partial" in text
    assert '"interrupted": true' in out.read_text()
    assert "Traceback" not in text + errors

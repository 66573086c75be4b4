"""Cache entries appear whole or not at all, once; processes are not left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

import pytest

from cuq.base.errors import ToolchainError
from cuq.toolchain import cache, process


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CUQ_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def content(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_an_entry_is_made_once(folder: Path) -> None:
    made = []

    def make(scratch: Path) -> None:
        made.append(scratch)
        (scratch / "a").write_text("1")

    assert cache.cached_dir("entry", make) == cache.cached_dir("entry", make) == folder / "entry"
    assert len(made) == 1
    assert (folder / "entry/a").read_text() == "1"
    assert content(folder) == ["entry"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), ToolchainError("no"), OSError(28, "disk full")])
def test_a_failure_leaves_nothing(folder: Path, failure: BaseException) -> None:
    def fail(scratch: Path) -> None:
        (scratch / "half").write_text("…")
        raise failure

    expected = ToolchainError if isinstance(failure, OSError) else type(failure)
    with pytest.raises(expected):
        cache.cached_dir("entry", fail)
    assert content(folder) == []
    cache.cached_dir("entry", lambda scratch: None)
    assert content(folder) == ["entry"]


def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CUQ_CACHE_DIR", str(tmp_path / "file/cache"))
    with pytest.raises(ToolchainError, match="cannot write the cache folder") as caught:
        cache.cached_dir("entry", lambda scratch: None)
    assert caught.value.help == "export CUQ_CACHE_DIR=/a/folder/that/is/writable"


def test_what_a_killed_process_left_is_removed(folder: Path) -> None:
    (folder / ".entry-x1").mkdir(parents=True)
    (folder / ".other-x1").mkdir()
    cache.cached_dir("entry", lambda scratch: None)
    assert content(folder) == [".other-x1", "entry"]


def _slow(scratch: Path) -> None:
    with (scratch.parent.parent / "made").open("a") as file:
        file.write("x")
    time.sleep(0.2)


def _want(name: str) -> None:
    cache.cached_dir(name, _slow)


def test_processes_that_want_the_same_entry_make_it_once(folder: Path) -> None:
    context = get_context("spawn")
    workers = [context.Process(target=_want, args=("entry",)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert (folder.parent / "made").read_text() == "x"


def test_without_the_variable_the_platform_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CUQ_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_dir() == tmp_path / "cuq"


def python(code: str) -> Sequence[str]:
    return sys.executable, "-c", code


def test_outputs_come_in_the_order_of_the_commands() -> None:
    first, second = process.run_all(
        [
            python("import time; time.sleep(.2); print('a')"),
            python("import sys; print('b', file=sys.stderr); sys.exit(3)"),
        ],
        timeout=60,
    )
    assert (first.code, first.stdout, first.stderr) == (0, b"a\n", "")
    assert (second.code, second.stdout, second.stderr) == (3, b"", "b\n")


def test_output_larger_than_a_pipe() -> None:
    assert len(process.run(python("print('x' * 2_000_000)"), timeout=60).stdout) == 2_000_001


def test_a_program_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="cannot run"):
        process.run([str(tmp_path / "absent")], timeout=60)


def test_a_timeout_ends_all_processes(tmp_path: Path) -> None:
    sleeper = python(
        f"import os, time; open({str(tmp_path)!r} + '/pid', 'w').write(str(os.getpid())); time.sleep(60)"
    )
    with pytest.raises(ToolchainError, match=r"did not finish within 0\.5 s"):
        process.run_all([python("pass"), sleeper], timeout=0.5)
    pid = tmp_path / "pid"
    if pid.exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)


def test_an_interrupt_ends_the_compiler(tmp_path: Path) -> None:
    """As Ctrl-C in a terminal does, but to cuq alone: the child must not live on."""
    code = (
        "from cuq.toolchain import process\n"
        f"process.run(['{sys.executable}', '-c', "
        f"\"import os, time; f = open('{tmp_path}/pid', 'w'); f.write(str(os.getpid())); f.close(); time.sleep(60)\"], timeout=60)"
    )
    parent = subprocess.Popen(python(code), stderr=subprocess.PIPE)
    pid = tmp_path / "pid"
    while not (pid.exists() and pid.read_text()):
        time.sleep(0.02)
    parent.send_signal(signal.SIGINT)
    assert b"KeyboardInterrupt" in parent.communicate()[1]
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_crash_of_rustc_is_not_the_users_error() -> None:
    with pytest.raises(ToolchainError, match="rustc crashed on k"):
        process.check(process.Output(101, b"", "thread 'rustc' panicked"), Path("k.rs"))
    with pytest.raises(ToolchainError, match="rustc crashed on k"):
        process.check(process.Output(-11, b"", ""), Path("k.rs"))


def test_an_error_without_a_position() -> None:
    line = (
        '{"$message_type":"diagnostic","message":"m","level":"error","spans":[],"rendered":"error: m\\n\\n"}'
    )
    with pytest.raises(process.RustcError) as caught:
        process.check(process.Output(1, b"", f"{line}\nplain text\n"), Path("k.rs"))
    assert caught.value.span is None
    assert str(caught.value) == "rustc cannot compile k.rs\n\nerror: m\nplain text"

"""`cuq ptx`: what synchronises in PTX."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.kernels import Cuq

SAMPLES = Path(__file__).resolve().parents[1] / "artefact/samples"


def test_text(cuq: Cuq) -> None:
    found = cuq("ptx", SAMPLES / "swap_lock.ptx")
    assert found.code == 0
    assert found.out.splitlines() == [
        "kernel `swap_lock` (sm_70)",
        "     42  exch relaxed.gpu",
        "     52  store release.sys",
    ]


def test_json(cuq: Cuq) -> None:
    first, second = json.loads(
        cuq("ptx", SAMPLES / "block_shift.ptx", SAMPLES / "handoff.ptx", "--format", "json").out
    )
    assert first["operations"] == [{"kind": "barrier", "order": "acq_rel", "scope": "cta", "line": 66}]
    assert first["variables"][0].startswith(".global .align 4 .b8 ")
    assert [op["kind"] for op in second["operations"]] == ["load", "store"]
    assert second["unclear"] == []


def test_operations_are_in_the_order_of_the_text(cuq: Cuq, tmp_path: Path) -> None:
    """Also those with a guard, and those of functions that are called."""
    file = tmp_path / "k.ptx"
    file.write_text(
        ".version 8.0\n.target sm_90\n.func f() {\n  fence.sc.gpu;\n  ret;\n}\n"
        ".entry k() {\n  @%p1 bar.sync 0;\n  call.uni f;\n  bar.warp.sync 1;\n  ret;\n}\n"
    )
    assert [line.split()[1] for line in cuq("ptx", file).out.splitlines()[1:]] == ["fence", "barrier", "warp"]


def test_what_is_not_understood_is_named(cuq: Cuq, tmp_path: Path) -> None:
    file = tmp_path / "k.ptx"
    file.write_text(".version 8.0\n.target sm_90\n.entry k() {\n  mbarrier.init.b64 [%rd1], 1;\n}\n")
    assert (
        "      4  not understood: `mbarrier.init.b64`: mbarrier objects are not modelled"
        in cuq("ptx", file).out
    )


@pytest.mark.parametrize(
    ("name", "text", "code", "message"),
    [
        pytest.param("k.ptx", "mov.b32 %r1, 0;", 3, "a directive was expected", id="not a module"),
        pytest.param("k.txt", "", 2, "neither PTX nor a Rust file", id="another kind of file"),
        pytest.param("gone.rs", None, 3, "No such file", id="a file that is not there"),
        pytest.param("gone.ptx", None, 3, "No such file", id="PTX that is not there"),
    ],
)
def test_bad_input(cuq: Cuq, tmp_path: Path, name: str, text: str | None, code: int, message: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    found = cuq("ptx", tmp_path / name)
    assert (found.code, message in found.err) == (code, True)

"""`cuq litmus`: formats, order, bad input, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.kernels import Cuq

MP = """\
PTX MP-{order}
{{ x=0; flag=0; }}
 P0@cta 0,gpu 0 | P1@cta 1,gpu 0 ;
 st.weak x, 1 | ld.acquire.gpu r0, flag ;
 st.{order}.gpu flag, 1 | ld.weak r1, x ;
exists (P1:r0 == 1 /\\ P1:r1 == 0)
"""
SPIN = (
    "PTX spin\n{ }\n P0@cta 0 ;\n L: ;\n atom.relaxed.gpu.add r0, x, 1 ;\n bne r0, 5, L ;\nexists (x == 6)\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, order in (("a", "relaxed"), ("b", "release")):
        (tmp_path / f"{name}.litmus").write_text(MP.format(order=order))
    return tmp_path


def test_the_log_of_a_test(cuq: Cuq, folder: Path) -> None:
    found = cuq("litmus", folder / "a.litmus")
    assert found.code == 0
    lines = [line for line in found.out.splitlines() if not line.startswith("Time")]
    assert lines == [
        "Test MP-relaxed Allowed",
        "States 4",
        "P1:r0=0; P1:r1=0;",
        "P1:r0=0; P1:r1=1;",
        "P1:r0=1; P1:r1=0;",
        "P1:r0=1; P1:r1=1;",
        "Ok",
        "Witnesses",
        "Positive: 1 Negative: 3",
        "Condition exists (P1:r0 == 1 /\\ P1:r1 == 0)",
        "Observation MP-relaxed Sometimes 1 3",
        "Termination MP-relaxed always",
        "Model ptx-7.5",
        "",
    ]


def test_json_is_in_the_order_of_the_input(cuq: Cuq, folder: Path) -> None:
    found = cuq("litmus", "--format", "json", "--model", "ptx-6.0", folder / "b.litmus", folder)
    entries = json.loads(found.out)
    assert [Path(e["test"]).name for e in entries] == ["b.litmus", "a.litmus"]
    assert [(e["holds"], e["termination"], e["model"]) for e in entries] == [
        (False, True, "ptx-6.0"),
        (True, True, "ptx-6.0"),
    ]
    assert entries[1]["states"][2] == {"values": {"P1:r0": 1, "P1:r1": 0}, "count": 1}
    assert entries[0]["witness"] is None
    assert entries[1]["witness"]["edges"]["rf"]


def test_a_graph_for_each_test(cuq: Cuq, folder: Path) -> None:
    found = cuq("litmus", "--format", "dot", folder)
    assert found.out.count("digraph") == 2
    assert '[label="rf", color=red' in found.out
    assert "no execution to show" in found.out


def test_models_are_compared(cuq: Cuq, folder: Path) -> None:
    """Both read `x` where the flag may not be set: a data race under RC11, not undefined under PTX."""
    found = cuq("litmus", "--compare", "ptx-7.5", "rc11", folder)
    assert "MP-relaxed: exists" in found.out
    assert "rc11: Ok, DataRace" in found.out
    assert found.out.endswith("ptx-7.5 and rc11 differ on 2 of 2 tests\n")
    entry, _ = json.loads(cuq("litmus", "--compare", "ptx-7.5", "rc11", "--format", "json", folder).out)
    assert entry["models"]["rc11"]["flags"] == ["DataRace"]


FENCE = """\
PTX MP-fence
{ x=0; flag=0; }
 P0@cta 0,gpu 0 | P1@cta 1,gpu 0 ;
 st.weak x, 1 | ld.acquire.gpu r0, flag ;
 fence.sc.gpu | ld.weak r1, x ;
 st.relaxed.gpu flag, 1 | ;
exists (P1:r0 == 1 /\\ P1:r1 == 0)
"""


def test_another_reading(cuq: Cuq, folder: Path) -> None:
    """Whether a fence.sc is a fence.acq_rel decides message passing by one."""
    file = folder / "fence.litmus"
    file.write_text(FENCE)
    found = cuq("litmus", "--format", "json", file, "--reading", "sc-fence-orders-only-sc")
    (entry,) = json.loads(found.out)
    assert (entry["holds"], entry["model"]) == (True, "ptx-7.5+sc-fence-orders-only-sc")
    assert json.loads(cuq("litmus", "--format", "json", file).out)[0]["holds"] is False
    found = cuq("litmus", "--compare", "ptx-6.0", "ptx-6.0+sc-fence-orders-only-sc", file)
    assert found.out.endswith("differ on 1 of 1 tests\n")


@pytest.mark.parametrize("engine", ["auto", "enum", "smt"])
def test_a_model_of_the_users(cuq: Cuq, folder: Path, engine: str) -> None:
    """Without an axiom everything is allowed."""
    (folder / "mine.cat").write_text('"Mine"\nwith co from orders((I * (W \\ I)) & loc, 0)\n')
    found = cuq(
        "litmus", "--format", "json", folder / "b.litmus", "--model", folder / "mine.cat", "--engine", engine
    )
    assert json.loads(found.out)[0]["holds"] is True


@pytest.mark.parametrize("engine", ["enum", "smt"])
@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        pytest.param("acyclic rg as A", "1:9", "nothing is called `rg`", id="unknown name"),
        pytest.param("acyclic rf & W as A", "1:12", "this needs two sets or two relations", id="mixed kinds"),
        pytest.param("acyclic", "1:8", "expected a set or a relation", id="not cat"),
    ],
)
def test_a_bad_model(cuq: Cuq, folder: Path, engine: str, text: str, place: str, message: str) -> None:
    (folder / "mine.cat").write_text(text)
    found = cuq("litmus", folder / "b.litmus", "--model", folder / "mine.cat", "--engine", engine)
    assert found.code == 3
    assert f"mine.cat:{place}\n" in found.err
    assert message in found.err


def test_what_an_engine_cannot_decide_is_said(cuq: Cuq, folder: Path) -> None:
    text = "PTX square\n{ }\n P0@cta 0 ;\n ld.weak r0, x ;\n mul r1, r0, r0 ;\n st.weak y, r1 ;\nexists (y == 0)\n"
    (folder / "square.litmus").write_text(text)
    found = cuq("litmus", folder / "square.litmus", "--engine", "smt")
    assert found.code == 3
    assert "square.litmus: this engine cannot decide `mul` of values that are read" in found.err
    assert "--engine enum" in found.err


@pytest.mark.parametrize(
    ("gate", "file", "code"),
    [
        pytest.param("never", "b", 0, id="an answer is no failure"),
        pytest.param("no", "a", 0, id="holds"),
        pytest.param("no", "b", 1, id="does not hold"),
        pytest.param("no", "spin", 0, id="undecided is milder"),
        pytest.param("undecided", "spin", 4, id="undecided"),
        pytest.param("undecided", "b", 1, id="does not hold, either"),
    ],
)
def test_gate(cuq: Cuq, folder: Path, gate: str, file: str, code: int) -> None:
    (folder / "spin.litmus").write_text(SPIN)
    assert cuq("litmus", "--fail-on", gate, folder / f"{file}.litmus").code == code


def test_a_higher_bound_decides(cuq: Cuq, folder: Path) -> None:
    (folder / "spin.litmus").write_text(SPIN)
    assert "\nUndecided (loops were followed for 1 iterations)\n" in cuq("litmus", folder / "spin.litmus").out
    assert "\nOk\n" in cuq("litmus", "--bound", "6", folder / "spin.litmus").out


def test_a_bad_file_leaves_the_others_alone(cuq: Cuq, folder: Path) -> None:
    (folder / "0.litmus").write_text("PTX bad\n{ }\n P0 ;\n frob ;\nexists (0 == 0)\n")
    (folder / "1.litmus").write_bytes(b"\xff\xfe\x00")
    found = cuq("litmus", "--format", "json", folder)
    assert found.code == 3
    assert len(json.loads(found.out)) == 2
    assert "0.litmus:4:2: `frob` is no instruction of litmus tests" in found.err
    assert "it is not text in UTF-8" in found.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param(["nowhere"], "no such file or folder", id="no such path"),
        pytest.param(["."], "no litmus test found", id="a folder without tests"),
        pytest.param(["a.litmus", "--model", "ptx-7"], "no memory model `ptx-7`", id="unknown model"),
        pytest.param(["a.litmus", "--reading", "mine"], "has no reading `mine`", id="unknown reading"),
        pytest.param(
            ["a.litmus", "--compare", "rc11", "rc11", "--format", "dot"],
            "no graphs",
            id="a comparison as graph",
        ),
    ],
)
def test_usage(
    cuq: Cuq, folder: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], message: str
) -> None:
    (folder / "empty").mkdir()
    monkeypatch.chdir(folder / "empty" if args == ["."] else folder)
    found = cuq("litmus", *args)
    assert (found.code, message in found.err) == (2, True)

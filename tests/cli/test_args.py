"""Flag values: what is understood, and what the error says."""

from pathlib import Path

import pytest

from cuq.base.errors import UsageError
from cuq.checks.catalogue import BY_CODE
from cuq.checks.options import SOURCE_PROPERTIES
from cuq.checks.result import Property
from cuq.cli import args


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("10s", 10_000), ("500ms", 500), ("5m", 300_000), ("1.5", 1500), ("1h", 3_600_000)],
)
def test_durations(text: str, milliseconds: int) -> None:
    assert args.duration_ms(text, "--timeout") == milliseconds


@pytest.mark.parametrize("text", ["", "s", "-1s", "0s", "10 parsecs", "1e3s", "nan"])
def test_no_durations(text: str) -> None:
    with pytest.raises(UsageError, match="--timeout"):
        args.duration_ms(text, "--timeout")


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("256", (256,)),
        ("16x16", (16, 16)),
        ("8×8×2", (8, 8, 2)),
        ("256x*", (256, None)),
        ("[256,1,1]", (256, 1, 1)),
        ("_,1,1", (None, 1, 1)),
        ("*", (None, None, None)),
    ],
)
def test_dims(text: str, sizes: tuple[int | None, ...]) -> None:
    assert args.dims(text, "--block") == sizes


@pytest.mark.parametrize("text", ["", "x", "16x", "-1", "a", "1.5", "16*16"])
def test_no_dims(text: str) -> None:
    with pytest.raises(UsageError, match="--block"):
        args.dims(text, "--block")


def test_bindings() -> None:
    assert args.binding("n=1024", "--param") == ("n", 1024)
    assert args.binding("s.field = -0x10", "--param") == ("s.field", -16)
    for wrong in ("n", "n=", "=1", "n=m", "n=1.5", "n=0x", "n=_"):
        with pytest.raises(UsageError, match="--param"):
            args.binding(wrong, "--param")


ALL = SOURCE_PROPERTIES
SELECTIONS = [
    ("nothing said", (), (), ALL, set()),
    ("a property", ("race",), (), {Property.RACE}, set()),
    ("two in one flag", ("race,bounds",), (), {Property.RACE, Property.BOUNDS}, set()),
    ("repeated", ("RACE", "bounds"), (), {Property.RACE, Property.BOUNDS}, set()),
    ("an id selects its property, the others of it do not count", ("CUQ-R001",), (),
     {Property.RACE}, {"CUQ-R002", "CUQ-R003"}),
    ("an id without the prefix", ("r001",), (), {Property.RACE}, {"CUQ-R002", "CUQ-R003"}),
    ("all ids of a property", ("D001,D002",), (), {Property.DIVERGENCE}, set()),
    ("excluding a property", (), ("race",), ALL - {Property.RACE}, set()),
    ("excluding an id leaves the property", (), ("R001",), ALL, {"CUQ-R001"}),
    ("excluding all ids of a property", (), ("D001", "D002"), ALL - {Property.DIVERGENCE}, set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "exclude", "properties", "left_out"),
    [s[1:] for s in SELECTIONS],
    ids=[s[0] for s in SELECTIONS],
)
def test_selection(
    check: tuple[str, ...], exclude: tuple[str, ...], properties: set[Property], left_out: set[str]
) -> None:
    chosen = args.selection(check, exclude)
    assert chosen.properties == properties
    assert set(chosen.left_out) == left_out
    assert all(reason.startswith("--") for reason in chosen.left_out.values())


def test_selection_errors() -> None:
    with pytest.raises(UsageError) as error:
        args.selection(("rase",), ())
    assert error.value.help == "did you mean `race`?"
    with pytest.raises(UsageError, match="--exclude: no check `CUQ-R999`"):
        args.selection((), ("CUQ-R999",))
    with pytest.raises(UsageError, match="nothing to check"):
        args.selection(("race",), ("race",))
    assert set(BY_CODE) == {c for c in BY_CODE if c.startswith("CUQ-")}


def test_outputs(tmp_path: Path) -> None:
    file = tmp_path / "out.sarif"
    assert args.outputs(()) == (args.Output("human", None),)
    assert args.outputs(("json",)) == (args.Output("json", None),)
    assert args.outputs(("json=-",)) == (args.Output("json", None),)
    # People still get their report when the others go to files.
    assert args.outputs((f"sarif={file}",)) == (args.Output("sarif", file), args.Output("human", None))
    assert args.outputs((f"sarif={file}", "github"))[1] == args.Output("github", None)


@pytest.mark.parametrize(
    ("formats", "message"),
    [
        (("jsn",), "no format `jsn`"),
        (("json", "human"), "json and human cannot both go to standard output"),
        (("json=missing/out.json",), "cannot write missing"),
        (("json=.",), "cannot write"),
        (("json=a.out", "sarif=a.out"), "two reports would go to a.out"),
    ],
)
def test_output_errors(formats: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        args.outputs(formats)

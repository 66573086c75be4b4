"""Dumps that are damaged in some place: read all the same, or refused with a place in the dump; never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cuq.base.errors import InputError
from cuq.mir.file import MirFile
from tests.mir.mir_text import DUMPS

SMALL = sorted((path for path in DUMPS if path.stat().st_size < 40_000), key=lambda path: path.name)
GARBAGE = st.sampled_from(
    [
        "",
        "\0",
        "{",
        "}",
        "(",
        ")",
        "<",
        ">",
        "[",
        "]",
        ";",
        ": ",
        " = ",
        "//",
        '"',
        "'",
        "_",
        "-> ",
        "bb",
        "const ",
        "é",
        "\u2028",
        "9" * 40,
    ]
)


KINDS = ("drop", "repeat", "swap", "cut", "insert", "join", "end")
POSITION = st.integers(0, 1 << 20)
EDIT = st.tuples(st.sampled_from(KINDS), POSITION, POSITION, POSITION, POSITION, GARBAGE)


def damaged(text: str, edits: list[tuple[str, int, int, int, int, str]]) -> str:
    """The text with some lines changed. Positions are taken modulo what there is."""
    lines = text.split("\n")
    for kind, first, second, start, end, garbage in edits:
        at, other = first % len(lines), second % len(lines)
        line = lines[at]
        column = start % (len(line) + 1)
        match kind:
            case "drop":
                lines[at] = ""
            case "repeat":
                lines.insert(other, line)
            case "swap":
                lines[at], lines[other] = lines[other], line
            case "cut":
                lines[at] = line[:column] + line[column + end % (len(line) + 1) :]
            case "insert":
                lines[at] = line[:column] + garbage + line[column:]
            case "join":
                lines[at] = line + lines[other].strip()
            case _:
                lines = [*lines[: at + 1], ""]
    return "\n".join(lines)


def refusals(text: str, name: str) -> Iterator[InputError]:
    """What is said of a dump when all of it is read."""
    try:
        file = MirFile(text, name)
    except InputError as error:
        yield error
        return
    for item in file.names():
        try:
            file.bodies(item)
        except InputError as error:
            yield error


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SMALL), st.lists(EDIT, min_size=1, max_size=3))
def test_damage_is_read_or_located(path: Path, edits: list[tuple[str, int, int, int, int, str]]) -> None:
    text = damaged(path.read_text(encoding="utf-8"), edits)
    for error in refusals(text, path.name):
        assert error.span is not None
        assert error.span.file == path.name
        assert 1 <= error.span.line <= text.count("\n") + 2


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=300), st.binary(max_size=300).map(lambda b: b.decode("latin-1"))))
def test_noise_is_refused(text: str) -> None:
    assert all(str(error) for error in refusals(text, "noise.mir"))


def test_damage_is_noticed() -> None:
    """A dump that ends in the middle of a body, and an unknown statement, are not read as if nothing was wrong."""
    text = SMALL[0].read_text(encoding="utf-8")
    half = text[: text.index("return;")]
    unknown = text.replace("return;", "retrun;", 1)
    assert list(refusals(half, "half.mir"))
    assert list(refusals(unknown, "unknown.mir"))

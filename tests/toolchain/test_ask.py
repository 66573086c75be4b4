"""Asking rustc about constants and layouts, and reading what it prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuq.base.errors import InputError
from cuq.ir.lower.oracle import Oracle
from cuq.mir.parser import parse_type
from cuq.mir.types import PathTy
from cuq.toolchain import compile_mir
from cuq.toolchain.answers import (
    Answers,
    ConstantAnswer,
    LayoutAnswer,
    Question,
    QuestionKind,
    Tag,
    answers_text,
    parse_answers,
)
from cuq.toolchain.ask import ask
from cuq.toolchain.debug_text import parse_debug
from cuq.toolchain.inquiry import Inquiry
from tests.cli.kernels import needs_rustc

SOURCE = """\
#![no_std]
mod inner {
    struct Mixed { small: u8, wide: u64, middle: u16 }
    pub enum Shape { Empty, Circle(f32), Box { width: u8, height: u32 } }
    union Word { number: u32, bytes: [u8; 4] }
    #[repr(align(32))] struct Aligned(u8);
    enum Signed { Low = -3, High = 4 }
    #[repr(u8)] pub enum Wide { Near(u8) = 3, Far(u8) = 9 }
    trait Policy { const TILE: usize; const SCALE: f32; }
    struct Small; impl Policy for Small { const TILE: usize = 4 * 2; const SCALE: f32 = -1.5; }
    const NEGATIVE: i16 = -2;
    const WIDE: u128 = 1 << 100;
    const TABLE: [u16; 3] = [1, 2, 3];
    const TEXT: &str = "x";
    const PICKED: Signed = Signed::Low;
    fn f<'a>(x: &'a Mixed, _: &Aligned, _: Word) -> (u8, Shape) { (x.small, Shape::Empty) }
}
fn k() {}
// the last line is a comment without an end"""

CONSTANTS = {
    "<inner::Small as inner::Policy>::TILE": ConstantAnswer("usize", 8),  # of a trait, private
    "<inner::Small as inner::Policy>::SCALE": ConstantAnswer("f32", 0xBFC0_0000),  # floats by their bits
    "inner::NEGATIVE": ConstantAnswer("i16", 2**128 - 2),  # extended as it is signed
    "inner::WIDE": ConstantAnswer("u128", 1 << 100),
    "inner::TABLE": ConstantAnswer("[u16; 3]", None),  # no scalar: its type, to ask on
    "inner::TEXT": ConstantAnswer("&str", None),
    "<f64>::NEG_INFINITY": ConstantAnswer("f64", 0xFFF0_0000_0000_0000),
    "core::mem::size_of::<inner::Mixed>()": ConstantAnswer("usize", 16),
    "core::mem::needs_drop::<inner::Small>()": ConstantAnswer("bool", 0),
}
DISCRIMINANTS = {
    ("core::option::Option<&'_ u8>", "Some"): 1,  # the value that is no null
    ("core::option::Option<&'_ u8>", "None"): 0,
    ("core::ops::Bound<u64>", "Unbounded"): 2,
    ("inner::Shape", "Box"): 2,  # a tag of its own
    ("inner::Wide", "Far"): None,  # tags that are no values of the type are not tried
    ("inner::Shape", "Missing"): None,
}
TYPED = {
    ("(inner::TABLE)[2]", "u16"): ConstantAnswer("u16", 3),
    ("inner::NEGATIVE", "i16"): ConstantAnswer("i16", 0xFFFE),  # only as wide as it is
    ("inner::PICKED", "inner::Signed"): ConstantAnswer("inner::Signed", 2**128 - 3),  # an enum as a number
}
LAYOUTS = {
    "inner::Mixed": LayoutAnswer(16, 8, (10, 0, 8)),
    "inner::Aligned": LayoutAnswer(32, 32, (0,)),
    "inner::Word": LayoutAnswer(4, 4, (0, 0)),
    "inner::Shape": LayoutAnswer(8, 4, (), Tag(0, 1), ((), (4,), (1, 4))),
    "core::option::Option<&inner::Mixed>": LayoutAnswer(8, 8, (), Tag(0, 8, (0, 0), 0, 1), ((), (0,))),
    "core::option::Option<bool>": LayoutAnswer(1, 1, (), Tag(0, 1, (0, 0), 2, 1), ((), (0,))),
    "core::result::Result<u32, core::convert::Infallible>": LayoutAnswer(4, 4, (0,)),
    "(u8, u32)": LayoutAnswer(8, 4, (0, 4)),
}
UNKNOWN = [
    Question(QuestionKind.CONSTANT, "inner::MISSING"),
    Question(QuestionKind.CONSTANT, "no code at all ("),
    Question(QuestionKind.LAYOUT, "inner::Nothing"),
    # Messages name its type by the last word of the path, which others may have.
    Question(QuestionKind.CONSTANT, "inner::PICKED"),
]


@pytest.mark.rustc
def test_what_rustc_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All in one run: that some are not understood spoils no other."""
    needs_rustc()
    monkeypatch.chdir(tmp_path)
    Path("asked.rs").write_text(SOURCE)
    inquiry = compile_mir(Path("asked.rs")).inquiry
    questions = [Question(QuestionKind.CONSTANT, text) for text in CONSTANTS]
    questions += [Question(QuestionKind.LAYOUT, text) for text in LAYOUTS]
    sane = [q for q in UNKNOWN if "(" not in q.text]
    answers = ask(inquiry, [*questions, *sane], 60.0)
    assert answers == Answers(CONSTANTS, LAYOUTS)
    typed = ask(inquiry, [Question(QuestionKind.CONSTANT, text, ty) for text, ty in TYPED], 60.0)
    assert typed == Answers({text: answer for (text, _), answer in TYPED.items()})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["asked.rs"]


@pytest.mark.rustc
def test_discriminants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of enums that the crate does not declare; the layout is asked for first."""
    needs_rustc()
    monkeypatch.chdir(tmp_path)
    Path("asked.rs").write_text(SOURCE.replace("mod inner", "pub mod inner"))
    inquiry = compile_mir(Path("asked.rs")).inquiry
    oracle = Oracle()
    found: dict[tuple[str, str], int | None] = {}
    for _ in range(3):
        found = {(text, name): oracle.discriminant(_enum(text), name) for text, name in DISCRIMINANTS}
        oracle = oracle.told(ask(inquiry, oracle.missing, 60.0))
    assert found == DISCRIMINANTS


def _enum(text: str) -> PathTy:
    ty = parse_type(text)
    assert isinstance(ty, PathTy)
    return ty


@pytest.mark.rustc
def test_what_rustc_does_not_understand_has_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_rustc()
    monkeypatch.chdir(tmp_path)
    Path("asked.rs").write_text(SOURCE)
    assert not ask(compile_mir(Path("asked.rs")).inquiry, UNKNOWN, 60.0)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param(
            "<f32 as deep::private::Float>::BITS", "<f32 as crate::private::Float>::BITS", id="of it"
        ),
        pytest.param("core::mem::size_of::<deep::A>()", "core::mem::size_of::<crate::A>()", id="and of core"),
        pytest.param(
            "{ #[repr(C, align(64))] struct CuqBytes([u8; 1]); deep::tag(&CuqBytes([0])) }",
            "{ #[repr(C, align(64))] struct CuqBytes([u8; 1]); crate::tag(&CuqBytes([0])) }",
            id="and of what the question is made of",
        ),
        pytest.param("<Own as deep::Float>::BITS", None, id="a word that may be another type there"),
        pytest.param("<deep::A as other::B>::C", None, id="two crates"),
        pytest.param("<f32 as far::Float>::BITS", None, id="a crate that is not needed"),
    ],
)
def test_what_another_crate_is_asked(text: str, asked: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered here is not asked there, and the answer has the name that it has here."""
    deep = Inquiry(Path("deep.rs"), (), {})
    here = Inquiry(Path("k.rs"), (), {}, {"deep": deep, "other": deep})
    put: list[str] = []

    def answers(inquiry: Inquiry, questions: list[Question], _: float) -> Answers:
        if inquiry is here:
            return Answers()
        put.extend(question.text for question in questions)
        return Answers({question.text: ConstantAnswer("u32", 32) for question in questions})

    monkeypatch.setattr("cuq.toolchain.ask._ask", answers)
    found = ask(here, [Question(QuestionKind.CONSTANT, text)], 1.0)
    assert put == ([] if asked is None else [asked])
    assert found.constants == ({} if asked is None else {text: ConstantAnswer("u32", 32)})


class TestDebugText:
    def test_nested(self) -> None:
        text = "A { size: Size(4 bytes), list: [ B, C { x: D( 1, 2, ), }, ], none: None, }"
        expected = ("A", {"size": ("Size", ["4", "bytes"]), "list": ["B", ("C", {"x": ("D", ["1", "2"])})]})
        name, fields = parse_debug(text)
        assert (name, {key: fields[key] for key in ("size", "list")}) == expected
        assert fields["none"] == "None"

    @pytest.mark.parametrize("text", ["", "A {", "A { b }", "[1, 2", "A(1))", "{", "A { b: , }"])
    def test_what_does_not_nest(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            parse_debug(text)


NUMBERS = st.integers(0, 2**64)
OFFSETS = st.lists(NUMBERS).map(tuple)
TAGS = st.builds(Tag, NUMBERS, NUMBERS, st.none() | st.tuples(NUMBERS, NUMBERS), NUMBERS, NUMBERS)
LAYOUT = st.builds(LayoutAnswer, NUMBERS, NUMBERS, OFFSETS) | st.builds(
    LayoutAnswer, NUMBERS, NUMBERS, st.just(()), TAGS, st.lists(OFFSETS).map(tuple)
)


@given(
    st.builds(
        Answers,
        st.dictionaries(st.text(), st.builds(ConstantAnswer, st.text(), st.none() | NUMBERS)),
        st.dictionaries(st.text(), LAYOUT),
        st.dictionaries(st.text(), st.text()),
    )
)
def test_answers_as_text(answers: Answers) -> None:
    assert parse_answers(answers_text(answers)) == answers


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"constants": {"a": 1}, "layouts": {}}'])
def test_other_files_are_no_answers(text: str) -> None:
    with pytest.raises(InputError):
        parse_answers(text)

"""Whole files: what is found in them, where code comes from, and what bad input says."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuq.base.errors import InputError, UsageError
from cuq.base.span import Span
from cuq.mir.body import AllocKind, BodyKind, Relocation
from cuq.mir.file import MirFile
from cuq.mir.tree import SourceInfo
from tests.mir.mir_text import SAMPLES

DATA = MirFile.read(SAMPLES / "data.mir")
CONTROL = MirFile.read(SAMPLES / "control.mir")


def test_items_are_found_by_name_and_kind() -> None:
    assert DATA.body("aggregates").kind is BodyKind.FN
    assert DATA.body("BYTES").kind is BodyKind.STATIC
    assert DATA.body("COUNTS").kind is BodyKind.STATIC_MUT
    assert DATA.body("constants::promoted[0]").kind is BodyKind.PROMOTED
    assert DATA.body("sequences::{constant#1}").trivial
    assert [str(arg.ty) for arg in CONTROL.body("calls").args] == ["*mut u32", "&dyn Op", "fn(u32) -> u32"]
    assert DATA.names("static", "static mut") == ("BYTES", "TABLE", "COUNTS")


def test_the_copies_for_the_compiler_itself_are_left_out() -> None:
    assert "// MIR FOR CTFE" in (SAMPLES / "data.mir").read_text(encoding="utf-8")
    assert len(DATA.bodies("Unit")) <= 1
    assert all(len(DATA.bodies(name)) == 1 for name in DATA.names("fn"))


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="nothing is called `no_such`"):
        DATA.body("no_such")


def test_allocations() -> None:
    counts = next(DATA.alloc(a) for a in DATA.names("alloc") if DATA.alloc(a).name == "COUNTS")
    assert counts.kind is AllocKind.STATIC
    assert counts.memory is not None
    assert (counts.memory.size, counts.memory.align, counts.memory.data) == (16, 4, (0,) * 16)
    table = next(DATA.alloc(a) for a in DATA.names("alloc") if DATA.alloc(a).name == "TABLE")
    assert table.memory is not None
    assert [r.offset for r in table.memory.relocations] == [8, 16]


ALLOCS = [
    # a pointer over the end of a line, undefined bytes, an address column
    (
        "alloc9 (size: 20, align: 4) {\n"
        "    0x00 │ 01 __ ff 00 00 00 00 00 00 00 00 00 ╾─alloc7─ │ ............╾───\n"
        "    0x10 │ ───────────╼                                     │ ───╼\n}",
        (1, None, 255, *[0] * 17),
        (Relocation(12, "alloc7"),),
    ),
    # an offset into an immutable allocation; text that looks like a column
    (
        "alloc9 (size: 8, align: 8) {\n    ╾─alloc7+0x10<imm>─╼ │ ╾──────╼\n}",
        (0,) * 8,
        (Relocation(0, "alloc7", 16),),
    ),
    ("alloc9 (size: 2, align: 1) {\n    20 7c │ ||\n}", (32, 124), ()),
    ("alloc9 (size: 0, align: 1) {}", (), ()),
    ("alloc9 (static: T, size: 4, align: 4) { .. }", None, ()),
]


@pytest.mark.parametrize(("text", "data", "relocations"), ALLOCS, ids=[text[:40] for text, _, _ in ALLOCS])
def test_bytes(text: str, data: tuple[int | None, ...] | None, relocations: tuple[Relocation, ...]) -> None:
    memory = MirFile(text, "k.mir").alloc("alloc9").memory
    assert memory is not None
    assert (memory.data, memory.relocations) == (data, relocations)


def test_the_users_line_is_the_outermost_call_site() -> None:
    """Inlined library code points into the library; the chain leads back to the kernel."""
    body = CONTROL.body("atomics")
    inner = next(s for b in body.blocks for s in b.statements if len(body.inline_chain(s.source)) > 2)
    chain = body.inline_chain(inner.source)
    assert chain[0].span == inner.source.span
    assert chain[0].span is not None
    assert chain[0].span.file.startswith("/rustc/library/")
    assert chain[-1].function == "atomics"
    user = body.user_span(inner.source)
    assert user is not None
    assert user.file == "control.rs"


def test_code_that_is_not_inlined_is_where_it_is() -> None:
    body = CONTROL.body("atomics")
    span = Span("control.rs", 1, 2, 3, 4)
    assert body.user_span(SourceInfo(span, 0)) == span


FN = "fn k() -> () {\n    let mut _0: ();\n\n    bb0: {\n        return;\n    }\n}\n"
BAD = [
    ("", 1, "no MIR"),
    ("// WARNING: nothing follows\n", 1, "no MIR"),
    ("pub fn main() {}\n", 1, "not MIR"),
    ("\x7fELF\x02\x01\x01", 1, "not MIR"),
    (FN.replace("return;", "jump bb0;"), 5, "jump bb0"),
    (FN.replace("return;", "_0 = const 1_u33;"), 5, "1_u33"),
    (FN.replace("return;", "_9 = const ();"), 5, "no local _9"),
    (FN.replace("return;", "return"), 5, "no `;`"),
    (FN.replace("return;", "return; // scope 7 at k.rs:1:1: 1:1"), 5, "no scope 7"),
    (FN.replace("return;", "nop;"), 6, "without an end"),
    (FN.replace("return;", "return;\n        nop;"), 6, "after the end"),
    (FN.replace("bb0", "bb1"), 4, "block bb0"),
    (FN.replace("let mut _0: ();", "let mut _0 ();"), 2, "not a declaration"),
    (FN.replace("let mut _0: ();", "let mut _2: ();"), 7, "no local 1"),
    (FN.replace("-> ()", "-> (u32"), 1, "u32"),
    (FN.replace("    }\n}\n", ""), 5, "ends inside"),
    (FN + "}\n", 8, "after the body"),
    (FN.replace("return;", "switchInt(copy _0) -> [0: bb0];"), 5, "no edge `otherwise`"),
    (FN.replace("return;", "goto -> bb7;"), 7, "bb0 goes to bb7"),
    (FN.replace("return;", "drop(_0) -> [return: bb0, resume: bb0];"), 5, "unexpected edge"),
    (FN.replace("return;", 'asm!("nop;", options()) -> sideways;'), 5, "asm"),
]


@pytest.mark.parametrize(("text", "line", "message"), BAD, ids=[f"{line}: {why}" for _, line, why in BAD])
def test_bad_text_is_an_error_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        MirFile(text, "k.mir").bodies("k")
    assert caught.value.span == Span.at("k.mir", line)


def test_a_cut_body_is_never_read() -> None:
    """Wherever a dump is cut, the body in which it is cut is an error."""
    item = next(item for item in DATA.items if item.name == "numbers")
    lines = item.text.split("\n")
    for end in range(1, len(lines)):
        cut = MirFile("\n".join(lines[:end]), "k.mir")
        with pytest.raises(InputError, match="ends inside"):
            cut.body("numbers")


def test_a_bad_body_does_not_hide_the_others() -> None:
    file = MirFile(FN.replace("k()", "bad()").replace("return;", "jump;") + "\n" + FN, "k.mir")
    assert len(file.bodies("k")) == 1
    with pytest.raises(InputError):
        file.bodies("bad")


def test_unreadable_files(tmp_path: Path) -> None:
    binary = tmp_path / "binary.mir"
    binary.write_bytes(b"\xff\xfe\x00fn")
    for path in (binary, tmp_path / "missing.mir", tmp_path):
        with pytest.raises(InputError, match="cannot read"):
            MirFile.read(path)

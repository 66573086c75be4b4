"""PTX statements: what is written comes back, what is not PTX has a place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuq.base.errors import InputError
from cuq.ptx.instructions import parse_statements
from cuq.ptx.instructions.tree import (
    Address,
    Declaration,
    Float,
    Instruction,
    Integer,
    Name,
    Not,
    Operand,
    Pair,
    Placeholder,
    Vector,
)

TEXTS = [
    ("ld.relaxed.sys.u32 %r1, [%rd1+4];", None),
    ("ld.u32 %r1, [%rd1 + -4 + 8];", "ld.u32 %r1, [%rd1+4];"),
    ("@!%p1 bra $L__BB0_2;", None),
    ("shfl.sync.down.b32 %r1|%p1, %r2, 0x10, 037, -1;", "shfl.sync.down.b32 %r1|%p1, %r2, 16, 31, -1;"),
    ("st.shared::cta.v2.u32 [t+8], {%r1, %r2};", None),
    (".extern .shared .align 16 .b8 dyn[];", None),
    (".shared .align 4 .b8 t[4][8];", ".shared .align 4 .b8 t[32];"),
    (".reg .pred %p<4>;", None),
    ("mov.f64 %fd1, 0d3FF0000000000000;", None),
    ("call (retval0), foo, (param0, param1);", None),
    ("cp.async.bulk.tensor.2d.shared::cta.global [d], [m, {%r1, %r2}];", None),
    ("// a comment\nret /* and another */;", "ret;"),
    ("ret", "ret;"),
    ('.pragma "nounroll";', None),
]


@pytest.mark.parametrize(("text", "printed"), TEXTS)
def test_statements_print_as_they_are_written(text: str, printed: str | None) -> None:
    (statement,) = parse_statements(text)
    assert str(statement) == (printed or text)


def test_templates_have_operands_and_doubled_braces() -> None:
    found = parse_statements("{{ .reg .u32 t, u;\nst.v2.u32 [{0}], {{{1:x}, t}}; }}", template=True)
    assert [str(s) for s in found] == [
        "{",
        ".reg .u32 t;",
        ".reg .u32 u;",
        "st.v2.u32 [{0}], {{1:x}, t};",
        "}",
    ]
    store = found[3]
    assert isinstance(store, Instruction)
    assert store.operands == (Address(Placeholder(0)), Vector((Placeholder(1, "x"), Name("t"))))
    assert (store.span.line, store.span.column) == (2, 1)


def test_lines_of_debug_information_end_with_the_line() -> None:
    loc, instruction = parse_statements(".loc\t1 5 3, function_name $L, inlined_at 1 2 3\nret;")
    assert str(loc).startswith(".loc 1 5 3")
    assert str(instruction) == "ret;"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("ret;\n  ld.u32 %r1 %r2;", (2, 14), "`%r2` where `;` was expected"),
        ("ld.u32 %r1, [%r2;", (1, 17), "`]`"),
        ("ld.u32 %r1,", (1, 12), "the end where a register"),
        ("@", (1, 2), "a register"),
        ("mov.u32 %r1, 09;", (1, 14), "a number"),
        ("mov.u32 %r1, §;", (1, 14), "cannot read"),
        (".shared tile[4];", (1, 9), "a type"),
        (".shared .b8 4;", (1, 13), "a name"),
        (".visible", (1, 9), "a state space"),
        ("bar .sync 0;", (1, 5), "where"),
    ],
)
def test_bad_text_has_a_place(text: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(InputError, match=r".") as caught:
        parse_statements(text)
    span = caught.value.span
    assert span is not None
    assert (span.line, span.column) == place
    assert message in caught.value.message


@given(st.text(alphabet='ld.st{}[]0123;, \n@!%|:-+_azX"/*<>', max_size=60), st.booleans())
def test_any_text_is_read_or_refused(text: str, template: bool) -> None:
    try:
        parse_statements(text, template=template)
    except InputError as error:
        if error.span is None:
            raise


_names = st.from_regex(r"%[a-z]{1,3}[0-9]{1,2}|[a-z][a-z0-9_]{0,5}", fullmatch=True).map(Name)
_integers = st.integers(-(2**63), 2**64 - 1).map(Integer)
_simple: st.SearchStrategy[Operand] = st.one_of(
    _names,
    _integers,
    st.builds(Float, st.integers(0, 2**32 - 1), st.just(32)),
    st.builds(Address, _names, st.integers(-4096, 4096)),
    st.builds(Not, _names),
)
_operands = st.one_of(
    _simple,
    st.lists(_simple, min_size=1, max_size=4).map(lambda found: Vector(tuple(found))),
    st.builds(Pair, _names, _names),
)


@given(
    st.from_regex(r"[a-z]{2,8}(\.[a-z0-9]{1,5}(::[a-z]{1,4})?){0,4}", fullmatch=True),
    st.lists(_operands, max_size=5),
    st.one_of(st.none(), _names, st.builds(Not, _names)),
)
def test_instructions_come_back(opcode: str, operands: list[Operand], guard: Name | Not | None) -> None:
    guarded = f"@{guard} " if guard else ""
    text = f"{guarded}{opcode} {', '.join(map(str, operands))};"
    (found,) = parse_statements(text)
    assert isinstance(found, Instruction)
    assert (found.opcode, found.operands, found.guard) == (opcode, tuple(operands), guard)
    assert parse_statements(str(found)) == (found,) or found.span.column == 1


def test_declared_arrays_have_their_size() -> None:
    (tile,) = parse_statements(".shared .align 8 .f64 tile[16][17];")
    assert isinstance(tile, Declaration)
    assert (tile.space, tile.type, tile.name, tile.align, tile.length) == ("shared", "f64", "tile", 8, 272)

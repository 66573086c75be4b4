"""Functions of dependencies, as the crate that calls them would print them."""

from __future__ import annotations

import pytest

from cuq.mir.file import MirFile
from cuq.toolchain.bodies import function

HIR = """\
#![attr = NoStd]
extern crate core;
mod deep {
    pub fn call() { }
}
struct Point(u32);
pub(crate) enum Shape { Point(Point), None, }
const LIMIT: u32 = 3;
fn helper(_: u32) { }
static TABLE: [u32; 2] = [1, 2];
"""
BODY = """\
fn deep::call(_1: Point, _2: deep::Other) -> u32 {
    debug helper => _1;                  // in scope 0 at /src/deep/Point/helper.rs:1:2: 1:3
    let mut _0: u32;                     // return place in scope 0 at /src/deep.rs:1:2: 1:3
    let mut _3: Shape;                   // in scope 0 at /src/deep.rs:1:2: 1:3

    bb0: {
        _3 = Shape::Point(copy _1);      // scope 0 at /src/deep.rs:1:2: 1:3
        _4 = copy ((_3 as Point).0: Point); // scope 0 at /src/deep.rs:1:2: 1:3
        _5 = const LIMIT;                // scope 0 at /src/deep.rs:1:2: 1:3
                                         // mir::ConstOperand
                                         // + span: /src/deep.rs:1:2: 1:3
                                         // + const_: Const { ty: u32, val: Unevaluated(LIMIT, [], None) }
        _6 = const "deep::call helper(Point)"; // scope 0 at /src/deep.rs:1:2: 1:3
        _7 = const {alloc3: &[u8; 2]};   // scope 0 at /src/deep.rs:1:2: 1:3
        _8 = &(*_1) as *const Point (PtrToPtr); // scope 0 at /src/deep.rs:1:2: 1:3
        _9 = helper(copy _5) -> [return: bb1, unwind unreachable]; // scope 0 at /src/deep.rs:1:2: 1:3
                                         // mir::ConstOperand
                                         // + span: /src/deep.rs:1:2: 1:3
                                         // + const_: Const { ty: fn(u32) {helper}, val: Value(helper) }
    }

    bb1: {
        return;                          // scope 0 at /src/deep.rs:1:2: 1:3
    }
}

alloc3 (size: 2, align: 1) {
    01 02                                           │ ..
}

fn deep::call::{closure#0}(_1: &{closure@/src/deep.rs:9:1: 9:2}) -> u32 {
    bb0: {
        _0 = other::twice(const 1_u32) -> [return: bb1, unwind unreachable]; // scope 0 at /src/deep.rs:1:2: 1:3
    }
}

const deep::call::promoted[0]: &Point = {
    bb0: {
        return;                          // scope 0 at /src/deep.rs:1:2: 1:3
    }
}

fn deep::caller() -> () {
    bb0: {
        return;                          // scope 0 at /src/deep.rs:1:2: 1:3
    }
}
"""


def taken(mir: str = BODY, crates: tuple[str, ...] = ("other",)) -> str | None:
    return function("dep", "dep::deep::call", mir, HIR, crates)


def test_own_names_get_the_name_of_the_crate() -> None:
    text = taken()
    assert text is not None
    for expected in (
        "fn dep::deep::call(_1: dep::Point, _2: dep::deep::Other) -> u32 {",
        "debug helper => _1;",
        "at /src/deep/Point/helper.rs:1:2: 1:3",
        "let mut _3: dep::Shape;",
        "_3 = dep::Shape::Point(copy _1);",
        "((_3 as Point).0: dep::Point)",
        "_5 = const dep::LIMIT;",
        "Unevaluated(dep::LIMIT, [], None)",
        'const "deep::call helper(Point)";',
        "as *const dep::Point (PtrToPtr)",
        "_9 = dep::helper(copy _5)",
        "fn(u32) {dep::helper}, val: Value(dep::helper)",
        "_0 = other::twice(const 1_u32)",
    ):
        assert expected in text, expected


def test_what_belongs_to_a_function_comes_along() -> None:
    text = taken()
    assert text is not None
    file = MirFile(text, "dep")
    assert file.names() == (
        "dep::deep::call",
        "dep::deep::call::{closure#0}",
        "dep::deep::call::promoted[0]",
    )
    (alloc,) = (item.name for item in file.items if item.kind == "alloc")
    assert alloc != "alloc3"
    assert f"{{{alloc}: &[u8; 2]}}" in text


@pytest.mark.parametrize(
    ("mir", "crates", "why"),
    [
        (BODY, (), "another crate's name, which may mean something else where the call is"),
        (BODY.replace("alloc3 (size", "alloc3 (static: TABLE, size"), ("other",), "a static"),
        (
            BODY.replace("const LIMIT;", "const <static(DefId(0:3 ~ dep[1f2e]::TABLE))>;"),
            ("other",),
            "a static",
        ),
        (BODY.replace("fn deep::call(", "fn deep::other("), ("other",), "no such function"),
        (BODY + BODY, ("other",), "two of the name"),
    ],
)
def test_what_is_not_taken(mir: str, crates: tuple[str, ...], why: str) -> None:
    assert taken(mir, crates) is None, why

"""Bodies of generic functions at arguments: the parameters are replaced, and nothing that looks like them."""

from __future__ import annotations

import pytest

from cuq.mir.file import MirFile

GIVEN = {"T": ("f32", ""), "N": ("4", "usize"), "B": ("true", "bool")}
BODY = """\
fn helper(_1: [T; N]) -> () {
    let mut _0: ();
    let mut _2: LOCAL;

    bb0: {
        _2 = VALUE;
        return;
    }
}
"""
CASES = [
    pytest.param("[T; N]", "copy _1", "[f32; 4]", "copy _1", id="in types"),
    pytest.param("usize", "const N", "usize", "const 4_usize", id="a number as an operand has its type"),
    pytest.param("bool", "const B", "bool", "const true", id="a bool has none"),
    pytest.param(
        "usize", "const <T as Size>::N", "usize", "const <f32 as Size>::N", id="what a path ends in"
    ),
    pytest.param(
        "m::T", "copy (_1.0: m::T)", "m::T", "copy (_1.0: m::T)", id="a type of that name in a module"
    ),
    pytest.param("&'T u8", "copy _1", "&'T u8", "copy _1", id="a lifetime"),
    pytest.param("&str", 'const "T"', "&str", 'const "T"', id="in a string"),
    pytest.param("Tt<NN>", "copy _1", "Tt<NN>", "copy _1", id="longer names"),
]


@pytest.mark.parametrize(("local", "value", "wanted_local", "wanted_value"), CASES)
def test_parameters_are_replaced(local: str, value: str, wanted_local: str, wanted_value: str) -> None:
    file = MirFile(BODY.replace("LOCAL", local).replace("VALUE", value), "f.mir")
    wanted = MirFile(
        BODY.replace("[T; N]", "[f32; 4]").replace("LOCAL", wanted_local).replace("VALUE", wanted_value),
        "f.mir",
    )
    found = file.instance("helper", GIVEN)
    assert found == wanted.body("helper")
    assert file.instance("helper", GIVEN) is found  # a call that comes back to it is recursion

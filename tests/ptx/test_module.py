"""PTX modules: what is read, and what is refused with its place."""

from __future__ import annotations

import pytest

from cuq.base.errors import InputError
from cuq.ptx.module import parse_module

TEXT = """\
.version 6.0
.target sm_70, debug
.address_size 64

.extern .func  (.param .b32 r) helper ( .param .b64 a );
.global .align 4 .u32 flag = 0;
.const .align 8 .b8 table[4] = {1, 2, 3, 4};
.extern .shared .align 16 .b8 pool[];

.visible .entry k(
	.param .u64 .ptr .align 4 k_param_0,
	.param .align 8 .b8 k_param_1[16]
)
.maxntid 256, 1, 1
{
	.reg .b32 %r<3>;
	{ // scoped
	bar.sync 0;
	}
$L: bra.uni $L;
}
.func noreturn_one() .noreturn { trap; }
"""


def test_what_a_module_has() -> None:
    module = parse_module(TEXT, "k.ptx")
    assert (module.version, module.target) == ("6.0", "sm_70 , debug")
    assert [(v.space, v.name) for v in module.variables] == [
        ("global", "flag"),
        ("const", "table"),
        ("shared", "pool"),
    ]
    assert [(f.name, f.entry, f.body is None) for f in module.functions] == [
        ("helper", False, True),
        ("k", True, False),
        ("noreturn_one", False, False),
    ]
    entry = module.function("k")
    assert entry is not None
    assert entry.params == ("k_param_0", "k_param_1")
    assert [str(s) for s in entry.body or ()] == [
        ".reg .b32 %r<3>;",
        "{",
        "bar.sync 0;",
        "}",
        "$L:",
        "bra.uni $L;",
    ]
    assert entry.span.line == 10


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        pytest.param("mov.b32 %r1, 0;", "1:1", "a directive was expected", id="code outside of functions"),
        pytest.param(".entry k() { bar.sync 0;", "1:25", "an instruction was expected", id="no end"),
        pytest.param(
            ".entry k() { ld.global.b32 %r1 [%rd1]; }", "1:32", "`;` was expected", id="a missing comma"
        ),
        pytest.param(".entry k() { § }", "1:14", "cannot read PTX", id="not PTX"),
        pytest.param(".entry k(", "1:10", "something more", id="no end of parameters"),
        pytest.param(".global .align", "1:15", "a number", id="half a variable"),
    ],
)
def test_what_is_refused(text: str, place: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_module(text, "k.ptx")
    assert str(caught.value).startswith(f"k.ptx:{place}: ")
    assert message in str(caught.value)

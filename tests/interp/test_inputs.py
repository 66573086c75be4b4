"""Random launches keep to what is fixed, to the contract, and to their seed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cuq.base.errors import UsageError
from cuq.base.span import Span
from cuq.contract import Contract, parse_items
from cuq.ir.interp import Fill, Interpreter, LaunchConfig, Pattern
from cuq.ir.interp.inputs import Given, draw_launch
from cuq.ir.interp.launch import MOST_DYNAMIC_SHARED
from cuq.ir.module import Kernel
from cuq.ir.parse import parse_kernel
from tests.interp.mini import mini
from tests.ir.kernels import kernel

PLAIN = mini("def k(x: ptr(i32), y: slice(i32), n: i32):\n if gid < n:\n  x[gid] = 1")
SEEDS = range(60)


def contract(*items: str) -> Contract:
    return parse_items([("test", item) for item in items]) if items else Contract(None, Span.at("test", 1))


def launches(of: Kernel, *items: str, given: Given | None = None) -> list[LaunchConfig]:
    return [draw_launch(of, contract(*items), given or Given(), seed) for seed in SEEDS]


def test_the_seed_decides() -> None:
    assert launches(PLAIN) == launches(PLAIN)
    assert len({str(launch) for launch in launches(PLAIN)}) > 50


def test_axes_that_the_kernel_does_not_read_are_one() -> None:
    """Unless the contract leaves them free."""
    assert {(c.block[1:], c.grid[1:]) for c in launches(PLAIN)} == {((1, 1), (1, 1))}
    assert len({c.grid[1] for c in launches(PLAIN, "grid=[1,_,1]")}) > 1


def test_dimensions_of_the_contract_and_of_the_caller() -> None:
    """The caller's are stronger."""
    given = Given(block=(8, None, None))
    found = {(c.block, c.grid) for c in launches(PLAIN, "block=[4,2,1]", "grid=[3,1,1]", given=given)}
    assert found == {((8, 2, 1), (3, 1, 1))}


@pytest.mark.parametrize(
    "requires",
    ["n <= grid.x * block.x", "n == grid.x * block.x && n > 3", "len(y) == 2 * n && n >= 1", "n % 2 == 1"],
)
def test_conditions_hold(requires: str) -> None:
    for c in launches(PLAIN, f'requires="{requires}"'):
        n, y, threads = c.params["n"], c.params["y.len"], c.grid[0] * c.block[0]
        assert {
            "n <= grid.x * block.x": n <= threads,
            "n == grid.x * block.x && n > 3": n == threads > 3,
            "len(y) == 2 * n && n >= 1": y == 2 * n >= 2,
            "n % 2 == 1": n % 2 == 1,
        }[requires]


def test_lengths_of_slices_and_of_raw_pointers() -> None:
    for c in launches(PLAIN, 'len.x="n + 1"', 'len.y="n"'):
        assert c.params["y.len"] == c.params["n"]
        assert c.lengths == {"x": c.params["n"] + 1}


def test_given_parameters_win() -> None:
    found = launches(PLAIN, given=Given(params={"n": 77}))
    assert {c.params["n"] for c in found} == {77}


def test_aliases_only_where_allowed() -> None:
    assert not any(c.aliases for c in launches(PLAIN))
    offsets = {c.aliases.get("y") for c in launches(PLAIN, "may_alias=[x,y]")}
    assert {None, ("x", 0), ("x", 4), ("x", -4)} < offsets


def test_a_contract_out_of_reach() -> None:
    with pytest.raises(UsageError, match="no launch within the contract"):
        draw_launch(PLAIN, contract('requires="n == 3 && n == 4"'), Given(), 0)


def test_contents() -> None:
    given = Given(contents={"x": Pattern.IOTA, "y": (Fraction(1), Fraction(-2))})
    config = draw_launch(PLAIN, contract(), given, 0)
    assert config.fills["x"].pattern is Pattern.IOTA
    assert config.memory["y"] == ((0, b"\x01\0\0\0\xfe\xff\xff\xff"),)
    assert draw_launch(PLAIN, contract("init.x=7"), given, 0).fills["x"] == Fill(Pattern.CONSTANT, value=7)


def typed(rust_type: str, element: int) -> Kernel:
    return kernel(
        f"""kernel k {{
        object x: param global element {element}
        param x: "{rust_type}" = %0:ptr as x unsigned -> @x
        bb0():
        return
        }}"""
    )


@pytest.mark.parametrize(
    ("rust_type", "element", "width", "floating"),
    [
        ("*mut f32", 4, 4, True),
        ("&[f64]", 8, 8, True),
        ("&[AtomicU32; 256]", 4, 4, False),
        ("*const u8", 1, 1, False),
        ("*mut bool", 1, 1, False),
        ("*mut [u16; 3]", 6, 2, False),
        ("*mut Record", 12, 4, False),
        ("*mut Word", 8, 8, False),
    ],
)
def test_contents_suit_the_type(rust_type: str, element: int, width: int, floating: bool) -> None:
    fill = draw_launch(typed(rust_type, element), contract(), Given(), 3).fills["x"]
    assert (fill.pattern, fill.width, fill.floating) == (Pattern.RANDOM, width, floating)
    values = {fill.element("x", i) for i in range(50)}
    assert len(values) == 2 if "bool" in rust_type else len(values) > 1


def test_fractions_only_into_floats() -> None:
    given = Given(contents={"x": (Fraction(1, 2),)})
    assert draw_launch(typed("*mut f32", 4), contract(), given, 0).memory["x"] == ((0, b"\0\0\0\x3f"),)
    with pytest.raises(UsageError, match="no integer"):
        draw_launch(typed("*mut u32", 4), contract(), given, 0)


def test_all_drawn_launches_fit_the_kernel() -> None:
    interpreter = Interpreter(PLAIN)
    assert all(interpreter.run(c).finished for c in launches(PLAIN))


def test_dynamic_shared_memory_is_as_large_as_it_needs_to_be() -> None:
    """Nothing is said of it: an access inside of what a device has is no fault."""
    text = """
kernel k {
  object dynamic_shared: shared shared element 1
  bb0:
    %0:i32 = special tid.x
    %1:i64 = zext %0
    %2:ptr = ptradd @dynamic_shared, %1
    store generic.weak %2, 1:i8
    return
}
"""
    parsed = parse_kernel(text, "k.ir")
    config = draw_launch(parsed, Contract("k", Span.at("k.ir", 1)), Given(), 1)
    assert config.dynamic_shared == MOST_DYNAMIC_SHARED
    assert Interpreter(parsed).run(config).clean

"""Contracts in flags: what they state, and which kernels they speak of."""

import pytest

from cuq.base.errors import UsageError
from cuq.cli.flags import Flag, check_names, contract_flags


def flags(
    block: str | None = None,
    grid: str | None = None,
    param: tuple[str, ...] = (),
    requires: tuple[str, ...] = (),
    may_alias: tuple[str, ...] = (),
    any_launch: bool = False,
) -> tuple[Flag, ...]:
    return contract_flags(
        block=block, grid=grid, param=param, requires=requires, may_alias=may_alias, any_launch=any_launch
    )


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (flags(block="256"), "block=[256,1,1]"),
        (flags(block="*"), "block=[_,_,_]"),
        (flags(grid="2x*"), "grid=[2,_,1]"),
        (flags(param=("n=1_024",)), 'requires="n == 1024"'),
        (flags(param=("n=-1",)), 'requires="n == -1"'),
        (flags(requires=("n <= grid.x * block.x",)), 'requires="n <= grid.x * block.x"'),
        (flags(may_alias=("x,y",)), "may_alias=[x,y]"),
        (flags(any_launch=True), "any_launch=true"),
    ],
)
def test_the_directive_they_stand_for(found: tuple[Flag, ...], line: str) -> None:
    [flag] = found
    assert flag.contract.render() == (f"//@ cuq: {line}",)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"block": "2048"}, "block.x = 2048"),
        ({"block": "64x64"}, "4096 threads in a block"),
        ({"grid": "0"}, "grid.x = 0"),
        ({"requires": ("n <",)}, "--requires"),
        ({"requires": ('n < "2"',)}, "--requires"),
        ({"requires": ("n == 1\n block=[1]",)}, "--requires"),
    ],
)
def test_errors_name_the_flag(call: dict[str, str | tuple[str, ...]], message: str) -> None:
    with pytest.raises(UsageError) as error:
        flags(**call)  # type: ignore[arg-type]  # the values fit their names
    assert message in str(error.value)


def test_a_flag_speaks_of_the_kernels_that_have_its_names() -> None:
    [flag] = flags(requires=("n <= len(x)",))
    assert flag.applies_to(["x", "y", "n"])
    assert not flag.applies_to(["x", "y"])
    check_names([flag], [["n"], ["x", "n"]])
    with pytest.raises(UsageError, match="no kernel has a parameter `n`") as error:
        check_names([flag], [["x", "m"]])
    assert error.value.help == "did you mean `m`?" or "known" in str(error.value.help)
    with pytest.raises(UsageError, match="no kernel has all of these"):
        check_names([flag], [["n"], ["x"]])


def test_fields_and_dimensions() -> None:
    [field, dim] = flags(param=("s.len=3",), requires=("block.x == 32",))
    assert field.applies_to(["s"])
    assert dim.applies_to([])
    check_names([dim], [])

"""Which contract is in force, and `cuq.toml`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cuq.base.errors import InputError, UsageError
from cuq.base.span import Span
from cuq.contract import Contract, check_kernel_names, contract_for, parse_directives
from cuq.contract.config import read_config

HERE = Span.at("k.rs", 9)
PARAMS = ("n", "x", "y", "s")


def layer(*lines: str) -> tuple[Contract, ...]:
    return parse_directives("\n".join(f"//@ cuq: {line}" for line in lines), "k.rs").contracts


def in_force(*layers: tuple[Contract, ...]) -> tuple[str, ...]:
    contract = contract_for(("k", "m::k"), layers, params=PARAMS, statics=("LOCK",), span=HERE)
    return tuple(line.removeprefix("//@ cuq: kernel=k ") for line in contract.render())


IN_FORCE = [
    ("nothing said", [], ()),
    ("every kernel", [layer("block=[4]")], ("block=[4,1,1]",)),
    ("of another kernel", [layer("kernel=other block=[4]")], ()),
    ("by its path", [layer("kernel=m::k block=[4]")], ("block=[4,1,1]",)),
    ("one kernel over every kernel", [layer("block=[4]", "kernel=k block=[8]")], ("block=[8,1,1]",)),
    ("a flag over the source", [layer("kernel=k block=[4]"), layer("block=[_]")], ("block=[_,1,1]",)),
    (
        "conditions add up",
        [layer('requires="n > 0"', 'kernel=k requires="n < 9"'), layer('requires="n != 5"')],
        ('requires="n > 0"', 'requires="n < 9"', 'requires="n != 5"'),
    ),
    ("lengths by parameter", [layer("len.x=1 len.y=2"), layer("len.x=3")], ('len.y="2"', 'len.x="3"')),
    ("contents by name", [layer("init.x=1 init.LOCK=2"), layer("init.x=3")], ("init.LOCK=2", "init.x=3")),
    (
        "aliases add up",
        [layer("may_alias=[x,y]"), layer("may_alias=[x,s]")],
        ("may_alias=[x,y]", "may_alias=[x,s]"),
    ),
    (
        "once any launch, always",
        [layer("any_launch=true"), layer("block=[1]")],
        ("block=[1,1,1]", "any_launch=true"),
    ),
    ("fields of a parameter", [layer('requires="s.width > 0"')], ('requires="s.width > 0"',)),
]


@pytest.mark.parametrize(("why", "layers", "expected"), IN_FORCE, ids=[case[0] for case in IN_FORCE])
def test_in_force(why: str, layers: list[tuple[Contract, ...]], expected: tuple[str, ...]) -> None:
    assert in_force(*layers) == expected, why


@pytest.mark.parametrize(
    ("line", "help"),
    [
        ('requires="m > 0"', "known: n, s, x, y"),
        ('requires="n > len(xs)"', "did you mean `x`?"),
        ("len.xx=1", "did you mean `x`?"),
        ('len.x="m"', "known: n, s, x, y"),
        ("init.LOC=1", "did you mean `LOCK`?"),
        ("may_alias=[x,yy]", "did you mean `y`?"),
    ],
)
def test_unknown_parameters(line: str, help: str) -> None:
    with pytest.raises(UsageError, match="`k` has no parameter") as caught:
        in_force(layer(line))
    assert caught.value.help == help
    assert caught.value.span is not None


def test_unknown_kernels() -> None:
    check_kernel_names(layer("block=[1]", "kernel=k block=[1]"), ["k"])
    with pytest.raises(UsageError, match="no kernel is called `saxpi`") as caught:
        check_kernel_names(layer("kernel=saxpi block=[1]"), ["saxpy", "scale"])
    assert caught.value.help == "did you mean `saxpy`?"


def test_aliases_and_lengths() -> None:
    (contract,) = layer("kernel=k may_alias=[x,y] len.x=4")
    assert contract.aliases("y", "x")
    assert not contract.aliases("x", "s")
    assert contract.length_of("x") is not None
    assert contract.length_of("y") is None


CONFIG = """\
[kernel.k]
block = [256, 1, 1]
grid = ["_", 1]
requires = ["n <= grid.x * block.x",
            "n > 0"]
len.y = "n"
len.x = 5
init.LOCK = 0
may_alias = ["x", "y"]
allow = [{ check = "CUQ-R001", reason = "same value", until = 2027-01-01 }]
any_launch = true

[kernel."m::j"]
requires = "n == 1"
"""


def config(tmp_path: Path, text: str) -> tuple[Contract, ...]:
    path = tmp_path / "cuq.toml"
    path.write_text(text)
    return read_config(path)


def test_config_says_what_directives_say(tmp_path: Path) -> None:
    first, second = config(tmp_path, CONFIG)
    expected = (
        'kernel=k block=[256,1,1] grid=[_,1] requires="n <= grid.x * block.x" requires="n > 0" len.y="n"',
        "kernel=k len.x=5 init.LOCK=0 may_alias=[x,y] any_launch=true",
        'kernel=k allow(CUQ-R001, reason="same value", until="2027-01-01")',
    )
    assert first.render() == layer(*expected)[0].render()
    assert second.kernel == "m::j"
    assert [(item.condition.span.line, item.condition.span.column) for item in first.requires] == [
        (4, 14),
        (5, 14),
    ]
    assert second.span.line == 13


@pytest.mark.parametrize(
    ("text", "message", "line", "help"),
    [
        ("[kernel.k]\nblok = [1]", "unknown key `kernel.k.blok`", 2, "did you mean `block`?"),
        ("[kernels.k]\n", "unknown key `kernels`", 1, "did you mean `kernel`?"),
        ("[kernel.k]\nblock = [0]", "no launch has block.x = 0", 2, None),
        ("[kernel.k]\nblock = ['x']", "kernel.k.block", 2, None),
        ("[kernel.k]\n\nrequires = 'n <'", "missing", 3, None),
        ("[kernel.k]\nlen.x = 'n < 1'", "a number is needed", 2, None),
        ("[kernel.k]\nallow = [{ check = 'CUQ-R001' }]", "reason", 2, None),
        ("[kernel.k\n", "", 1, None),
    ],
)
def test_config_errors(tmp_path: Path, text: str, message: str, line: int, help: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        config(tmp_path, text)
    assert message in caught.value.message
    assert caught.value.span is not None
    assert caught.value.span.line == line
    if help is not None:
        assert caught.value.help == help


def test_a_config_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_config(tmp_path / "cuq.toml")


def test_the_examples_of_the_documentation(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/contracts.md").read_text()
    (rust, toml) = (
        re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)[0] for language in ("rust", "toml")
    )
    (written,) = parse_directives(rust, "k.rs").contracts
    (configured,) = config(tmp_path, toml)
    assert written.render() == configured.render()

"""Contracts in comments and flags."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuq.base.errors import UsageError
from cuq.base.span import Span
from cuq.contract import (
    Allow,
    Contract,
    Dims,
    Initial,
    Length,
    MayAlias,
    Requirement,
    parse_condition,
    parse_directives,
    parse_items,
    render,
)
from tests.contract.test_terms import conditions, int_terms

SOURCE = """\
//! A file.
//@ cuq: block=[256,1,1] grid=[_,1,1]
//@ run-pass
//@ edition: 2021
const NO: &str = "
//@ cuq: nonsense
";
//@ cuq: kernel=copy requires="n <= grid.x * block.x" len.out="n" init.lock=0
//@ cuq: may_alias=[x,y], any_launch=true
//@ expect: race-free
#[no_mangle]
pub unsafe extern "ptx-kernel" fn copy(n: u32) {}

    //@ cuq: kernel=m::add allow(CUQ-R001, reason="same value (written)", until="2027-01-01")
    //@ expect: race, panic
"""


def test_a_file() -> None:
    directives = parse_directives(SOURCE, "k.rs")
    everywhere, copy, add = directives.contracts
    assert everywhere.kernel is None
    assert everywhere.block is not None
    assert everywhere.block.as_tuple() == (256, 1, 1)
    assert everywhere.grid is not None
    assert everywhere.grid.as_tuple() == (None, 1, 1)
    assert copy.kernel == "copy"
    assert [render(item.condition) for item in copy.requires] == ["n <= grid.x * block.x"]
    assert [(item.param, render(item.elements)) for item in copy.lengths] == [("out", "n")]
    assert [(item.name, item.value) for item in copy.initial] == [("lock", 0)]
    assert [group.params for group in copy.may_alias] == [("x", "y")]
    assert copy.any_launch
    assert add.kernel == "m::add"
    (allow,) = add.allows
    assert (allow.check, allow.reason, allow.until) == ("CUQ-R001", "same value (written)", date(2027, 1, 1))
    expected = [(item.kernel, item.outcome) for item in directives.expectations]
    assert expected == [("copy", "race-free"), ("m::add", "race"), ("m::add", "panic")]


def test_spans_point_at_the_pieces() -> None:
    lines = SOURCE.splitlines()
    _, copy, add = parse_directives(SOURCE, "k.rs").contracts

    def text(span: Span) -> str:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]

    assert text(copy.requires[0].span) == 'requires="n <= grid.x * block.x"'
    assert text(copy.requires[0].condition.span) == "n <= grid.x * block.x"
    assert text(copy.lengths[0].elements.span) == "n"
    assert text(copy.initial[0].span) == "init.lock=0"
    assert text(copy.may_alias[0].span) == "may_alias=[x,y]"
    assert text(add.allows[0].span).startswith("allow(CUQ-R001")


WRONG = [
    ("//@ cuq: blok=[1]", "unknown key `blok`", "blok=[1]", "did you mean `block`?"),
    ('//@ cuq: reqires="n"', "unknown key", 'reqires="n"', "did you mean `requires`?"),
    ("//@ cuq: block.x=3", "unknown key `block.x`", "block.x=3", None),
    ("//@ cuq: len=3", "unknown key `len`", "len=3", None),
    ("//@ cuq:", "says nothing", "", None),
    ("//@ cuq block=[1]", "`:` is missing", "block=[1]", None),
    ("//@ cuq: block", "is needed here", "block", None),
    ("//@ cuq: block=[1] !", "is needed here", "!", None),
    ("//@ cuq: block=[2048]", "block.x = 2048: it is 1 to 1024", "[2048]", None),
    ("//@ cuq: block=[64,64]", "4096 threads", "[64,64]", None),
    ("//@ cuq: block=[1,1,65]", "block.z = 65", "[1,1,65]", None),
    ("//@ cuq: block=[0]", "block.x = 0", "[0]", None),
    ("//@ cuq: block=[1,1,1,1]", "one to three", "[1,1,1,1]", None),
    ("//@ cuq: grid=[1,65536]", "grid.y = 65536", "[1,65536]", None),
    ("//@ cuq: grid=[n]", "`n` is not a number", "n", None),
    ('//@ cuq: requires="n <= k.x *"', "missing", "", None),
    ('//@ cuq: requires="n"', "a condition is needed", "n", None),
    ('//@ cuq: len.x="n < 1"', "a number is needed", "n < 1", None),
    ("//@ cuq: init.x=one", "`one` is not a number", "one", None),
    ("//@ cuq: any_launch=yes", "neither `true` nor `false`", "yes", None),
    ("//@ cuq: may_alias=[x]", "two or more", "may_alias=[x]", None),
    ("//@ cuq: len.x=1 len.x=1", "given twice", "len.x=1", None),
    ("//@ cuq: block=[1] block=[2]", "contradicts line 1", "[2]", None),
    ("//@ cuq: kernel=a kernel=b", "one kernel", "b", None),
    ("//@ cuq: kernel=[a]", "is not a name", "[a]", None),
    ("//@ cuq: allow(CUQ-R001)", "needs a reason", "allow(CUQ-R001)", None),
    ('//@ cuq: allow(CUQ-R001, reason=" ")', "needs a reason", 'allow(CUQ-R001, reason=" ")', None),
    ('//@ cuq: allow(race, reason="x")', "`race` is no check", "race", None),
    ('//@ cuq: allow(CUQ-R001, reasn="x")', "unknown key", 'reasn="x"', "did you mean `reason`?"),
    ('//@ cuq: allow(CUQ-R001, reason="x", until="soon")', "is not a day", None, None),
    ("//@ expect: racefree", "unknown expectation", "racefree", "did you mean `race-free`?"),
]


@pytest.mark.parametrize(("text", "message", "where", "help"), WRONG, ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_shown_where_it_is(
    text: str, message: str, where: str | None, help: str | None
) -> None:
    with pytest.raises(UsageError) as caught:
        parse_directives(text, "k.rs")
    span = caught.value.span
    assert message in caught.value.message
    assert span is not None
    if where is not None:
        assert text[span.column - 1 : span.end_column - 1].strip() == where
    if help is not None:
        assert caught.value.help == help


def test_a_line_above_one_function_does_not_speak_of_another() -> None:
    text = "//@ cuq: kernel=a block=[1]\nfn a() {}\n//@ cuq: block=[2]\nfn b() {}"
    with pytest.raises(UsageError, match="A function stands in between") as caught:
        parse_directives(text, "k.rs")
    assert caught.value.span is not None
    assert caught.value.span.line == 3


def test_flags() -> None:
    contract = parse_items([("--block", "block=[_,4]"), ("--requires", 'requires="n > 0"')])
    assert contract.render() == ("//@ cuq: block=[_,4,1]", '//@ cuq: requires="n > 0"')
    with pytest.raises(UsageError) as caught:
        parse_items([("--block", "block=[0]")])
    assert str(caught.value).startswith("--block:1:")


HERE = Span.at("k.rs", 1)
names = st.sampled_from(["n", "x", "y", "s.field"])
contracts = st.builds(
    Contract,
    st.one_of(st.none(), st.sampled_from(["k", "m::k"])),
    st.just(HERE),
    block=st.one_of(
        st.none(),
        st.builds(Dims, st.one_of(st.none(), st.integers(1, 32)), st.just(1), st.none(), st.just(HERE)),
    ),
    grid=st.one_of(
        st.none(), st.builds(Dims, st.integers(1, 2**31 - 1), st.none(), st.just(7), st.just(HERE))
    ),
    requires=st.lists(st.builds(Requirement, conditions, st.just(HERE)), max_size=2).map(tuple),
    lengths=st.lists(
        st.builds(Length, names, int_terms, st.just(HERE)), max_size=2, unique_by=lambda item: item.param
    ).map(tuple),
    initial=st.lists(
        st.builds(Initial, names, st.integers(), st.just(HERE)), max_size=2, unique_by=lambda item: item.name
    ).map(tuple),
    may_alias=st.lists(st.builds(MayAlias, st.just(("x", "y")), st.just(HERE)), max_size=1).map(tuple),
    allows=st.lists(
        st.builds(
            Allow, st.just("CUQ-R001"), st.just("why (so)"), st.one_of(st.none(), st.dates()), st.just(HERE)
        ),
        max_size=2,
    ).map(tuple),
    any_launch=st.booleans(),
)


@given(contracts)
def test_what_is_printed_reads_back(contract: Contract) -> None:
    lines = contract.render()
    if not lines:
        return
    (again,) = parse_directives("\n".join(lines), "k.rs").contracts
    assert again.render() == lines
    assert again.kernel == contract.kernel
    assert [item.condition for item in again.requires] == [item.condition for item in contract.requires]
    assert [item.elements for item in again.lengths] == [item.elements for item in contract.lengths]


def test_a_condition_is_printed_as_it_was_read() -> None:
    assert (
        render(parse_condition("(n+1)*2<=len(p) and not(n==0)", HERE)) == "(n + 1) * 2 <= len(p) && !(n == 0)"
    )

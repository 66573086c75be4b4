"""Bad litmus tests: what is wrong is said with its place."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuq.base.errors import InputError
from cuq.ptx.litmus import parse_litmus
from cuq.ptx.litmus.syntax import Proxy, Quantifier

GOOD = """\
PTX MP
"message passing"
{ x=0; flag=0; P1:r1=7; y @ generic aliases x; s @ surface aliases y; }
 P0@cta 0,gpu 0       | P1@cta 1, gpu 0        ;
 st.weak x, 1         | LC0: ld.acquire.gpu r0, flag ;
 st.release.gpu flag, 1 | bne r0, 1, LC0       ;
                      | ld.weak r1, x          ;
locations [x; P1:r1;]
~exists (1:r0 = 1 /\\ ~(P1:r1 == 1))
"""


def test_a_good_one() -> None:
    test = parse_litmus(GOOD, "t")
    assert (test.name, test.comment, test.quantifier) == ("MP", "message passing", Quantifier.NOT_EXISTS)
    assert [len(t.instructions) for t in test.threads] == [2, 4]
    assert test.threads[1].registers == (("r1", 7),)
    assert len(test.shown) == 2
    surface = test.location("s")
    assert (surface.physical, surface.virtual, surface.proxy) == ("x", "y", Proxy.SURFACE)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        pytest.param("PTX MP", "X86 MP", "1:1", "not a litmus test for PTX", id="another machine"),
        pytest.param("{ x=0;", "x=0;", "3:1", "expected `{`", id="no initial values"),
        pytest.param("x=0;", "x is 0;", "3:3", "cannot read `x is 0`", id="a strange initial value"),
        pytest.param("x=0;", "x=zero;", "3:3", "is no number", id="a value that is no number"),
        pytest.param("aliases x", "aliases z", "3:25", "not known before its alias", id="alias of nothing"),
        pytest.param("surface aliases", "radio aliases", "3:48", "unknown proxy", id="unknown proxy"),
        pytest.param("P0@cta 0,gpu 0", "P0@grid 0", "4:2", "cannot read `grid 0`", id="unknown place"),
        pytest.param("P1@cta", "P0@cta", "4:2", "the same name", id="two threads of a name"),
        pytest.param("st.weak x, 1", "st.weka x, 1", "5:2", "unknown order `weka`", id="unknown order"),
        pytest.param(
            "st.weak x, 1", "st.weak.gpu x, 1", "5:2", "a weak access has no scope", id="weak, scoped"
        ),
        pytest.param(
            "st.weak x, 1", "st.acquire.gpu x, 1", "5:2", "`st` cannot be acquire", id="acquire store"
        ),
        pytest.param("st.weak x, 1", "st.weak x", "5:2", "expected 2 operands", id="operand missing"),
        pytest.param("st.weak x, 1", "frob x, 1", "5:2", "no instruction", id="no instruction"),
        pytest.param("st.weak x, 1", "fence.weak.gpu", "5:2", "no fence.weak", id="a weak fence"),
        pytest.param(
            "st.weak x, 1", "atom.relaxed.gpu.frob r, x, 1", "5:2", "unknown atomic", id="unknown atomic"
        ),
        pytest.param("bne r0, 1, LC0", "bne r0, 1, LC9", "4:2", "no label `LC9`", id="no such label"),
        pytest.param("ld.weak r1, x", "ld.weak r1, x | nop", "7:23", "a row of 3 cells", id="too many cells"),
        pytest.param("~exists (", "~exists (2:r0 = 1 /\\ ", "9:10", "no thread `P2`", id="no such thread"),
        pytest.param("== 1))", "== 1)", "10:1", "expected `\\)`", id="an open parenthesis"),
        pytest.param("== 1))", "== 1)) x", "9:37", "expected the end", id="more after the condition"),
        pytest.param("== 1))", "== $))", "9:33", "cannot read the condition", id="no sign of a condition"),
        pytest.param("~exists", "perhaps", None, "expected", id="no quantifier"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, place: str | None, message: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(InputError, match=message) as caught:
        parse_litmus(GOOD.replace(old, new), "t")
    if place is not None:
        assert str(caught.value.span) == f"t:{place}"


@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.text(max_size=4))
def test_no_text_crashes_it(at: int, cut: int, put: str) -> None:
    text = GOOD[:at] + put + GOOD[at + cut :]
    with suppress(InputError):
        parse_litmus(text, "t")

"""Kernels as terms of the summary language: the text that coqc is given."""

from __future__ import annotations

from contextlib import suppress

import pytest

from cuq.analysis.expr import BASE, NTID, TID, Level, Poly, Sym, lift
from cuq.base.errors import Unsupported
from cuq.checks.result import Verdict
from cuq.coq.factor import Digits, Scaled, Shifted, Sum, factor
from cuq.coq.proof import invariants
from cuq.coq.statement import statement
from cuq.coq.syntax import apply, comment, conjunction
from tests.coq.kernels import session
from tests.fixtures.table import FIXTURES, Fixture
from tests.golden import Golden

N = lift(Sym("param.n", 0, 2**32 - 1, Level.LAUNCH, text="n"))
T, B = lift(TID["x"]), lift(BASE["x"])


@pytest.mark.parametrize(
    ("poly", "expected"),
    [
        pytest.param(B * 4 + T * 4, Scaled(4, B + T), id="bytes of an element"),
        pytest.param(B + T + 1, Shifted(B + T, 1), id="a neighbour"),
        pytest.param(B + T, Sum((B + T).terms), id="a global id"),
        pytest.param(N * 3 * T + N * 2 + B, Digits(T * 3 + 2, N.terms[0][0][0], B), id="row and column"),
        pytest.param(N * T, Sum((N * T).terms), id="one product"),
        pytest.param(
            N * T + N * lift(NTID["x"]) * B,
            Digits(T + lift(NTID["x"]) * B, N.terms[0][0][0], lift(0)),
            id="a common factor",
        ),
    ],
)
def test_polynomials_get_their_digits_back(poly: Poly, expected: object) -> None:
    assert factor(poly) == expected


def test_arguments_get_parentheses_where_they_need_them() -> None:
    assert apply("f", "x", "g y", "(g y)", "(a) + (b)") == "f x (g y) (g y) ((a) + (b))"
    assert conjunction([]) == "Tt"


def test_comments_do_not_end_early() -> None:
    assert comment('a *) "b" (* c') == "(* a * ) 'b' ( * c *)"


@pytest.mark.parametrize("name", ["saxpy/saxpy_u32", "grid_stride/grid_stride", "reduction/tree"])
def test_statement(name: str, golden: Golden) -> None:
    about = statement(session(name))
    golden(f"coq/golden/{name.rpartition('/')[2]}.v", about.text() + "\n" + invariants(about.term.invariants))


def test_what_the_language_cannot_say_is_said() -> None:
    with pytest.raises(Unsupported, match="alias"):
        statement(session("saxpy/saxpy_may_alias"))


@pytest.mark.slow
@pytest.mark.parametrize("fixture", [f for f in FIXTURES if not f.is_undecidable], ids=lambda f: f.name)
def test_every_kernel_can_be_stated(fixture: Fixture) -> None:
    """Or it is said what cannot; some have constructs that the analysis does not follow."""
    about_kernel = session(fixture.name)
    if fixture.race is Verdict.VERIFIED:
        about = statement(about_kernel)
        assert about.text().count("Access ") >= len(about.term.objects) > 0
    else:
        with suppress(Unsupported):
            statement(about_kernel)

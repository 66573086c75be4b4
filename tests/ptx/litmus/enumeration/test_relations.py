"""Bit masks against sets of pairs."""

from __future__ import annotations

from itertools import permutations, product

from hypothesis import given
from hypothesis import strategies as st

from cuq.ptx.litmus.enumeration import relations as r

N = 5
Pairs = frozenset[tuple[int, int]]
PAIRS = st.frozensets(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), max_size=9)
WORDS = st.integers(0, (1 << N) - 1)


def mask(of: Pairs) -> r.Relation:
    return r.relation(of, N)


def closed(of: Pairs) -> Pairs:
    while True:
        more = of | {(a, d) for a, b in of for c, d in of if b == c}
        if more == of:
            return of
        of = frozenset(more)


@given(PAIRS, PAIRS)
def test_algebra(a: Pairs, b: Pairs) -> None:
    assert set(r.pairs(mask(a))) == a
    assert set(r.pairs(r.union(mask(a), mask(b)))) == a | b
    assert set(r.pairs(r.intersection(mask(a), mask(b)))) == a & b
    assert set(r.pairs(r.difference(mask(a), mask(b)))) == a - b
    assert set(r.pairs(r.compose(mask(a), mask(b)))) == {(i, k) for i, j in a for j2, k in b if j == j2}
    assert set(r.pairs(r.inverse(mask(a)))) == {(j, i) for i, j in a}


@given(PAIRS)
def test_closure(a: Pairs) -> None:
    everything = closed(a)
    assert set(r.pairs(r.plus(mask(a)))) == everything
    assert r.is_irreflexive(mask(a)) == all(i != j for i, j in a)
    assert r.is_acyclic(mask(a)) == all(i != j for i, j in everything)


@given(WORDS, WORDS)
def test_sets(a: int, b: int) -> None:
    left, right = list(r.bits(a)), list(r.bits(b))
    assert set(r.pairs(r.product(a, b, N))) == set(product(left, right))
    assert set(r.pairs(r.identity(a, N))) == {(i, i) for i in left}


@given(PAIRS, PAIRS)
def test_orders(lower: Pairs, total: Pairs) -> None:
    """Each order found is one, and each linear order that will do contains one that was found."""
    wanted = {(i, j) for i, j in total if i != j}
    found = [set(r.pairs(o)) for o in r.orders(mask(lower), mask(frozenset(wanted)))]
    for order in found:
        assert lower <= order
        assert closed(frozenset(order)) == order
        assert all(i != j for i, j in order)
        assert all((i, j) in order or (j, i) in order for i, j in wanted)
    for line in permutations(range(N)):
        linear = {(line[i], line[j]) for i in range(N) for j in range(i + 1, N)}
        assert not lower <= linear or any(order <= linear for order in found)

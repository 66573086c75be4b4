"""Sets and relations over events 0 … n-1 as bit masks: a set is one word, a relation one word a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Relation = tuple[int, ...]
"""Bit j of word i: (i, j) is in the relation."""


def bits(word: int) -> Iterator[int]:
    while word:
        low = word & -word
        yield low.bit_length() - 1
        word ^= low


def relation(pairs: Iterable[tuple[int, int]], n: int) -> Relation:
    rows = [0] * n
    for i, j in pairs:
        rows[i] |= 1 << j
    return tuple(rows)


def pairs(rel: Relation) -> Iterator[tuple[int, int]]:
    for i, row in enumerate(rel):
        for j in bits(row):
            yield i, j


def union(a: Relation, b: Relation) -> Relation:
    return tuple([x | y for x, y in zip(a, b, strict=True)])


def intersection(a: Relation, b: Relation) -> Relation:
    return tuple([x & y for x, y in zip(a, b, strict=True)])


def difference(a: Relation, b: Relation) -> Relation:
    return tuple([x & ~y for x, y in zip(a, b, strict=True)])


def compose(a: Relation, b: Relation) -> Relation:
    rows = []
    for word in a:
        row = 0
        while word:
            low = word & -word
            row |= b[low.bit_length() - 1]
            word ^= low
        rows.append(row)
    return tuple(rows)


def inverse(a: Relation) -> Relation:
    rows = [0] * len(a)
    for i, word in enumerate(a):
        bit = 1 << i
        while word:
            low = word & -word
            rows[low.bit_length() - 1] |= bit
            word ^= low
    return tuple(rows)


def plus(a: Relation) -> Relation:
    """Transitive closure (Warshall)."""
    rows = list(a)
    for k, _ in enumerate(rows):
        bit, row = 1 << k, rows[k]
        if row:
            for i, word in enumerate(rows):
                if word & bit:
                    rows[i] = word | row
    return tuple(rows)


def identity(members: int, n: int) -> Relation:
    return tuple([(1 << i) & members for i in range(n)])


def product(a: int, b: int, n: int) -> Relation:
    return tuple([b if a >> i & 1 else 0 for i in range(n)])


def is_irreflexive(a: Relation) -> bool:
    return not any(word >> i & 1 for i, word in enumerate(a))


def is_acyclic(a: Relation) -> bool:
    """Whether no event can be reached from itself: events without successors are taken away in turn."""
    left = (1 << len(a)) - 1
    rows = list(enumerate(a))
    while rows:
        kept = [(i, row) for i, row in rows if row & left]
        if len(kept) == len(rows):
            return False
        rows = kept
        left = 0
        for i, _ in rows:
            left |= 1 << i
    return True


def orders(lower: Relation, total: Relation) -> Iterator[Relation]:
    """The least strict partial orders that contain `lower` and relate each pair of `total` in one direction.

    Any other such order contains one of these.
    """
    start = plus(lower)
    if not is_irreflexive(start):
        return
    wanted = [(i, j) for i, j in pairs(union(total, inverse(total))) if i < j]
    yield from _orient(start, wanted)


def _orient(order: Relation, wanted: list[tuple[int, int]]) -> Iterator[Relation]:
    for index, (i, j) in enumerate(wanted):
        if not (order[i] >> j & 1 or order[j] >> i & 1):
            rest = wanted[index + 1 :]
            for a, b in ((i, j), (j, i)):
                yield from _orient(_with(order, a, b), rest)
            return
    yield order


def _with(order: Relation, a: int, b: int) -> Relation:
    """A transitive relation with (a, b) added, closed again."""
    after = order[b] | 1 << b
    return tuple([row | after if i == a or row >> a & 1 else row for i, row in enumerate(order)])

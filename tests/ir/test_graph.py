"""Orders, dominators and loops: small graphs drawn by hand, then random ones against the definitions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuq.base.errors import Unsupported
from cuq.ir.graph import EXIT, Graph, loop_forest

Edges = dict[str, list[str]]


def edges(text: str) -> Edges:
    """`a>b c, b>d` as an adjacency map; nodes without edges may be left out."""
    out: Edges = {}
    for part in text.split(","):
        source, _, targets = part.strip().partition(">")
        out[source] = targets.split()
    for target in [t for ts in out.values() for t in ts]:
        out.setdefault(target, [])
    return out


DIAMOND = edges("a>b c, b>d, c>d")


def test_unreachable_nodes_are_dropped() -> None:
    graph = Graph("a", edges("a>b, z>b"))
    assert graph.rpo == ("a", "b")
    assert graph.predecessors["b"] == ("a",)


def test_parallel_edges_count_once() -> None:
    assert Graph("a", {"a": ["b", "b"], "b": []}).predecessors["b"] == ("a",)


def test_diamond() -> None:
    graph = Graph("a", DIAMOND)
    assert graph.dominators.idom == {"a": None, "b": "a", "c": "a", "d": "a"}
    assert graph.post_dominators.idom["a"] == "d"


def test_return_in_one_arm_only_post_dominates_by_exit() -> None:
    graph = Graph("a", edges("a>b c, b>, c>d"))
    assert graph.post_dominators.idom["a"] == EXIT


def test_endless_loop_still_has_post_dominators() -> None:
    graph = Graph("a", edges("a>b d, b>c, c>b, d>"))
    assert graph.post_dominators.idom["c"] == "b"
    assert graph.post_dominators.idom["a"] == EXIT


def test_nested_loops() -> None:
    forest = loop_forest(Graph("e", edges("e>o, o>i x, i>b l, b>i, l>o, x>")))
    outer, inner = forest.loops
    assert (outer.header, outer.latches, outer.exits, outer.parent) == ("o", ("l",), (("o", "x"),), None)
    assert (inner.header, inner.parent, inner.depth) == ("i", "o", 2)
    assert inner.blocks == {"i", "b"}
    assert forest.chain("b") == (outer, inner)
    assert forest.innermost["l"] == outer
    assert forest.children("o") == (inner,)
    assert forest.at("i") == inner
    assert forest.at("b") is None


def test_two_latches_make_one_loop() -> None:
    (loop,) = loop_forest(Graph("e", edges("e>h, h>a b x, a>h, b>h"))).loops
    assert set(loop.latches) == {"a", "b"}


def test_self_loop() -> None:
    (loop,) = loop_forest(Graph("e", edges("e>h, h>h x"))).loops
    assert loop.blocks == {"h"}


def test_irreducible_graph_is_refused() -> None:
    with pytest.raises(Unsupported, match="irreducible"):
        loop_forest(Graph("e", edges("e>a b, a>b x, b>a")))


NODES = "abcdefg"
graphs = st.fixed_dictionaries({n: st.lists(st.sampled_from(NODES), max_size=3) for n in NODES})


def _reach(start: str, out: Edges, without: str) -> set[str]:
    seen: set[str] = set()
    work = [start] if start != without else []
    while work:
        node = work.pop()
        if node not in seen:
            seen.add(node)
            work += [t for t in out.get(node, []) if t != without]
    return seen


@given(graphs)
def test_dominance_is_the_definition(out: Edges) -> None:
    graph = Graph("a", out)
    for cut in graph.rpo:
        reached = _reach("a", out, cut)
        for node in graph.rpo:
            assert graph.dominators.dominates(cut, node) == (node not in reached)


@given(graphs)
def test_post_dominance_is_the_definition_when_all_can_exit(out: Edges) -> None:
    graph = Graph("a", out)
    ends = {n for n in graph.rpo if not graph.successors[n]}
    inside = {n: list(graph.successors[n]) for n in graph.rpo}
    if any(not _reach(n, inside, EXIT) & ends for n in graph.rpo):
        return
    for cut in graph.rpo:
        for node in graph.rpo:
            escapes = bool(_reach(node, inside, cut) & ends)
            assert graph.post_dominators.dominates(cut, node) == (not escapes)


@given(graphs)
def test_loops_contain_exactly_what_reaches_the_latch(out: Edges) -> None:
    graph = Graph("a", out)
    inside = {n: list(graph.successors[n]) for n in graph.rpo}
    try:
        forest = loop_forest(graph)
    except Unsupported:
        return
    for loop in forest.loops:
        for node in graph.rpo:
            round_trip = any(x in _reach(node, inside, loop.header) for x in loop.latches)
            dominated = graph.dominators.dominates(loop.header, node)
            assert (node in loop.blocks) == (node == loop.header or (round_trip and dominated))
    cyclic = {n for n in graph.rpo if any(n in _reach(t, inside, EXIT) for t in inside[n])}
    assert cyclic == {n for loop in forest.loops for n in loop.blocks}

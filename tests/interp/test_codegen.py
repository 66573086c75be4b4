"""Compiled control flow against a walk over the blocks, on random graphs of blocks with parameters."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from cuq.ir.interp import InOrder, Interleaved, Interpreter, LaunchConfig
from tests.ir.kernels import kernel

ENDLESS = 40
"""Blocks that a run passes through at most; every block counts down."""


@dataclass(frozen=True)
class Edge:
    """To a block, with its two parameters by the registers of the block that is left: 0, 1 or 2."""

    target: int
    first: int
    second: int


@dataclass(frozen=True)
class Node:
    """A block with parameters a, b and the sum c = a + b + `constant`; it switches on c modulo 4.

    `edges` are taken for the remainders 0, 1, …, the last one for all that are left over.
    """

    constant: int
    edges: tuple[Edge, ...]


@st.composite
def graphs(draw: st.DrawFn) -> list[Node]:
    size = draw(st.integers(1, 8))
    edge = st.builds(Edge, st.integers(0, size - 1), st.integers(0, 2), st.integers(0, 2))
    node = st.builds(Node, st.integers(0, 9), st.lists(edge, max_size=4).map(tuple))
    return draw(st.lists(node, min_size=size, max_size=size))


def walk(graph: list[Node]) -> list[tuple[int, int]]:
    """The blocks that are passed, with their c."""
    passed = []
    at, a, b = 0, 1, 2
    for _ in range(ENDLESS):
        node = graph[at]
        c = (a + b + node.constant) % 2**32
        passed.append((at, c))
        if not node.edges:
            break
        edge = node.edges[min(c % 4, len(node.edges) - 1)]
        registers = (a, b, c)
        at, a, b = edge.target, registers[edge.first], registers[edge.second]
    return passed


def text(graph: list[Node]) -> str:
    """Block i has registers from 10·i + 10 on; each stores its c to element i of `x`."""
    blocks = []
    for i, node in enumerate(graph):
        r = 10 * i + 10
        lines = [
            f"bb{i}(%{r}:i32, %{r + 1}:i32, %{r + 3}:i32):",
            f"%{r + 4}:i32 = add %{r}, %{r + 1}",
            f"%{r + 2}:i32 = add %{r + 4}, {node.constant}:i32",
            f"%{r + 5}:ptr = ptradd %0, {4 * i}:i64",
            f"store global.weak %{r + 5}, %{r + 2}",
            f"%{r + 6}:i32 = sub %{r + 3}, 1:i32",
            f"%{r + 7}:i1 = cmp eq %{r + 6}, 0:i32",
        ]
        edges = [f"bb{e.target}(%{r + e.first}, %{r + e.second}, %{r + 6})" for e in node.edges]
        if not edges:
            lines.append("return")
        else:
            lines += [f"branch %{r + 7}, end(), bb{i}next()", f"bb{i}next():"]
            lines.append(f"%{r + 8}:i32 = and %{r + 2}, 3:i32")
            if len(edges) == 1:
                lines.append(f"jump {edges[0]}")
            elif len(edges) == 2:
                lines += [f"%{r + 9}:i1 = cmp ne %{r + 8}, 0:i32", f"branch %{r + 9}, {edges[1]}, {edges[0]}"]
            else:
                cases = "".join(f", {k} -> {edge}" for k, edge in enumerate(edges[:-1]))
                lines.append(f"switch %{r + 8}{cases}, else {edges[-1]}")
        blocks.append("\n".join(lines))
    return "\n".join(
        [
            "kernel k {",
            "object x: param global element 4",
            'param x: "*mut u32" = %0:ptr as x unsigned -> @x',
            "entry():",
            f"jump bb0(1:i32, 2:i32, {ENDLESS}:i32)",
            *blocks,
            "end():",
            "return",
            "}",
        ]
    )


@settings(max_examples=200)
@given(graphs())
def test_control_flow(graph: list[Node]) -> None:
    interpreter = Interpreter(kernel(text(graph)))
    expected = walk(graph)
    for schedule in (InOrder(), Interleaved(0)):
        report = interpreter.run(LaunchConfig(), schedule=schedule, trace=True)
        assert [(event.offset // 4, event.value) for event in report.trace] == expected
        assert report.finished

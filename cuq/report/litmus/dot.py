"""Executions as graphs for Graphviz: one `digraph` for each test, a cluster for each thread."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from cuq.ptx.litmus.result import Pairs, Witness
from cuq.ptx.litmus.syntax import Litmus
from cuq.report.litmus import Judged
from cuq.report.litmus.event import label
from cuq.report.litmus.text import state_text

_COLOURS = {
    "po": "black",
    "rf": "red",
    "co": "blue",
    "fr": "orange",
    "fence-sc": "purple",
    "bar-sync": "brown",
    "synchronizes": "darkgreen",
    "sw": "darkgreen",
}


def render(found: Iterable[Judged]) -> str:
    """Tests without an execution to show have an empty graph, so that every test has one."""
    return "".join(f"{line}\n" for judged in found for line in _graph(judged))


def _graph(judged: Judged) -> Iterator[str]:
    witness = judged.outcome.witness or judged.outcome.stuck
    yield f"digraph {json.dumps(judged.test.name)} {{"
    title = f"{judged.test.name} ({judged.model})"
    if witness is None:
        yield f"  label={json.dumps(f'{title}: no execution to show')};"
    else:
        state = state_text(witness.state, judged.test)
        yield f"  label={json.dumps(f'{title}: {state}' if state else f'{title}: does not end')};"
        yield '  node [shape=box, fontname="monospace"];'
        yield from _nodes(witness, judged.test)
        yield from _edges(witness)
    yield "}"


def _nodes(witness: Witness, test: Litmus) -> Iterator[str]:
    for number, event in enumerate(witness.events):
        if event.thread is None:
            yield f"  e{number} [label={json.dumps(label(event))}, style=dashed];"
    for number, thread in enumerate(test.threads):
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={json.dumps(f'{thread.name}: cta {thread.cta}, gpu {thread.gpu}')};"
        for index, event in enumerate(witness.events):
            if event.thread == number:
                yield f"    e{index} [label={json.dumps(label(event))}];"
        yield "  }"


def _edges(witness: Witness) -> Iterator[str]:
    drawn = {name: witness.relations[name] for name in _COLOURS if name in witness.relations}
    for name, relation in drawn.items():
        for i, j in sorted(_reduced(relation) if name in ("po", "co") else relation):
            colour = _COLOURS[name]
            yield f'  e{i} -> e{j} [label="{name}", color={colour}, fontcolor={colour}];'


def _reduced(order: Pairs) -> Pairs:
    """A transitive order without the edges that follow from others."""
    after: dict[int, set[int]] = {}
    for i, j in order:
        after.setdefault(i, set()).add(j)
    return order - {(i, k) for i, j in order for k in after.get(j, ())}

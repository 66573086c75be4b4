"""The sets and relations of an execution that a model may name."""

from __future__ import annotations

from cuq.ptx.litmus.syntax import Order, Proxy, Scope

SETS = frozenset(
    {
        *("R", "W", "M", "I", "F", "B", "FP", "ALIAS", "ANY"),
        *(order.name for order in Order),
        *(scope.name for scope in Scope),
        *(proxy.name for proxy in Proxy),
    }
)
"""R, W: reads, writes. M: both. I: initial writes, which are in W and M. F: fences. B: barriers.
FP: proxy fences, with the set of their proxy, or ALIAS."""

RELATIONS = frozenset(
    {
        *("po", "rf", "loc", "vloc", "rmw", "data", "ctrl", "id", "bar-sync"),
        *("same-thread", "same-cta", "same-cluster", "same-gpu"),
    }
)
"""loc: of one location. vloc: also by one virtual address. bar-sync: from a barrier to one that it released."""

COHERENCE = "co"
"""The relation, defined by the model, that says which writes a location may hold at the end: those without a
later one."""

"""Whether an operation of the PTX can be one of the source, and does what that asks for."""

from __future__ import annotations

from dataclasses import replace

from cuq.checks.artefact.operations import WIDTH, Operation

_ACQUIRES = frozenset({"acquire", "acq_rel", "sc"})
_RELEASES = frozenset({"release", "acq_rel", "sc"})
_FENCE_DOES = {
    "acquire": {"acquire"},
    "release": {"release"},
    "acq_rel": {"acquire", "release", "acq_rel"},
    "sc": {"acquire", "release", "acq_rel", "sc"},
}
"""For the order of a fence the orders that may have been asked for."""


def alike(found: Operation, asked: Operation) -> bool:
    """`found` may be what was made of `asked`: of the same kind, at a place that may be the same."""
    apart = found.targets is not None and asked.targets is not None and not found.targets & asked.targets
    return not apart and (found.kind == asked.kind or retries(found, asked))


def retries(found: Operation, asked: Operation) -> bool:
    """`found` is a compare-and-swap, a loop of which may do what is asked."""
    return asked.retried and found.kind == "cas"


def does(found: Operation, asked: Operation) -> bool:
    """`found` is at least as strong as `asked`, fences beside it included."""
    return releases(found, asked, found.before) and not (
        owes_acquire(found, asked) and found.after not in _ACQUIRES
    )


def does_least(found: Operation, asked: Operation) -> bool:
    """It does what is asked for in any case."""
    return does(found, replace(asked, order=asked.least or asked.order))


def releases(found: Operation, asked: Operation, before: str) -> bool:
    """`found` reaches as far, and orders what comes before it. before: the order of a fence right before it."""
    if WIDTH[found.scope] < WIDTH[asked.scope]:
        return False
    if asked.kind == "fence":
        return asked.order in _FENCE_DOES[found.order]
    if asked.order in _RELEASES and asked.kind != "load" and not {found.order, before} & _RELEASES:
        return False
    return asked.order != "sc" or "sc" in (found.order, before)


def owes_acquire(found: Operation, asked: Operation) -> bool:
    """`found` does not order what comes after it, as is asked: a fence has to."""
    acquiring = asked.kind not in ("store", "fence") and asked.order in _ACQUIRES
    return acquiring and found.order not in _ACQUIRES


def pays(fence: Operation, asked: Operation) -> bool:
    """A fence right after a relaxed operation that orders what comes after, as is asked."""
    return fence.order in _ACQUIRES and WIDTH[fence.scope] >= WIDTH[asked.scope]

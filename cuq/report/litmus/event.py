"""An event of an execution in few words."""

from __future__ import annotations

from cuq.ptx.litmus.result import Event, Kind


def label(event: Event) -> str:
    """Such as `W.release.gpu flag=1`."""
    if event.thread is None:
        return f"initial {event.location}={event.value}"
    head = ".".join(_words(event))
    match event.kind:
        case Kind.READ | Kind.WRITE:
            return f"{head} {event.location}={event.value}"
        case Kind.BARRIER:
            instance = event.barrier.instance if event.barrier else ""
            return f"{head} {instance}"
        case Kind.FENCE | Kind.PROXY_FENCE:
            return head


def _words(event: Event) -> list[str]:
    if event.kind is Kind.PROXY_FENCE:
        return ["fence", "proxy", event.proxy.value if event.proxy else "alias"]
    if event.kind is Kind.BARRIER:
        return ["bar", "sync" if event.barrier and event.barrier.waits else "arrive"]
    first = "fence" if event.kind is Kind.FENCE else event.kind.value
    tags = [event.order, event.scope]
    return [first, *(tag.value for tag in tags if tag is not None)]

"""Where the lanes of a warp meet: who is waited for, what each lane gets.

PTX ISA, `bar.warp.sync`, `shfl.sync`, `vote.sync`, `match.sync`, `redux.sync`: a lane waits until all lanes of its
mask are at the same instruction with the same mask. Lanes that have exited, or that the block does not have, are
not waited for (CUDA C++ Programming Guide, "Warp Vote Functions").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from cuq.base.records import dataclass
from cuq.ir.interp.sites import Site
from cuq.ir.interp.thread import Offer, Thread, Value
from cuq.ir.interp.values import UNKNOWN, undefined_behaviour, undefined_of
from cuq.ir.interp.words import RMW_WORDS
from cuq.ir.ops import Exchange, ExchangeOp, RmwOp, WarpBarrier
from cuq.ir.types import IntType

WARP = 32


def meets(site: Site) -> bool:
    """Whether threads wait at this site for lanes of their warp, and not for the block."""
    return isinstance(site.op, WarpBarrier | Exchange)


def offer(thread: Thread, mask: Value, args: tuple[Value, ...]) -> None:
    """What a lane brings to a meeting. The lane must be in its mask."""
    if not isinstance(mask, int):
        undefined_behaviour("a mask of lanes that is undefined")
    if not mask >> thread.lane & 1:
        undefined_behaviour("a lane that is not in its own mask")
    thread.offer = Offer(mask, args)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lane at a meeting."""

    thread: Thread
    site: Site


def ready(waiting: Sequence[Waiting], newest: Waiting, gone: Iterable[Thread]) -> tuple[Waiting, ...]:
    """The lanes that can go on together because `newest` is there; none if some lane is missing.

    `gone`: threads of the block that have ended.
    """
    offered = newest.thread.offer
    assert offered is not None, "lanes offer before they wait"
    warp = newest.thread.warp
    here = tuple(
        w
        for w in waiting
        if w.site is newest.site
        and w.thread.warp == warp
        and w.thread.offer is not None
        and w.thread.offer.mask == offered.mask
    )
    present = {w.thread.lane for w in here}
    ended = {t.lane for t in gone if t.warp == warp}
    lanes = {lane for lane in range(WARP) if offered.mask >> lane & 1}
    lanes &= set(range(newest.thread.warp_size)) - ended
    return here if lanes <= present else ()


def exchange(op: Exchange, lanes: Sequence[Waiting]) -> None:
    """Give each lane its result."""
    brought = {w.thread.lane: w.thread.offer.args for w in lanes if w.thread.offer is not None}
    for waiting in lanes:
        waiting.thread.received = _result(op, brought, waiting.thread.lane)


def _result(op: Exchange, brought: dict[int, tuple[Value, ...]], lane: int) -> Value:
    if op.op is ExchangeOp.LANE:
        wanted = brought[lane][1]
        source = brought.get(wanted) if isinstance(wanted, int) else None
        return UNKNOWN if source is None else source[0]
    values = {at: args[0] for at, args in brought.items()}
    words = {at: word for at, word in values.items() if isinstance(word, int)}
    if len(words) < len(values):
        return undefined_of(*values.values())
    match op.op:
        case ExchangeOp.BALLOT:
            return sum(1 << at for at, word in words.items() if word)
        case ExchangeOp.MATCH:
            return sum(1 << at for at, word in words.items() if word == words[lane])
        case _:
            kind = op.result.type
            assert isinstance(kind, IntType), "the verifier says so"
            combine, bits = RMW_WORDS[RmwOp(op.op.value)], kind.bits

            return reduce(lambda a, b: combine(a, b, bits), words.values())

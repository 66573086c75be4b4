"""Masks that each lane of a warp computes from its own number, as tiles of a warp do (`0xff << (lane & 24)`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cuq.analysis.transfer import WARP
from cuq.ir.fold import fold
from cuq.ir.ops import Binary, Cast, Compare, Const, Op, ReadSpecial, Reg, Select, Value
from cuq.ir.types import I32, Special


def groups(mask: Value, definitions: Mapping[Reg, Op]) -> tuple[int, ...] | None:
    """The groups that meet, as masks, when each lane of a warp waits for those in `mask`.

    None when the mask depends on more than the lane's number, or when the lanes that wait for each other do not
    agree about it: a lane that is not in its own mask, or in the mask of one that it does not wait for.
    """
    masks = [_evaluate(mask, lane, definitions) for lane in range(WARP)]
    known = [found.bits for found in masks if isinstance(found, Const)]
    if len(known) < WARP:
        return None
    for lane, own in enumerate(known):
        waits = [other for other in range(WARP) if own >> other & 1]
        if lane not in waits or any(known[other] != own for other in waits):
            return None
    return tuple(dict.fromkeys(known))


def _evaluate(value: Value, lane: int, definitions: Mapping[Reg, Op]) -> Value | None:
    if not isinstance(value, Reg):
        return value if isinstance(value, Const) else None
    match definitions.get(value):
        case ReadSpecial(register=Special.LANEID):
            return Const(lane, I32)
        case Binary(a=a, b=b) | Compare(a=a, b=b) as op:
            left, right = _evaluate(a, lane, definitions), _evaluate(b, lane, definitions)
            return None if left is None or right is None else fold(replace(op, a=left, b=right), {})
        case Cast(a=a) as op:
            number = _evaluate(a, lane, definitions)
            return None if number is None else fold(replace(op, a=number), {})
        case Select(cond=cond, a=a, b=b) as op:
            chosen, left, right = (_evaluate(part, lane, definitions) for part in (cond, a, b))
            if chosen is None or left is None or right is None:
                return None
            return fold(replace(op, cond=chosen, a=left, b=right), {})
        case _:
            return None

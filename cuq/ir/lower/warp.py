"""What the lanes of a warp do together, as operations (PTX ISA, `shfl.sync`, `vote.sync`, `match.sync`)."""

from __future__ import annotations

from typing import assert_never

from cuq.base.errors import Unsupported
from cuq.ir.dialects.model import Elect, LaneRegister, LanesMeet, Match, Reduce, Shuffle, Vote
from cuq.ir.floats import ELECT
from cuq.ir.lower.cursor import Cursor, constant
from cuq.ir.lower.library import LibraryCall
from cuq.ir.lower.types import scalar
from cuq.ir.lower.values import UNIT, Record, Tree
from cuq.ir.ops import BinOp, CastKind, Const, Exchange, ExchangeOp, Pred, ReadSpecial, Value, WarpBarrier
from cuq.ir.types import I1, I32, FloatType, IntType, Special, Type
from cuq.mir.types import BoolTy, Ty

Meeting = LaneRegister | LanesMeet | Shuffle | Vote | Match | Reduce | Elect

LAST_LANE = 31
FULL = 2**32 - 1
"""The mask of all lanes."""


def lower_warp(at: Cursor, meaning: Meeting, call: LibraryCall, result: Ty | None) -> Tree:
    """The result of a call; the mask is its first argument."""
    if isinstance(meaning, LaneRegister):
        return lane_register(at, meaning.value)
    mask = at.value(call.args[0], I32)
    match meaning:
        case LanesMeet():
            at.effect(WarpBarrier(mask, at.loc))
            return UNIT
        case Shuffle(mode=mode):
            clamp = constant(0 if mode == "up" else LAST_LANE, I32)
            value = at.value(call.args[1], _kind(at, call, 1))
            return shuffle(at, mode, value, at.value(call.args[2], I32), clamp, mask)[0]
        case Vote(mode=mode):
            return vote(at, mode, at.value(call.args[1], I1), mask)
        case Match(mode=mode):
            return match(at, mode, at.value(call.args[1], _kind(at, call, 1)), mask)[0]
        case Reduce(op=op):
            kind = _kind(at, call, 1)
            value = at.value(call.args[1], kind)
            return at.define(Exchange(at.reg(kind), op, (value,), mask, at.loc))
        case Elect():
            leader = elect(at, mask)
            own = at.compare(Pred.EQ, leader, lane_register(at, "id"))
            return own if isinstance(result, BoolTy) else Record({0: leader, 1: own})
        case _:
            assert_never(meaning)


def meet(at: Cursor, mask: Value) -> None:
    """The lanes of the mask have to arrive, as at any `.sync` operation; it orders no memory."""
    lane = lane_register(at, "id")
    at.define(Exchange(at.reg(I32), ExchangeOp.LANE, (lane, lane), mask, at.loc))


def _warp(at: Cursor) -> tuple[Value, ...]:
    """The number of the warp in its block, and the block's coordinates."""

    def read(special: Special) -> Value:
        return at.define(ReadSpecial(at.reg(I32), special, at.loc))

    plane = at.binary(
        BinOp.ADD, read(Special.TID_Y), at.binary(BinOp.MUL, read(Special.NTID_Y), read(Special.TID_Z))
    )
    thread = at.binary(BinOp.ADD, read(Special.TID_X), at.binary(BinOp.MUL, read(Special.NTID_X), plane))
    number = at.binary(BinOp.LSHR, thread, constant(5, I32))
    return (number, read(Special.CTAID_X), read(Special.CTAID_Y), read(Special.CTAID_Z))


def elect(at: Cursor, mask: Value) -> Value:
    """`elect.sync`: the number of a lane of the mask, always the same one for a mask in a warp. The ISA does not say
    that it is the same one in all warps."""
    meet(at, mask)
    chosen = at.float_op(ELECT, (mask, *_warp(at)), I32)
    known = mask.bits if isinstance(mask, Const) and mask.bits else FULL
    lanes = [lane for lane in range(32) if known >> lane & 1]
    number = at.binary(BinOp.UREM, chosen, constant(len(lanes), I32))
    if known == FULL:
        return number
    leader: Value = constant(lanes[0], I32)
    for index, lane in enumerate(lanes):
        leader = at.select(at.compare(Pred.EQ, number, constant(index, I32)), constant(lane, I32), leader)
    return leader


def _kind(at: Cursor, call: LibraryCall, index: int) -> Type:
    kind = scalar(call.types[index])
    if not isinstance(kind, IntType | FloatType):
        raise Unsupported(f"{call.path} of {call.types[index]}", span=at.span)
    return kind


def lane_register(at: Cursor, value: str) -> Value:
    """`%laneid` (`id`), `%lanemask_lt` (`lt`), ….

    The masks of lanes: below the own one, the own one, above it.
    """
    lane = at.define(ReadSpecial(at.reg(I32), Special.LANEID, at.loc))
    if value == "id":
        return lane
    own = at.binary(BinOp.SHL, constant(1, I32), lane)
    below = at.binary(BinOp.SUB, own, constant(1, I32))
    match value:
        case "eq":
            return own
        case "lt":
            return below
        case "le":
            return at.binary(BinOp.OR, below, own)
        case "gt":
            return at.binary(BinOp.XOR, at.binary(BinOp.OR, below, own), constant(FULL, I32))
        case "ge":
            return at.binary(BinOp.XOR, below, constant(FULL, I32))
        case _:
            raise ValueError(value)


def shuffle(
    at: Cursor, mode: str, value: Value, offset: Value, clamp: Value, mask: Value
) -> tuple[Value, Value]:
    """`shfl.sync.MODE`: the result, and whether the lane that it comes from is in range (i1).

    The ISA's pseudocode: `clamp` has the last lane of a segment in bits 0 to 4, the segment's bits in 8 to 12.
    """
    lane = at.define(ReadSpecial(at.reg(I32), Special.LANEID, at.loc))
    low = constant(LAST_LANE, I32)
    by, last = at.binary(BinOp.AND, offset, low), at.binary(BinOp.AND, clamp, low)
    segment = at.binary(BinOp.AND, at.binary(BinOp.LSHR, clamp, constant(8, I32)), low)
    outside = at.binary(BinOp.XOR, segment, low)
    first = at.binary(BinOp.AND, lane, segment)
    limit = at.binary(BinOp.OR, first, at.binary(BinOp.AND, last, outside))
    match mode:
        case "up":
            # Lanes below the first are negative numbers: limit ≤ lane - by, signed.
            source = at.binary(BinOp.SUB, lane, by)
            valid = at.compare(Pred.SLE, limit, source)
        case "down":
            source = at.binary(BinOp.ADD, lane, by)
            valid = at.compare(Pred.SLE, source, limit)
        case "bfly":
            source = at.binary(BinOp.XOR, lane, by)
            valid = at.compare(Pred.SLE, source, limit)
        case "idx":
            source = at.binary(BinOp.OR, first, at.binary(BinOp.AND, by, outside))
            valid = at.compare(Pred.SLE, source, limit)
        case _:
            raise ValueError(mode)
    source = at.select(valid, source, lane)
    return at.define(Exchange(at.reg(value.type), ExchangeOp.LANE, (value, source), mask, at.loc)), valid


def vote(at: Cursor, mode: str, predicate: Value, mask: Value) -> Value:
    """`vote.sync`: `ballot` gives a mask, the others an i1."""

    def ballot(truth: Value) -> Value:
        return at.define(Exchange(at.reg(I32), ExchangeOp.BALLOT, (truth,), mask, at.loc))

    none = constant(0, I32)
    match mode:
        case "ballot":
            return ballot(predicate)
        case "any":
            return at.compare(Pred.NE, ballot(predicate), none)
        case "all":
            return at.compare(Pred.EQ, ballot(at.invert(predicate)), none)
        case "uni":
            nobody = at.compare(Pred.EQ, ballot(predicate), none)
            return at.binary(BinOp.OR, nobody, at.compare(Pred.EQ, ballot(at.invert(predicate)), none))
        case _:
            raise ValueError(mode)


def match(at: Cursor, mode: str, value: Value, mask: Value) -> tuple[Value, Value]:
    """`match.sync`: the mask of lanes with the same value (0 for `all` unless it is all), and for `all`, whether
    it is all."""
    if isinstance(value.type, FloatType):
        value = at.cast(CastKind.BITCAST, value, IntType(value.type.bits))
    same = at.define(Exchange(at.reg(I32), ExchangeOp.MATCH, (value,), mask, at.loc))
    whole = at.compare(Pred.EQ, same, mask)
    return (at.select(whole, same, constant(0, I32)) if mode == "all" else same), whole

"""Which lanes meet when each computes its mask from its own number."""

from __future__ import annotations

import pytest

from cuq.analysis.lane_masks import groups
from cuq.base.span import Span
from cuq.ir.ops import (
    Binary,
    BinOp,
    Cast,
    CastKind,
    Compare,
    Const,
    Loc,
    Op,
    Pred,
    ReadSpecial,
    Reg,
    Select,
    Value,
)
from cuq.ir.types import I1, I32, I64, Special

LOC = Loc(Span.at("f.rs", 1), ())
LANE, A, B, C, MASK = (Reg(i, I32) for i in range(5))


def number(bits: int) -> Const:
    return Const(bits, I32)


def lane(*rest: Op) -> list[Op]:
    return [ReadSpecial(LANE, Special.LANEID, LOC), *rest]


def tile(width: int) -> list[Op]:
    """The lanes of the own tile of `width`."""
    return lane(
        Binary(A, BinOp.AND, LANE, number(32 - width), LOC),
        Binary(MASK, BinOp.SHL, number((1 << width) - 1), A, LOC),
    )


CONDITION = Reg(9, I1)
WIDE = Reg(10, I64)
CASES = [
    pytest.param(tile(16), (0xFFFF, 0xFFFF_0000), id="two tiles"),
    pytest.param(tile(8), (0xFF, 0xFF00, 0xFF_0000, 0xFF00_0000), id="four tiles"),
    pytest.param(
        lane(
            Compare(CONDITION, Pred.ULT, LANE, number(16), LOC),
            Select(MASK, CONDITION, number(0xFFFF), number(0xFFFF_0000), LOC),
        ),
        (0xFFFF, 0xFFFF_0000),
        id="by a comparison",
    ),
    pytest.param(
        lane(
            Cast(WIDE, CastKind.ZEXT, LANE, LOC),
            Cast(A, CastKind.TRUNC, WIDE, LOC),
            Binary(MASK, BinOp.SHL, number(1), A, LOC),
        ),
        tuple(1 << i for i in range(32)),
        id="each lane alone",
    ),
    pytest.param(
        lane(Binary(MASK, BinOp.SHL, number(3), LANE, LOC)),
        None,
        id="each waits for the next, which does not",
    ),
    pytest.param(
        lane(Binary(MASK, BinOp.SHL, number(2), LANE, LOC)), None, id="a lane that is not in its mask"
    ),
    pytest.param(
        [ReadSpecial(LANE, Special.TID_X, LOC), Binary(MASK, BinOp.SHL, number(1), LANE, LOC)],
        None,
        id="by another register: lanes are counted over all dimensions",
    ),
    pytest.param([], None, id="a parameter"),
]


@pytest.mark.parametrize(("ops", "expected"), CASES)
def test_groups(ops: list[Op], expected: tuple[int, ...] | None) -> None:
    definitions: dict[Reg, Op] = {}
    for op in ops:
        assert isinstance(op, Binary | Cast | Compare | Select | ReadSpecial)
        definitions[op.result] = op
    value: Value = MASK
    assert groups(value, definitions) == expected
